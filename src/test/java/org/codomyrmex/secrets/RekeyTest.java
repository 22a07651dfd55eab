// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Re-encryption of what is not under the primary key: how it goes on, is interrupted and is finished. */
class RekeyTest {

    private static final int MANY = 1_500;

    private record Progress(long done, long failed, long total) {}

    /** A store whose walk and swaps a test can disturb. */
    private static final class Disturbed extends ForwardingStore {

        private Consumer<StoredSecret> beforeShown = secret -> {};
        private Consumer<StoredSecret> beforeSwap = secret -> {};
        private Consumer<String> beforeFound = id -> {};

        @Override
        public Optional<StoredSecret> findById(String id) {
            beforeFound.accept(id);
            return super.findById(id);
        }

        @Override
        public void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action) {
            super.forEachNotUnder(keyId, beforeShown.andThen(action));
        }

        @Override
        public WriteOutcome swap(StoredSecret expected, StoredSecret replacement) {
            beforeSwap.accept(expected);
            return super.swap(expected, replacement);
        }
    }

    private final Disturbed store = new Disturbed();
    private final InMemoryKeyringSource keys = new InMemoryKeyringSource();
    private final SecretManager manager =
            SecretManager.builder().keyring(keys).store(store).build();

    @AfterEach
    void close() {
        assertThat(Thread.interrupted()).as("an interrupt left behind").isFalse();
        manager.close();
    }

    /** Stores so many secrets under a key that is retired afterwards; returns their ids. */
    private List<String> storeUnderARetiredKey(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(manager.storeSecret("name", canary(i)));
        }
        keys.update(ring -> ring.rotatedTo(FernetKey.generate()));
        manager.keys.reloaded();
        return ids;
    }

    private String primary() {
        return manager.listKeys().get(0).id();
    }

    private void assertAllReadable(List<String> ids) {
        for (int i = 0; i < ids.size(); i++) {
            assertThat(manager.getSecret(ids.get(i))).contains(canary(i));
        }
    }

    @Test
    void movesWhatIsLeftAndMayBeRepeated() {
        List<String> ids = storeUnderARetiredKey(MANY);
        manager.storeSecret("new", canary("new"));
        assertThat(manager.rekey()).isEqualTo(new RekeyReport(primary(), MANY, 0, 0, List.of()));
        assertThat(manager.rekey()).isEqualTo(new RekeyReport(primary(), 0, 0, 0, List.of()));
        assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(MANY + 1L, 0L);
        assertAllReadable(ids);
    }

    @Test
    void tellsTheListenerInTheCallersThreadAndTheTotalsLast() {
        storeUnderARetiredKey(MANY);
        List<Progress> told = new ArrayList<>();
        Set<Thread> threads = new HashSet<>();
        manager.rekey((done, failed, total) -> {
            told.add(new Progress(done, failed, total));
            threads.add(Thread.currentThread());
        });
        assertThat(threads).containsExactly(Thread.currentThread());
        assertThat(told).hasSizeGreaterThan(2).endsWith(new Progress(MANY, 0, MANY));
        assertThat(told).extracting(Progress::done).isSorted();
        assertThat(told).allMatch(each -> each.failed() == 0 && each.done() <= each.total());
    }

    @Test
    void tellsTheTotalsAlsoWhereThereIsNothingToDo() {
        List<Progress> told = new ArrayList<>();
        manager.rekey((done, failed, total) -> told.add(new Progress(done, failed, total)));
        assertThat(told).isNotEmpty().containsOnly(new Progress(0, 0, 0));
    }

    @Test
    void holdsNoLockWhileTheListenerRuns() {
        List<String> ids = storeUnderARetiredKey(300);
        AtomicInteger told = new AtomicInteger();
        manager.rekey((done, failed, total) -> {
            told.incrementAndGet();
            CompletableFuture<String> elsewhere = CompletableFuture.supplyAsync(() -> {
                manager.rotateSecret("other", canary());
                manager.deleteSecret(manager.storeSecret("third", canary()));
                return manager.getSecret(ids.get(299)).orElseThrow() + manager.rotateKey();
            });
            assertThat(elsewhere.orTimeout(20, TimeUnit.SECONDS).join()).startsWith(canary(299));
        });
        assertThat(told).hasPositiveValue();
        manager.rekey();
        assertAllReadable(ids);
    }

    @Test
    void goesOnWithoutAListenerThatThrows() {
        storeUnderARetiredKey(MANY);
        AtomicInteger told = new AtomicInteger();
        try (CapturedLog log = new CapturedLog()) {
            RekeyReport report = manager.rekey((done, failed, total) -> {
                told.incrementAndGet();
                throw new UnsupportedOperationException(canary());
            });
            assertThat(report).isEqualTo(new RekeyReport(primary(), MANY, 0, 0, List.of()));
            assertThat(told).hasValue(1);
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("RekeyListener", "UnsupportedOperationException", "not called again");
            assertThat(log.errors()).isEmpty();
        }
    }

    @Test
    void stopsWhenInterruptedKeepsTheFlagAndFinishesNextTime() {
        List<String> ids = storeUnderARetiredKey(MANY);
        AtomicInteger shown = new AtomicInteger();
        store.beforeShown = secret -> {
            if (shown.incrementAndGet() == 700) {
                Thread.currentThread().interrupt();
            }
        };
        RekeyReport stopped;
        try (CapturedLog log = new CapturedLog()) {
            stopped = manager.rekey();
            assertThat(Thread.interrupted()).as("the flag").isTrue();
            assertThat(log.warnings()).singleElement().asString().contains("interrupted", "rekey()");
        }
        assertThat(stopped.reencrypted()).isBetween(0L, 700L);
        assertThat(stopped.failed()).isZero();
        assertThat(manager.listKeys())
                .extracting(KeyInfo::secrets)
                .containsExactly(stopped.reencrypted(), MANY - stopped.reencrypted());
        assertAllReadable(ids);

        store.beforeShown = secret -> {};
        assertThat(manager.rekey().reencrypted()).isEqualTo(MANY - stopped.reencrypted());
        assertAllReadable(ids);
    }

    @Test
    void doesNothingForAThreadThatComesInterruptedButTheKeyRotatesAllTheSame() {
        List<String> ids = storeUnderARetiredKey(3);
        Thread.currentThread().interrupt();
        String rotated = manager.rotateKey();
        assertThat(Thread.interrupted()).as("the flag").isTrue();

        assertThat(primary()).isEqualTo(rotated);
        assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(0L, 0L, 3L);
        assertThat(manager.rekey()).isEqualTo(new RekeyReport(rotated, 3, 0, 0, List.of()));
        assertAllReadable(ids);
    }

    @Test
    void countsNoFailureForWhatIsDeletedOrReplacedMeanwhile() {
        List<String> ids = storeUnderARetiredKey(10);
        store.beforeSwap = secret -> {
            if (secret.id().equals(ids.get(0))) {
                store.kept.delete(secret.id());
            }
            if (secret.id().equals(ids.get(1))) {
                store.kept.swap(secret, secret.withToken(primary(), manager.reencrypt(secret.token())));
            }
        };
        List<Progress> told = new ArrayList<>();
        RekeyReport report = manager.rekey((done, failed, total) -> told.add(new Progress(done, failed, total)));
        assertThat(report).isEqualTo(new RekeyReport(primary(), 8, 0, 0, List.of()));
        assertThat(told).endsWith(new Progress(10, 0, 10));
        assertThat(manager.getSecret(ids.get(0))).isEmpty();
        assertThat(manager.getSecret(ids.get(1))).contains(canary(1));
        assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(9L, 0L);
    }

    @Test
    void takesTheNewestPrimaryWhereTheKeyRotatesMeanwhile() {
        List<String> ids = storeUnderARetiredKey(10);
        String midway = primary();
        AtomicInteger shown = new AtomicInteger();
        store.beforeShown = secret -> {
            if (shown.incrementAndGet() == 1) {
                keys.update(ring -> ring.rotatedTo(FernetKey.generate()));
                manager.keys.reloaded();
            }
        };
        RekeyReport report = manager.rekey();
        assertThat(report.reencrypted()).isEqualTo(10);
        assertThat(report.keyId()).isEqualTo(primary());
        assertThat(primary()).isNotEqualTo(midway);
        assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(10L, 0L, 0L);
        assertAllReadable(ids);
    }

    /** As in another process, which rotates and destroys while this one is held up with what it has read. */
    @Test
    void noKeyIsMissingOfASecretThatOthersMovedMeanwhile() {
        try (SecretManager other =
                SecretManager.builder().keyring(keys).store(store.kept).build()) {
            List<String> ids = storeUnderARetiredKey(2);
            String second = ids.get(1);
            List<String> between = new ArrayList<>();
            store.beforeShown = shown -> {
                between.add(other.rotateKey());
                if (shown.id().equals(second)) {
                    store.beforeShown = again -> {};
                    assertThat(shown.keyId()).isEqualTo(between.get(0));
                    assertThat(other.destroyKey(between.get(0))).isTrue();
                }
            };
            // What is found in its stead is under a key that is newer than the look for the one that is gone.
            store.beforeFound = id -> {
                if (id.equals(second) && between.size() == 2) {
                    between.add(other.rotateKey());
                }
            };

            RekeyReport report = manager.rekey();

            assertThat(between).hasSize(3);
            assertThat(report.failures()).isEmpty();
            assertThat(report.failed()).isZero();
            assertAllReadable(ids);
        }
    }
}
