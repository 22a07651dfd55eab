// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.IN_USE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.READ_ONLY;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.RotatableKeyringSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a manager's own changes to its keyring. They take turns under a separate lock, because they may wait a long
 * time for the lock file, a KMS or a store. Reading and encrypting never wait for that lock.
 */
final class KeyringChanges {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    /** How many times a destruction is attempted while the ring keeps changing. */
    private static final int ATTEMPTS = 16;

    private final LiveKeyring keys;
    private final ReentrantLock changing = new ReentrantLock();

    KeyringChanges(LiveKeyring keys) {
        this.keys = keys;
    }

    /** Aborts a destruction if the ring has changed by the time the lock is held; never leaves this class. */
    private static final class RingChanged extends RuntimeException {

        private static final long serialVersionUID = 1L;

        RingChanged() {
            super(null, null, false, false);
        }
    }

    /** Makes a key the primary, durably, and uses it from then on. */
    void rotateTo(FernetKey newPrimary) {
        RotatableKeyringSource rotatable = rotatable("rotated");
        changing.lock();
        try {
            keys.reloadedForChange();
            rotatable.update(present -> {
                keys.requireNotDestroyed(present);
                return present.rotatedTo(newPrimary);
            });
            LiveKeyring.State now = keys.reloaded();
            Keyring ring = now.ring();
            if (now.failure() == null && ring != null && !ring.primary().equals(newPrimary)) {
                LOG.warn(
                        "Key {} was made the primary key, but another process has made {} the primary since.",
                        newPrimary.id(),
                        ring.primary().id());
            }
        } finally {
            changing.unlock();
        }
    }

    /** Destroys a retired key, once no live manager can still encrypt under it; false if there is no such key. */
    boolean destroy(String keyId, BooleanSupplier forbid) {
        if (!keys.reloadedForChange().keyring().contains(keyId)) {
            return false;
        }
        RotatableKeyringSource rotatable = rotatable("destroyed");
        changing.lock();
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                LiveKeyring.State seen = keys.reloadedForChange();
                requireRetired(keyId, seen.keyring());
                awaitOtherManagers(seen.changedAtNanos());
                if (isDestroyed(rotatable, keyId, seen, forbid)) {
                    keys.drop(keyId);
                    return true;
                }
            }
        } finally {
            changing.unlock();
        }
        throw new KeyringException(
                UNAVAILABLE,
                "The keyring changed " + ATTEMPTS + " times while key " + keyId
                        + " was being destroyed. Nothing was destroyed; find out what keeps changing the keyring, then"
                        + " try again.");
    }

    /** Destroys the key unless the ring has changed since it was checked; false if it has. */
    private boolean isDestroyed(
            RotatableKeyringSource rotatable, String keyId, LiveKeyring.State seen, BooleanSupplier forbid) {
        try {
            rotatable.destroy(keyId, () -> {
                if (keys.reloadedForChange().changedAtNanos() != seen.changedAtNanos()) {
                    throw new RingChanged();
                }
                return forbid.getAsBoolean();
            });
            return true;
        } catch (RingChanged again) {
            return false;
        }
    }

    private static void requireRetired(String keyId, Keyring ring) {
        if (ring.primary().id().equals(keyId)) {
            throw new KeyringException(
                    IN_USE, "Key " + keyId + " is the primary key, which encrypts. Rotate the key first.");
        }
    }

    /** Every live manager reloads once per interval, so after two intervals none still encrypts under a retired key. */
    private static void awaitOtherManagers(long changedAtNanos) {
        boolean interrupted = false;
        long end = changedAtNanos + 2 * LastReload.INTERVAL.toNanos();
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.sleep(left);
            } catch (InterruptedException kept) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private RotatableKeyringSource rotatable(String what) {
        return keys.source()
                .rotatable()
                .orElseThrow(() -> new KeyringException(
                        READ_ONLY,
                        "Keys cannot be " + what
                                + " here: this manager's keyring comes from the environment or from the application."
                                + " Change it there, or keep the keys in a key file."));
    }
}
