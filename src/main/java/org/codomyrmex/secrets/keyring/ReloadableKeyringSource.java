// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.time.Duration;
import java.util.Optional;

/**
 * A source that a manager can follow cheaply: it is asked at most about once a second, and answers with the snapshot it
 * was given if nothing has changed.
 */
public interface ReloadableKeyringSource extends KeyringSource {

    /**
     * Reads the keyring as it is now. Creates nothing.
     *
     * @param lastAccepted what the caller uses; empty: nothing yet
     * @param lockWait how long to wait for a change that is being made; zero: not at all
     * @return {@code lastAccepted} itself if nothing has changed since
     * @throws KeyringException if there is no keyring, it cannot be read, or it cannot have followed {@code lastAccepted}:
     *     an older or another sealed ring
     */
    KeyringSnapshot reload(Optional<KeyringSnapshot> lastAccepted, Duration lockWait);
}
