// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A re-encryption says how much of the store is left under other keys, however it ended. */
@Timeout(60)
class RekeyRemainingTest {

    private static final int MANY = 1_500;

    /** More than any run goes through the store. */
    private static final int WALKS = 50;

    /** A store whose walk a test can disturb. */
    private static final class Disturbed extends ForwardingStore {

        private Consumer<StoredSecret> beforeShown = secret -> {};
        private Runnable afterWalk = () -> {};

        @Override
        public void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action) {
            super.forEachNotUnder(keyId, beforeShown.andThen(action));
            afterWalk.run();
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

    private void storeUnderARetiredKey(int count) {
        for (int i = 0; i < count; i++) {
            manager.storeSecret("name" + i, canary(i));
        }
        keys.update(ring -> ring.rotatedTo(FernetKey.generate()));
    }

    /** What the store itself says. */
    private long leftBeside(String keyId) {
        return store.kept.countsByKey().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(keyId))
                .mapToLong(entry -> entry.getValue())
                .sum();
    }

    @Test
    void nothingRemainsOfARunThatFinished() {
        storeUnderARetiredKey(MANY);
        RekeyReport report = manager.rekey();
        assertThat(report.reencrypted()).isEqualTo(MANY);
        assertThat(report.remaining()).isZero();
        assertThat(leftBeside(report.keyId())).isZero();
    }

    @Test
    void whatAnInterruptedRunLeftRemainsAndTheFlagStays() {
        storeUnderARetiredKey(MANY);
        AtomicInteger shown = new AtomicInteger();
        store.beforeShown = secret -> {
            if (shown.incrementAndGet() == 700) {
                Thread.currentThread().interrupt();
            }
        };
        RekeyReport stopped = manager.rekey();
        assertThat(Thread.interrupted()).as("the flag").isTrue();
        assertThat(stopped.failed()).isZero();
        assertThat(stopped.remaining())
                .isPositive()
                .isEqualTo(MANY - stopped.reencrypted())
                .isEqualTo(leftBeside(stopped.keyId()));

        store.beforeShown = secret -> {};
        RekeyReport finished = manager.rekey();
        assertThat(finished.reencrypted()).isEqualTo(stopped.remaining());
        assertThat(finished.remaining()).isZero();
    }

    @Test
    void everythingRemainsForAThreadThatComesInterrupted() {
        storeUnderARetiredKey(3);
        Thread.currentThread().interrupt();
        RekeyReport report = manager.rekey();
        assertThat(Thread.interrupted()).as("the flag").isTrue();
        assertThat(report.reencrypted()).isZero();
        assertThat(report.remaining()).isEqualTo(3).isEqualTo(leftBeside(report.keyId()));
    }

    @Test
    void whatCouldNotBeReadRemains() {
        storeUnderARetiredKey(3);
        StoredSecret one = store.kept.findByName("name1").orElseThrow();
        try (SecretManager stranger = SecretManager.inMemory()) {
            store.kept.swap(one, one.withToken(one.keyId(), stranger.encrypt(canary("of another keyring"))));
        }
        RekeyReport report = manager.rekey();
        assertThat(report.reencrypted()).isEqualTo(2);
        assertThat(report.failed()).isOne();
        assertThat(report.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.secretId()).isEqualTo(one.id()));
        assertThat(report.remaining()).isOne();
    }

    @Test
    void aRunThatIsOvertakenAgainAndAgainCountsForTheLastKey() {
        storeUnderARetiredKey(5);
        AtomicInteger walks = new AtomicInteger();
        store.afterWalk = () -> {
            if (walks.incrementAndGet() < WALKS) {
                keys.update(ring -> ring.rotatedTo(FernetKey.generate()));
            }
        };
        RekeyReport report = manager.rekey();
        assertThat(walks).as("it gave up").hasValueLessThan(WALKS);
        assertThat(report.keyId()).isEqualTo(keys.load(false).primary().id());
        assertThat(report.remaining()).isEqualTo(leftBeside(report.keyId()));
    }

    /** It counts the store, not what it did: a writer that was held up comes later than the walk. */
    @Test
    void whatSomebodyStoredUnderTheFormerKeyMeanwhileRemains() {
        storeUnderARetiredKey(3);
        StoredSecret former = store.kept.findByName("name1").orElseThrow();
        AtomicInteger walks = new AtomicInteger();
        store.afterWalk = () -> {
            if (walks.incrementAndGet() < WALKS) {
                store.kept.insert(new StoredSecret(
                        "late" + walks.get(),
                        former.name(),
                        former.createdAt(),
                        former.metadata(),
                        former.keyId(),
                        former.token()));
            }
        };
        RekeyReport report = manager.rekey();
        assertThat(report.remaining()).isPositive().isEqualTo(leftBeside(report.keyId()));
    }
}
