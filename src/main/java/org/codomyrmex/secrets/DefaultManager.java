// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The manager behind the static facade: opened once, at first use, unless the application has put another in front. */
final class DefaultManager {

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Scope> replacements = new ArrayDeque<>();
    private @Nullable SecretManager opened;

    SecretManager get() {
        lock.lock();
        try {
            Scope replacement = replacements.peek();
            if (replacement != null) {
                return replacement.manager;
            }
            SecretManager present = opened;
            if (present == null) {
                present = SecretManager.builder()
                        .createKeyOnFirstEncryption()
                        .shared()
                        .build();
                opened = present;
            }
            return present;
        } finally {
            lock.unlock();
        }
    }

    DefaultManagerScope replace(SecretManager manager) {
        Scope scope = new Scope(manager);
        lock.lock();
        try {
            replacements.push(scope);
        } finally {
            lock.unlock();
        }
        return scope;
    }

    private final class Scope implements DefaultManagerScope {

        private final SecretManager manager;

        Scope(SecretManager manager) {
            this.manager = manager;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                replacements.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }
}
