// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.Objects;

/**
 * A place that keeps a keyring. A manager asks it again while it is used, at most about once a second, so an answer that
 * has not changed should be quick. Implementations are thread-safe.
 */
public interface KeyringSource {

    /**
     * Reads the keyring as it is now.
     *
     * @param mayCreate whether an absent keyring may be created; false: it is an error
     * @return the keyring
     * @throws KeyringException where there is none, or it cannot be read
     */
    Keyring load(boolean mayCreate);

    /**
     * A source that always has this keyring, for keys the application brings itself. It cannot be rotated.
     *
     * @param keyring the keyring; it stays the caller's, and closing a manager does not destroy its keys
     * @return the source
     */
    static KeyringSource of(Keyring keyring) {
        Objects.requireNonNull(keyring, "keyring");
        return mayCreate -> keyring;
    }
}
