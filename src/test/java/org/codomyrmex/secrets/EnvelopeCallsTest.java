// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.CountingEnvelope;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.QuickEnvelopes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An envelope may be slow and dear: it is asked when the ring has changed, and for no operation. */
@Timeout(60)
class EnvelopeCallsTest {

    private static final int OPERATIONS = 500;

    private final SettableClock clock = SettableClock.at("2026-11-24T00:00:00Z");
    private final CountingEnvelope envelope = new CountingEnvelope(QuickEnvelopes.of("one"));

    @TempDir
    private Path directory;

    private FileKeyringSource plain() {
        return FileKeyringSource.at(directory.resolve("secrets.key"));
    }

    private FileKeyringSource uncounted() {
        return plain().withEnvelope(QuickEnvelopes.of("one"));
    }

    private SecretManager open(FileKeyringSource source) {
        return ReloadClock.on(clock).keyring(source).build();
    }

    private SecretManager counted() {
        return open(plain().withEnvelope(envelope));
    }

    private void use(SecretManager manager) {
        String id = manager.storeSecret("name", canary());
        String token = manager.encrypt(canary());
        for (int i = 0; i < OPERATIONS; i++) {
            manager.getSecret(id);
            manager.decrypt(token);
            manager.encrypt(canary(i));
            if (i % 50 == 0) {
                clock.advance(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void isAskedTwiceForANewRingAndOnceForOneThatIsThere() {
        counted().close();
        assertThat(envelope.callsSince())
                .as("creation: sealed, and opened again")
                .isEqualTo(2);
        SecretManager manager = counted();
        use(manager);
        assertThat(envelope.callsSince()).isEqualTo(1);
    }

    @Test
    void isAskedTwiceForAChangeAndOnceForAChangeElsewhere() {
        uncounted().load(true);
        SecretManager manager = counted();
        envelope.callsSince();

        manager.rotateKey();
        use(manager);
        assertThat(envelope.callsSince()).as("a rotation here").isEqualTo(2);

        uncounted().update(ring -> ring.rotatedTo(FernetKey.generate()));
        use(manager);
        assertThat(envelope.callsSince()).as("a rotation elsewhere").isEqualTo(1);

        uncounted().seal(QuickEnvelopes.of("one"));
        use(manager);
        assertThat(envelope.callsSince()).as("the same keys, sealed anew").isEqualTo(1);
    }

    @Test
    void isNotAskedForTokensThatNoKeyOpens() {
        uncounted().load(true);
        SecretManager manager = counted();
        envelope.callsSince();
        try (SecretManager stranger = SecretManager.inMemory()) {
            String foreign = stranger.encrypt(canary());
            for (int i = 0; i < OPERATIONS; i++) {
                refusal(InvalidTokenException.class, () -> manager.decrypt(foreign));
            }
        }
        assertThat(envelope.callsSince()).isZero();
    }

    @Test
    void isNotAskedForEachTokenThatNoKeyOpensWhileItCannotOpenTheRing() {
        uncounted().load(true);
        SecretManager manager = counted();
        uncounted().seal(QuickEnvelopes.of("two"));
        envelope.callsSince();
        clock.advance(Duration.ofSeconds(1));
        long start = System.nanoTime();
        try (SecretManager stranger = SecretManager.inMemory()) {
            String foreign = stranger.encrypt(canary());
            for (int i = 0; i < OPERATIONS; i++) {
                refusal(InvalidTokenException.class, () -> manager.decrypt(foreign));
            }
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertThat((long) envelope.callsSince()).isBetween(1L, 2 + seconds);
    }

    @Test
    void isNotWaitedForWhileTheRingIsTheSame() {
        uncounted().load(true);
        SecretManager manager = counted();
        envelope.beforeOpening(() -> {
            throw new KeyringException(Reason.UNAVAILABLE, "the KMS is down");
        });
        use(manager);
        assertThat(manager.decrypt(manager.encrypt(canary()))).isEqualTo(canary());
    }

    @Test
    void readersDoNotWaitForItAgainOnceItHasFailed() throws Exception {
        uncounted().load(true);
        SecretManager manager = counted();
        String token = manager.encrypt(canary());
        uncounted().seal(QuickEnvelopes.of("one"));
        envelope.beforeOpening(() -> {
            throw new KeyringException(Reason.UNAVAILABLE, "the KMS is down");
        });
        clock.advance(Duration.ofSeconds(60));
        assertThat(manager.decrypt(token)).isEqualTo(canary());
        KeyringException refused = refusal(KeyringException.class, () -> manager.encrypt(canary()));
        assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refused).hasMessageContainingAll("Nothing is encrypted", "the KMS is down");

        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answering = new CountDownLatch(1);
        envelope.beforeOpening(() -> {
            asked.countDown();
            awaitQuietly(answering);
        });
        clock.advance(Duration.ofSeconds(60));
        CompletableFuture<String> stuck = CompletableFuture.supplyAsync(() -> manager.decrypt(token));
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        for (int read = 0; read < 100; read++) {
            assertThat(manager.decrypt(token)).isEqualTo(canary());
        }
        assertThat(stuck).isNotDone();
        answering.countDown();
        assertThat(stuck.get(30, TimeUnit.SECONDS)).isEqualTo(canary());
        assertThat(manager.decrypt(manager.encrypt(canary(2)))).isEqualTo(canary(2));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
