// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.codomyrmex.secrets.ReloadClock;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.QuickEnvelopes;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.codomyrmex.secrets.tink.AeadKeyringEnvelope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Instances that were prepared as the page for operators says write on while their keyring is sealed, sealed in another
 * envelope, under another passphrase, and unsealed: not one write fails.
 */
@Timeout(120)
class LiveSealingTest {

    /** So many writes after each step that every instance has reloaded since. */
    private static final int WRITES = 20;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final KeyringEnvelope kms = newKmsKey();
    private final KeyringEnvelope nextKms = newKmsKey();
    private final KeyringEnvelope passphrase = QuickEnvelopes.of("one");
    private final KeyringEnvelope nextPassphrase = QuickEnvelopes.of("two");

    @TempDir
    Path directory;

    private FileKeyringSource files;
    private Path ring;
    private Instance one;
    private Instance two;

    private static KeyringEnvelope newKmsKey() {
        try {
            return AeadKeyringEnvelope.of(
                    KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, AeadConfig2026.get()));
        } catch (GeneralSecurityException cannotHappen) {
            throw new AssertionError(cannotHappen);
        }
    }

    /** A running application: it writes and reads what it wrote without a pause, and can be released anew. */
    private final class Instance {

        private final InMemorySecretStore store = new InMemorySecretStore();
        private final ReentrantLock writing = new ReentrantLock();
        private final List<String> tokens = new ArrayList<>();
        private final List<Throwable> failures = new ArrayList<>();
        private final Thread thread = new Thread(this::write, "instance");
        private SecretManager manager;
        private volatile int writes;
        private volatile boolean stopped;

        Instance(FileKeyringSource source) {
            manager = open(source);
            thread.start();
        }

        private SecretManager open(FileKeyringSource source) {
            return ReloadClock.on(now::get).keyring(source).store(store).build();
        }

        private void write() {
            for (int round = 1; !stopped; round++) {
                writing.lock();
                try {
                    tokens.add(manager.encrypt("canary-token"));
                    String id = manager.storeSecret("name" + round, "canary-secret");
                    assertThat(manager.getSecret(id)).contains("canary-secret");
                } catch (RuntimeException | AssertionError failed) {
                    failures.add(failed);
                } finally {
                    writing.unlock();
                }
                writes = round;
            }
        }

        /** Starts the next release of the application, and ends the former one. */
        void release(FileKeyringSource source) {
            writing.lock();
            try (SecretManager former = manager) {
                manager = open(source);
                assertThat(manager).isNotSameAs(former);
            } finally {
                writing.unlock();
            }
        }

        void rotate() {
            String rotated = manager.rotateKey();
            assertThat(manager.keyIdOf(manager.encrypt("canary-rotated"))).contains(rotated);
        }

        void awaitWrites() {
            int enough = writes + WRITES;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (writes < enough) {
                assertThat(System.nanoTime() - end).as("time is over").isNegative();
                Thread.onSpinWait();
            }
        }

        void stop() throws InterruptedException {
            stopped = true;
            thread.join();
            manager.close();
        }
    }

    private void startBoth(FileKeyringSource source) {
        one = new Instance(source);
        two = new Instance(source);
    }

    private void releaseBoth(FileKeyringSource source) {
        one.release(source);
        two.release(source);
    }

    /** Lets a second pass, in which both write before it, after it, and after a rotation by either. */
    private void runOn() {
        one.awaitWrites();
        two.awaitWrites();
        now.updateAndGet(time -> time.plusSeconds(1));
        one.awaitWrites();
        two.awaitWrites();
        one.rotate();
        two.rotate();
    }

    private void assertNoWriteFailedAndEverythingOpens(FileKeyringSource source) throws InterruptedException {
        one.stop();
        two.stop();
        try (SecretManager manager = SecretManager.builder().keyring(source).build()) {
            for (Instance each : List.of(one, two)) {
                assertThat(each.failures).isEmpty();
                assertThat(each.tokens)
                        .hasSizeGreaterThan(WRITES)
                        .allSatisfy(token -> assertThat(manager.decrypt(token)).isEqualTo("canary-token"));
            }
        }
    }

    @BeforeEach
    void create() {
        files = FileKeyringSource.at(directory.resolve("secrets.key"));
        ring = directory.resolve("secrets.key.ring");
        files.load(true);
    }

    @AfterEach
    void stop() throws InterruptedException {
        one.stop();
        two.stop();
    }

    @Test
    void aPlainRingIsSealedAndUnsealedUnderInstancesThatAcceptBoth() throws InterruptedException {
        startBoth(files.withEnvelope(kms).acceptingPlain());
        runOn();
        assertThat(ring).content().doesNotStartWith("codomyrmex-keyring");
        files.seal(kms);
        runOn();
        assertThat(ring).content().startsWith("codomyrmex-keyring 2 tink-aead ");
        releaseBoth(files.withEnvelope(kms));
        runOn();

        releaseBoth(files.withEnvelope(kms).acceptingPlain());
        files.withEnvelope(kms).unseal();
        runOn();
        assertThat(ring).content().doesNotStartWith("codomyrmex-keyring");
        assertNoWriteFailedAndEverythingOpens(files);
    }

    @Test
    void anotherEnvelopeTakesThePlaceOfTheFormerUnderInstancesThatHaveBoth() throws InterruptedException {
        files.seal(kms);
        startBoth(files.withEnvelope(kms));
        // The first of them seals at the next rotation, so an instance may have them in either order.
        one.release(files.withEnvelope(kms, nextKms));
        two.release(files.withEnvelope(nextKms, kms));
        files.withEnvelope(kms).seal(nextKms);
        runOn();
        releaseBoth(files.withEnvelope(nextKms, kms));
        runOn();
        releaseBoth(files.withEnvelope(nextKms));
        runOn();
        assertNoWriteFailedAndEverythingOpens(files.withEnvelope(nextKms));
    }

    @Test
    void aPassphraseTakesThePlaceOfAKmsAndAnotherPassphraseItsPlace() throws InterruptedException {
        files.seal(kms);
        startBoth(files.withEnvelope(passphrase, kms));
        files.withEnvelope(kms).seal(passphrase);
        runOn();
        assertThat(ring).content().startsWith("codomyrmex-keyring 2 passphrase ");
        releaseBoth(files.withEnvelope(nextPassphrase, passphrase));
        files.withEnvelope(passphrase).seal(nextPassphrase);
        runOn();
        releaseBoth(files.withEnvelope(nextPassphrase));
        runOn();
        assertNoWriteFailedAndEverythingOpens(files.withEnvelope(nextPassphrase));
    }
}
