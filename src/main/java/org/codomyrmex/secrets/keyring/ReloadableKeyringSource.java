// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.time.Duration;
import java.util.Optional;

/**
 * A source that a manager can reload cheaply: it is called about once a second at most, and returns the snapshot it was
 * given if nothing has changed.
 */
public interface ReloadableKeyringSource extends KeyringSource {

    /**
     * Reads the keyring as it is now. Creates nothing.
     *
     * @param lastAccepted the snapshot that the caller uses; empty if there is none yet
     * @param lockWait how long to wait for a change in progress; zero means not at all
     * @return {@code lastAccepted} itself if nothing has changed since
     * @throws KeyringException if there is no keyring, it cannot be read, or it cannot be a successor of {@code
     *     lastAccepted} because it is an older or a different sealed ring
     */
    KeyringSnapshot reload(Optional<KeyringSnapshot> lastAccepted, Duration lockWait);
}
