// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What one thread does to a manager for a while. Every value says which name it is stored under and is unlike any other,
 * so that a value that turns up under another id or name is noticed; and every thread has a secret of its own that nobody
 * removes, which must be there whenever it looks.
 */
final class Load implements Callable<Long> {

    /** A name that is only ever rotated, by all threads. */
    static final String CHAINED = "chained";

    private static final int NAMES = 16;

    /** A secret that was stored, and perhaps removed since. */
    record Known(String id, String name, String value) {}

    /** What the threads of one test know of each other's secrets. */
    static final class Shared {
        private final AtomicReferenceArray<Known> known = new AtomicReferenceArray<>(64);
        private final AtomicLong values = new AtomicLong();

        private String newValue(String name) {
            return canary(name, values.incrementAndGet());
        }
    }

    private final SecretManager manager;
    private final Shared shared;
    private final Random random;
    private final boolean rotatesKeys;
    private final long endNanos;
    private final String ownName;

    Load(SecretManager manager, Shared shared, int seed, boolean rotatesKeys, Duration duration) {
        this.manager = manager;
        this.shared = shared;
        this.random = new Random(seed);
        this.rotatesKeys = rotatesKeys;
        this.endNanos = System.nanoTime() + duration.toNanos();
        this.ownName = "own " + seed;
    }

    /** Returns how often it did something. */
    @Override
    public Long call() {
        String ownValue = shared.newValue(ownName);
        String ownId = manager.storeSecret(ownName, ownValue, Map.of("own", ownName));
        long done = 0;
        while (System.nanoTime() < endNanos) {
            doSomething(random.nextInt(100));
            assertThat(manager.getSecret(ownId)).contains(ownValue);
            assertThat(manager.getSecretByName(ownName)).contains(ownValue);
            done++;
        }
        SecretInfo info = manager.describeSecret(ownId).orElseThrow();
        assertThat(info.name()).isEqualTo(ownName);
        assertThat(info.metadata()).isEqualTo(Map.of("own", ownName));
        return done;
    }

    private void doSomething(int what) {
        String name = "name " + random.nextInt(NAMES);
        if (what < 20) {
            store(name);
        } else if (what < 30) {
            String value = shared.newValue(name);
            remember(new Known(manager.rotateSecret(name, value).newId(), name, value));
        } else if (what < 34) {
            manager.rotateSecret(CHAINED, shared.newValue(CHAINED));
        } else if (what < 50) {
            delete();
        } else if (what < 70) {
            read();
        } else if (what < 85) {
            manager.getSecretByName(name).ifPresent(value -> assertThat(value).startsWith(canary(name) + "/"));
        } else if (what < 97) {
            String value = shared.newValue("token");
            assertThat(manager.decrypt(manager.reencrypt(manager.encrypt(value))))
                    .isEqualTo(value);
        } else if (what < 99 || !rotatesKeys) {
            manager.forEachSecret(secret -> assertThat(secret.id()).hasSize(32));
        } else {
            manager.rotateKey();
        }
    }

    private void store(String name) {
        String value = shared.newValue(name);
        remember(new Known(manager.storeSecret(name, value), name, value));
    }

    private void remember(Known secret) {
        shared.known.set(random.nextInt(shared.known.length()), secret);
    }

    private void read() {
        Known known = shared.known.get(random.nextInt(shared.known.length()));
        if (known != null) {
            Optional<String> value =
                    random.nextBoolean() ? manager.getSecret(known.id()) : manager.useSecret(known.id(), String::new);
            value.ifPresent(read -> assertThat(read).isEqualTo(known.value()));
            manager.describeSecret(known.id())
                    .ifPresent(info -> assertThat(info.name()).isEqualTo(known.name()));
        }
    }

    private void delete() {
        Known known = shared.known.getAndSet(random.nextInt(shared.known.length()), null);
        if (known != null) {
            manager.deleteSecret(known.id());
            assertThat(manager.getSecret(known.id())).isEmpty();
        }
    }
}
