// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.Objects;

/**
 * A secret as it was read, and the same secret with another token.
 *
 * <p>Immutable, and safe for use by many threads.
 *
 * @param expected the secret as it was read
 * @param replacement the same with another token, and perhaps under another key
 */
public record Swap(StoredSecret expected, StoredSecret replacement) {

    /**
     * Makes a swap.
     *
     * @param expected the secret as it was read
     * @param replacement the same with another token, and perhaps under another key
     * @throws NullPointerException naming the argument that is null
     * @throws IllegalArgumentException if the two differ in more than token, key and seal
     */
    public Swap {
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(replacement, "replacement");
        if (!expected.sameButForToken(replacement)) {
            throw new IllegalArgumentException(
                    "replacement must differ from expected in token, keyId and seal only, but " + replacement
                            + " differs from " + expected + " in more: make it with expected.withToken");
        }
    }
}
