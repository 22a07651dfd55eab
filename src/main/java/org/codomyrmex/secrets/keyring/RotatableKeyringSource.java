// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * A place that keeps a keyring and can change it, atomically across threads and processes. If the source is also
 * reloadable, a change makes the same check as {@link ReloadableKeyringSource#reload}: it refuses to change an older or
 * a different sealed ring that has replaced the one returned last.
 */
public interface RotatableKeyringSource extends KeyringSource {

    /**
     * Changes the keyring, durably: when this returns, the new keyring survives a power loss.
     *
     * @param change makes the new keyring from the present one; it may be called more than once, so it should do nothing
     *     else, and must not come back to this source
     * @return the keyring as it is now
     * @throws IllegalArgumentException if the new keyring lacks a key that the present one has: see {@link #destroy}
     * @throws KeyringException if the keyring cannot be read or written; the message says which state is in place
     */
    Keyring update(UnaryOperator<Keyring> change);

    /**
     * Destroys a retired key. Under the source's lock, {@code forbid} is asked first, then the key is removed, durably.
     *
     * @param keyId the key's id; {@code forbid} is asked also where the source no longer has that key
     * @param forbid makes sure that nothing is encrypted under the key and nothing will be; returns false if something
     *     is, and then the key stays. It may be called more than once, and may read this source, but must not change it
     * @return the keyring without the key
     * @throws KeyringException with {@link KeyringException.Reason#IN_USE} if the key is the primary or {@code forbid}
     *     returns false; with another reason if the keyring cannot be read or written
     */
    Keyring destroy(String keyId, BooleanSupplier forbid);
}
