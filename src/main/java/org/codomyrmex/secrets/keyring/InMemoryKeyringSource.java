// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.fernet.FernetKey;

/** A keyring that is kept nowhere: a fresh key that can be rotated and is gone with this object. For unit tests. */
public final class InMemoryKeyringSource implements RotatableKeyringSource {

    private final ReentrantLock lock = new ReentrantLock();
    private volatile Keyring keyring = Keyring.of(FernetKey.generate());

    /** Makes a source with a fresh key. */
    public InMemoryKeyringSource() {}

    @Override
    public Keyring load(boolean mayCreate) {
        return keyring;
    }

    @Override
    public Keyring update(UnaryOperator<Keyring> change) {
        Objects.requireNonNull(change, "change");
        lock.lock();
        try {
            Keyring next = KeyringChange.grown(keyring, change);
            keyring = next;
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Keyring destroy(String keyId, BooleanSupplier forbid) {
        Objects.requireNonNull(forbid, "forbid");
        lock.lock();
        try {
            Keyring next = KeyringChange.without(keyring, keyId, forbid);
            keyring = next;
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** {@return what it is, without anything it holds} */
    @Override
    public String toString() {
        return "InMemoryKeyringSource";
    }
}
