// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.codomyrmex.secrets.ReloadClock;
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
        return ReloadClock.on(now::get).keyring(source).build();
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
    void nothingIsEncryptedAfterAReloadThatBeganMoreThanTwoSecondsAgo() {
        AtomicBoolean slow = new AtomicBoolean();
        try (SecretManager manager = managerOver(mayCreate -> {
            if (slow.get()) {
                sleep(Duration.ofMillis(2_050));
            }
            return keyring;
        })) {
            String token = manager.encrypt("canary-value");
            slow.set(true);
            now.updateAndGet(time -> time.plusSeconds(5));
            assertNotFresh(manager, "takes longer than 2 s", "check the disk");
            assertThat(manager.decrypt(token)).isEqualTo("canary-value");
            slow.set(false);
            now.updateAndGet(time -> time.plusSeconds(5));
            assertThat(manager.decrypt(manager.encrypt("canary-again"))).isEqualTo("canary-again");
        }
    }

    @Test
    void aWallClockThatIsSetDuringEachReloadIsBlamedAndNoDisk() {
        AtomicReference<Duration> step = new AtomicReference<>(Duration.ZERO);
        try (SecretManager manager = managerOver(mayCreate -> {
            now.updateAndGet(time -> time.plus(step.get()));
            return keyring;
        })) {
            String token = manager.encrypt("canary-value");
            for (Duration each : List.of(Duration.ofSeconds(10), Duration.ofSeconds(-10))) {
                step.set(each);
                now.updateAndGet(time -> time.plusSeconds(5));
                KeyringException refused = assertNotFresh(manager, "clock was set", "find out what sets the clock");
                assertThat(refused).message().doesNotContainIgnoringCase("disk").doesNotContain("source of the keys");
                assertThat(manager.decrypt(token)).isEqualTo("canary-value");
            }
            step.set(Duration.ZERO);
            now.updateAndGet(time -> time.plusSeconds(5));
            assertThat(manager.decrypt(manager.encrypt("canary-again"))).isEqualTo("canary-again");
        }
    }

    @Test
    void aWallClockThatShowsAnotherTimeAtEachCallIsBlamedAndNoDisk() {
        AtomicReference<Duration> step = new AtomicReference<>(Duration.ZERO);
        InstantSource wall = () -> now.updateAndGet(time -> time.plus(step.get()));
        try (SecretManager manager =
                ReloadClock.on(wall).keyring(mayCreate -> keyring).build()) {
            String token = manager.encrypt("canary-value");
            step.set(Duration.ofSeconds(10));
            KeyringException refused = assertNotFresh(manager, "clock was set", "find out what sets the clock");
            assertThat(refused).message().doesNotContainIgnoringCase("disk").doesNotContain("source of the keys");
            assertThat(manager.decrypt(token)).isEqualTo("canary-value");
            step.set(Duration.ZERO);
            assertThat(manager.decrypt(manager.encrypt("canary-again"))).isEqualTo("canary-again");
        }
    }

    @Test
    void oneReloadThatTakesLongRefusesNothingIfTheNextOneDoesNot() {
        AtomicBoolean slowOnce = new AtomicBoolean();
        try (SecretManager manager = managerOver(mayCreate -> {
            if (slowOnce.getAndSet(false)) {
                sleep(Duration.ofMillis(2_050));
            }
            return keyring;
        })) {
            manager.encrypt("canary-before");
            slowOnce.set(true);
            now.updateAndGet(time -> time.plusSeconds(5));
            assertThat(manager.decrypt(manager.encrypt("canary-value"))).isEqualTo("canary-value");
            assertThat(slowOnce).as("the slow reload took place").isFalse();
        }
    }

    private static KeyringException assertNotFresh(SecretManager manager, String... said) {
        KeyringException refused = catchThrowableOfType(KeyringException.class, () -> manager.encrypt("canary-late"));
        assertThat(refused.reason()).isEqualTo(KeyringException.Reason.UNAVAILABLE);
        assertThat(refused).hasMessageContainingAll(said).hasMessageContaining("Nothing was encrypted");
        return refused;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
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
        assertThat(refused).hasMessageContaining("secrets.key.ring: is a symbolic link");
    }
}
