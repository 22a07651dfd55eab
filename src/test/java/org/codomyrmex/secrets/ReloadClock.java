// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.time.InstantSource;

/** Lets a test move the wall clock by which a manager tells whether its keys are fresh, instead of waiting for it. */
public final class ReloadClock {

    private ReloadClock() {}

    /** A builder whose managers reload their keyring by this clock. */
    public static SecretManager.Builder on(InstantSource wall) {
        return SecretManager.builder().wall(wall);
    }
}
