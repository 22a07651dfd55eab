// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

/** Secret values for tests. All of them bear one mark, by which {@link LeakGuard} knows them where they must not be. */
public final class Canary {

    /** The mark; it is in no name, path or message that a test makes. */
    public static final String MARK = "canary-d41f7c";

    private Canary() {}

    /** A secret value; different words make different values. */
    public static String canary(Object... words) {
        StringBuilder value = new StringBuilder(MARK);
        for (Object word : words) {
            value.append('/').append(word);
        }
        return value.toString();
    }
}
