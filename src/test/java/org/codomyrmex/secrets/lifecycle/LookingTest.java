// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a manager does while its source of keys is slow, stopped or not what it was. */
class LookingTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private final Keyring keyring = Keyring.of(FernetKey.generate());
    private final AtomicReference<Instant> now = new AtomicReference<>(START);

    private SecretManager managerOver(KeyringSource source) {
        return SecretManager.builder().keyring(source).clock(now::get).build();
    }

    @Test
    void afterAFailedLookReadersDoNotWaitForTheNextOne() throws Exception {
        CountDownLatch looking = new CountDownLatch(2);
        CountDownLatch stopped = new CountDownLatch(1);
        KeyringSource source = new KeyringSource() {
            private int looks;

            @Override
            public Keyring load(boolean mayCreate) {
                if (looks++ == 0) {
                    return keyring;
                }
                looking.countDown();
                if (looks > 2) {
                    awaitQuietly(stopped);
                }
                throw new KeyringException(KeyringException.Reason.LOCKED, "somebody else holds the lock");
            }
        };
        try (SecretManager manager = managerOver(source)) {
            String token = manager.encrypt("canary-value");
            now.set(START.plusSeconds(60));
            assertThat(manager.decrypt(token)).isEqualTo("canary-value");
            now.set(START.plusSeconds(120));
            CompletableFuture<String> stuck = CompletableFuture.supplyAsync(() -> manager.decrypt(token));
            assertThat(looking.await(30, TimeUnit.SECONDS)).isTrue();
            for (int read = 0; read < 100; read++) {
                assertThat(manager.decrypt(token)).isEqualTo("canary-value");
            }
            assertThat(stuck).isNotDone();
            stopped.countDown();
            assertThat(stuck.get(30, TimeUnit.SECONDS)).isEqualTo("canary-value");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void nothingIsEncryptedOnALookThatBeganMoreThanTwoSecondsAgo() {
        AtomicReference<Integer> secondsALook = new AtomicReference<>(0);
        KeyringSource slow = mayCreate -> {
            now.updateAndGet(time -> time.plusSeconds(secondsALook.get()));
            return keyring;
        };
        try (SecretManager manager = managerOver(slow)) {
            String token = manager.encrypt("canary-value");
            secondsALook.set(10);
            now.updateAndGet(time -> time.plusSeconds(5));
            KeyringException refused =
                    catchThrowableOfType(KeyringException.class, () -> manager.encrypt("canary-late"));
            assertThat(refused.reason()).isEqualTo(KeyringException.Reason.UNAVAILABLE);
            assertThat(refused).hasMessageContaining("longer than 2 s");
            assertThat(manager.decrypt(token)).isEqualTo("canary-value");
            secondsALook.set(0);
            assertThat(manager.decrypt(manager.encrypt("canary-again"))).isEqualTo("canary-again");
        }
    }

    @Test
    void aRingThatIsALinkToNothingIsNoAbsentRing() throws IOException {
        Path keyFile = directory.resolve("secrets.key");
        Path ring = directory.resolve("secrets.key.ring");
        new SecretManager(keyFile).close();
        byte[] key = Files.readAllBytes(keyFile);
        Files.move(ring, directory.resolve("elsewhere"));
        Files.createSymbolicLink(ring, directory.resolve("not-mounted"));

        assertRefused(keyFile);
        assertThat(keyFile).hasBinaryContent(key);
        Files.delete(keyFile);
        assertRefused(keyFile);
        assertThat(keyFile).doesNotExist();
        assertThat(ring).isSymbolicLink();
    }

    private static void assertRefused(Path keyFile) {
        KeyringException refused = catchThrowableOfType(KeyringException.class, () -> new SecretManager(keyFile));
        assertThat(refused.reason()).isEqualTo(KeyringException.Reason.UNAVAILABLE);
        assertThat(refused).hasMessageContaining("secrets.key.ring").hasMessageContaining("link to nothing");
    }
}
