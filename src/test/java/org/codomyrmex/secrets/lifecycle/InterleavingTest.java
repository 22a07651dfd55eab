// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.ReloadClock;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.codomyrmex.secrets.store.SecretStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What managers do to each other when they share a keyring, a store or a moment. */
class InterleavingTest {

    private static final int THREADS = 8;

    @TempDir
    Path directory;

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void inThreads(Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                running.add(pool.submit(() -> {
                    work.run(number);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void eightThreadsStoreReadSwapRotateAndDestroyOnTwoManagersOfOneKeyring() throws Exception {
        Path keyFile = directory.resolve("secrets.key");
        Map<String, String> stored = new ConcurrentHashMap<>();
        long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        SecretStore store = new InMemorySecretStore();
        // One store under two managers: what one of them forbids, the other one's writers meet.
        try (SecretManager one = SecretManager.builder()
                        .keyring(FileKeyringSource.at(keyFile))
                        .store(store)
                        .build();
                SecretManager two = SecretManager.builder()
                        .keyring(FileKeyringSource.at(keyFile))
                        .store(store)
                        .build()) {
            inThreads(thread -> {
                SecretManager manager = thread % 2 == 0 ? one : two;
                Random random = new Random(thread);
                while (System.nanoTime() < end) {
                    int choice = random.nextInt(100);
                    if (choice < 45) {
                        String value = "canary-" + thread + "-" + random.nextLong();
                        stored.put(manager.storeSecret("name" + thread, value), value);
                    } else if (choice < 90) {
                        stored.entrySet().stream()
                                .skip(random.nextInt(Math.max(1, stored.size())))
                                .findFirst()
                                .ifPresent(entry -> assertThat(manager.getSecret(entry.getKey()))
                                        .contains(entry.getValue()));
                    } else if (choice < 94) {
                        assertThat(manager.rekey().failed()).isZero();
                    } else if (choice < 97) {
                        manager.rotateKey();
                    } else {
                        destroyOldest(manager);
                    }
                }
            });
            assertThat(stored).isNotEmpty();
            stored.forEach((id, value) -> {
                assertThat(one.getSecret(id)).contains(value);
                assertThat(two.getSecret(id)).contains(value);
            });
        }
    }

    private static void destroyOldest(SecretManager manager) {
        List<KeyInfo> keys = manager.listKeys();
        KeyInfo oldest = keys.get(keys.size() - 1);
        try {
            manager.destroyKey(oldest.id());
        } catch (KeyringException refused) {
            assertThat(refused.reason()).isEqualTo(KeyringException.Reason.IN_USE);
        }
    }

    @Test
    void closingInTheMiddleOfEverythingLetsEachOperationFinishOrRefusesIt() throws Exception {
        for (int round = 0; round < 8; round++) {
            SecretManager manager =
                    new SecretManager(directory.resolve("round" + round).resolve("secrets.key"));
            String id = manager.storeSecret("name", "canary-value");
            AtomicInteger refused = new AtomicInteger();
            inThreads(thread -> {
                try {
                    for (int operation = 0; operation < 200; operation++) {
                        if (thread == 0 && operation == 20) {
                            manager.close();
                        }
                        if (thread == 1 && operation % 10 == 0) {
                            manager.rotateKey();
                        }
                        assertThat(manager.getSecret(id)).contains("canary-value");
                        assertThat(manager.decrypt(manager.encrypt("canary-kept")))
                                .isEqualTo("canary-kept");
                    }
                } catch (IllegalStateException closed) {
                    assertThat(closed).hasMessageContaining("This SecretManager is closed");
                    refused.incrementAndGet();
                }
            });
            assertThat(refused).hasPositiveValue();
        }
    }

    @Test
    void aKeyDestroyedElsewhereIsKeptByAManagerThatHoldsSecretsUnderIt() {
        Path keyFile = directory.resolve("secrets.key");
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        try (SecretManager holding = ReloadClock.on(now::get)
                        .keyring(FileKeyringSource.at(keyFile))
                        .build();
                SecretManager destroying = new SecretManager(keyFile)) {
            String old = holding.listKeys().get(0).id();
            String id = holding.storeSecret("name", "canary-value");
            destroying.rotateKey();
            assertThat(destroying.destroyKey(old)).isTrue();

            now.updateAndGet(time -> time.plusSeconds(5));
            assertThat(holding.getSecret(id)).contains("canary-value");
            assertThat(holding.listKeys()).anyMatch(key -> key.id().equals(old) && key.secrets() == 1);
            assertThat(holding.rekey().reencrypted()).isOne();
            assertThat(holding.destroyKey(old)).isTrue();
            assertThat(holding.getSecret(id)).contains("canary-value");
            assertThat(holding.listKeys()).noneMatch(key -> key.id().equals(old));
        }
    }

    @Test
    void aProcessThatWasSuspendedLooksBeforeItEncrypts() {
        Path keyFile = directory.resolve("secrets.key");
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        try (SecretManager suspended = ReloadClock.on(now::get)
                        .keyring(FileKeyringSource.at(keyFile))
                        .build();
                SecretManager other = new SecretManager(keyFile)) {
            suspended.encrypt("canary-before");
            String newKey = other.rotateKey();
            // The monotonic clock may stand still while a machine sleeps; the wall clock does not.
            now.updateAndGet(time -> time.plus(Duration.ofHours(8)));
            assertThat(other.keyIdOf(suspended.encrypt("canary-after"))).contains(newKey);
        }
    }

    @Test
    void aWriterWhoseKeyWasForbiddenEncryptsAgainUnderTheNextOne() {
        Path keyFile = directory.resolve("secrets.key");
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        SecretStore store = new InMemorySecretStore();
        try (SecretManager behind = ReloadClock.on(now::get)
                        .keyring(FileKeyringSource.at(keyFile))
                        .store(store)
                        .build();
                SecretManager ahead = SecretManager.builder()
                        .keyring(FileKeyringSource.at(keyFile))
                        .store(store)
                        .build()) {
            String old = behind.listKeys().get(0).id();
            String newKey = ahead.rotateKey();
            assertThat(ahead.destroyKey(old)).isTrue();
            String id = behind.storeSecret("name", "canary-value");
            assertThat(ahead.describeSecret(id).orElseThrow().keyId()).isEqualTo(newKey);
            assertThatThrownBy(() -> behind.destroyKey(newKey)).isInstanceOf(KeyringException.class);
        }
    }
}
