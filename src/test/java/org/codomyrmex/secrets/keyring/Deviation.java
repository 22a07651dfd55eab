// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.function.Predicate;

/**
 * How a run differs from the protocol, to show that the difference loses something.
 *
 * @param leftOut which forces are left out, by the line of the code that asks for them
 * @param keyFileFirst whether a rotation replaces the key file before the ring
 * @param usedBeforeDurable whether the new key is used before the ring that has it is durable
 */
record Deviation(Predicate<String> leftOut, boolean keyFileFirst, boolean usedBeforeDurable) {

    static final Deviation NONE = new Deviation(place -> false, false, false);

    static Deviation without(String place) {
        return new Deviation(place::equals, false, false);
    }

    boolean isNone() {
        return equals(NONE);
    }
}
