// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringSnapshot;
import org.codomyrmex.secrets.keyring.ReloadableKeyringSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever can submit tokens cannot make each of them read the key files. */
class ReloadBudgetTest {

    private static final int FOREIGN_TOKENS = 4_000;
    private static final long AT_ONCE = 20;
    private static final long EACH_SECOND = 20;

    @TempDir
    private Path directory;

    private final AtomicLong reloads = new AtomicLong();

    /** Files whose reloads are counted. */
    private ReloadableKeyringSource counted() {
        FileKeyringSource files = FileKeyringSource.at(directory.resolve("secrets.key"));
        return new ReloadableKeyringSource() {
            @Override
            public Keyring load(boolean mayCreate) {
                return files.load(mayCreate);
            }

            @Override
            public KeyringSnapshot reload(Optional<KeyringSnapshot> lastAccepted, Duration lockWait) {
                reloads.incrementAndGet();
                return files.reload(lastAccepted, lockWait);
            }
        };
    }

    private static String foreignToken() {
        try (SecretManager stranger = SecretManager.inMemory()) {
            return stranger.encrypt(canary());
        }
    }

    /** What foreign tokens may cost in some time, and the one reload a second that there is without them. */
    private static long mostIn(long nanos) {
        double seconds = nanos / (double) TimeUnit.SECONDS.toNanos(1);
        return AT_ONCE + (long) Math.ceil(seconds * (EACH_SECOND + 1)) + 1;
    }

    @Test
    void givesTwentyAtOnceAndTwentyASecond() {
        long start = System.nanoTime();
        ReloadBudget budget = new ReloadBudget();
        long taken = 0;
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(500)) {
            taken += budget.take() ? 1 : 0;
        }
        long nanos = System.nanoTime() - start;
        assertThat(taken).isBetween(AT_ONCE + 9, mostIn(nanos));
    }

    @Test
    void givesEachThreadNoBudgetOfItsOwn() {
        long start = System.nanoTime();
        ReloadBudget budget = new ReloadBudget();
        AtomicLong taken = new AtomicLong();
        List<CompletableFuture<Void>> threads = IntStream.range(0, 8)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        taken.addAndGet(budget.take() ? 1 : 0);
                    }
                }))
                .toList();
        threads.forEach(thread -> thread.orTimeout(30, TimeUnit.SECONDS).join());
        assertThat(taken.get()).isBetween(AT_ONCE, mostIn(System.nanoTime() - start));
    }

    @Test
    void boundsTheReloadsThatThousandsOfForeignTokensCause() {
        String foreign = foreignToken();
        try (SecretManager manager = SecretManager.builder().keyring(counted()).build()) {
            long start = System.nanoTime();
            long before = reloads.get();
            for (int i = 0; i < FOREIGN_TOKENS / 2; i++) {
                refusal(InvalidTokenException.class, () -> manager.decrypt(foreign));
                assertThat(manager.keyIdOf(foreign)).isEmpty();
            }
            long caused = reloads.get() - before;
            assertThat(caused).isBetween(AT_ONCE, mostIn(System.nanoTime() - start));
            assertThat(caused).as("far less than one for each").isLessThan(FOREIGN_TOKENS / 4);
        }
    }

    @Test
    void spendsNothingOnMalformedTokens() {
        try (SecretManager manager = SecretManager.builder().keyring(counted()).build()) {
            long start = System.nanoTime();
            long before = reloads.get();
            for (int i = 0; i < FOREIGN_TOKENS; i++) {
                refusal(InvalidTokenException.class, () -> manager.decrypt("no token"));
            }
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            assertThat(reloads.get() - before).isLessThanOrEqualTo(1 + seconds);
        }
    }

    @Test
    void keepsNobodyFromFollowingARotationOnceItIsSpent() {
        SettableClock clock = SettableClock.at("2026-11-24T00:00:00Z");
        String foreign = foreignToken();
        try (SecretManager manager = ReloadClock.on(clock).keyring(counted()).build()) {
            for (int i = 0; i < FOREIGN_TOKENS; i++) {
                refusal(InvalidTokenException.class, () -> manager.decrypt(foreign));
            }
            FernetKey rotated = FernetKey.generate();
            FileKeyringSource.at(directory.resolve("secrets.key")).update(ring -> ring.rotatedTo(rotated));
            clock.advance(Duration.ofSeconds(1));
            assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(rotated.id());
        }
    }
}
