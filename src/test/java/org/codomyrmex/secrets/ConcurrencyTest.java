// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many threads at once, and several managers, see no wrong value and lose none. */
@Timeout(60)
class ConcurrencyTest {

    private static final int THREADS = 8;
    private static final Duration DURATION = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    private SecretManager open(InMemorySecretStore store) {
        return SecretManager.builder()
                .keyring(FileKeyringSource.at(directory.resolve("secrets.key")))
                .store(store)
                .build();
    }

    /** Runs all at once and waits; the first thing that went wrong is thrown. */
    private static List<Long> run(List<Callable<Long>> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(work.size());
        try {
            List<Long> results = new ArrayList<>();
            for (Future<Long> each : pool.invokeAll(work, 50, TimeUnit.SECONDS)) {
                results.add(each.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    /** What must hold once all is quiet. */
    private static void assertConsistent(SecretManager manager) {
        assertThat(manager.rekey().failed()).isZero();
        List<SecretInfo> all = manager.listSecrets();
        assertThat(all).extracting(SecretInfo::id).doesNotHaveDuplicates();
        for (SecretInfo each : all) {
            assertThat(manager.getSecret(each.id()).orElseThrow()).startsWith(canary(each.name()) + "/");
        }
        List<KeyInfo> keys = manager.listKeys();
        assertThat(keys.get(0).primary()).isTrue();
        assertThat(keys.get(0).secrets()).isEqualTo(all.size());
        assertThat(keys.subList(1, keys.size())).allMatch(key -> key.secrets() == 0 && !key.primary());
    }

    /** The history of the name that was only ever rotated is one chain, and its end is what is stored. */
    private static void assertOneChain(SecretManager manager) {
        List<SecretRotation> chain = manager.rotationHistory(Load.CHAINED);
        for (int i = 1; i < chain.size(); i++) {
            assertThat(chain.get(i).previousId()).contains(chain.get(i - 1).newId());
        }
        assertThat(chain).isNotEmpty();
        assertThat(manager.listSecrets())
                .filteredOn(each -> each.name().equals(Load.CHAINED))
                .extracting(SecretInfo::id)
                .containsExactly(chain.get(chain.size() - 1).newId());
    }

    @Test
    void eightThreadsSeeNoWrongValueWhileSecretsAndKeysRotate() throws Exception {
        try (SecretManager manager = open(new InMemorySecretStore())) {
            Load.Shared shared = new Load.Shared();
            List<Callable<Long>> loads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                loads.add(new Load(manager, shared, i, true, DURATION));
            }
            assertThat(run(loads)).allMatch(done -> done > 0);
            assertThat(manager.listKeys()).as("keys rotated").hasSizeGreaterThan(1);
            assertConsistent(manager);
            assertOneChain(manager);
        }
    }

    @Test
    void twoManagersOnOneKeyFileReadEachOthersTokens() throws Exception {
        try (SecretManager one = open(new InMemorySecretStore());
                SecretManager two = open(new InMemorySecretStore())) {
            List<Callable<Long>> work = new ArrayList<>();
            List<SecretManager> managers = List.of(one, two);
            for (int i = 0; i < 2; i++) {
                Load.Shared shared = new Load.Shared();
                SecretManager mine = managers.get(i);
                SecretManager other = managers.get(1 - i);
                work.add(new Load(mine, shared, 2 * i, true, DURATION));
                work.add(new Load(mine, shared, 2 * i + 1, false, DURATION));
                work.add(() -> exchange(mine, other));
            }
            run(work);
            managers.forEach(each -> each.keys.reloaded());
            assertThat(one.rekey().keyId()).isEqualTo(two.rekey().keyId());
            assertConsistent(one);
            assertConsistent(two);
            assertThat(one.listKeys())
                    .extracting(KeyInfo::id)
                    .hasSizeGreaterThan(1)
                    .containsExactlyInAnyOrderElementsOf(
                            two.listKeys().stream().map(KeyInfo::id).toList());
        }
    }

    /** What the one has just encrypted the other decrypts, whoever rotated last. */
    private static long exchange(SecretManager from, SecretManager to) {
        long exchanged = 0;
        long end = System.nanoTime() + DURATION.toNanos();
        while (System.nanoTime() < end) {
            assertThat(to.decrypt(from.encrypt(canary(exchanged)))).isEqualTo(canary(exchanged));
            exchanged++;
        }
        return exchanged;
    }

    @Test
    void twoManagersOfOneStoreLoseNothingWhileKeysAreDestroyed() throws Exception {
        InMemorySecretStore store = new InMemorySecretStore();
        AtomicInteger destroyed = new AtomicInteger();
        Duration longer = DURATION.plusSeconds(1);
        try (SecretManager one = open(store);
                SecretManager two = open(store)) {
            Load.Shared shared = new Load.Shared();
            List<Callable<Long>> work = new ArrayList<>();
            work.add(new Load(one, shared, 1, true, longer));
            work.add(new Load(one, shared, 2, false, longer));
            work.add(new Load(two, shared, 3, true, longer));
            work.add(new Load(two, shared, 4, false, longer));
            work.add(() -> destroyAll(one, destroyed, longer));
            run(work);
        }
        try (SecretManager third = open(store)) {
            assertThat(destroyed).as("destroyed keys").hasPositiveValue();
            assertConsistent(third);
            assertOneChain(third);
        }
    }

    /** Destroys each retired key, the oldest first, as soon as nothing is under it. */
    private static long destroyAll(SecretManager manager, AtomicInteger destroyed, Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            List<KeyInfo> keys = manager.listKeys();
            KeyInfo last = keys.get(keys.size() - 1);
            try {
                if (!last.primary() && manager.destroyKey(last.id())) {
                    destroyed.incrementAndGet();
                }
            } catch (KeyringException inUse) {
                assertThat(inUse.reason()).isEqualTo(KeyringException.Reason.IN_USE);
            }
        }
        return destroyed.get();
    }
}
