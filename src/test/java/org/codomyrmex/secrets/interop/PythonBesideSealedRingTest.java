// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codomyrmex.secrets.CapturedLog;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.QuickEnvelopes;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Python program writes a key of its own into the key file beside a sealed ring: no key of either is lost. */
@Timeout(60)
class PythonBesideSealedRingTest {

    private static final int ROUNDS = 40;

    private final InMemorySecretStore store = new InMemorySecretStore();
    private Python python;

    @TempDir
    Path directory;

    private Path keyFile;
    private FileKeyringSource source;

    @BeforeEach
    void start() {
        python = Python.start();
        keyFile = directory.resolve("secrets.key");
        source = newSource();
    }

    @AfterEach
    void end() {
        if (python != null) {
            python.close();
        }
    }

    private FileKeyringSource newSource() {
        return FileKeyringSource.at(keyFile).withEnvelope(QuickEnvelopes.of("one"));
    }

    /** As another process would, with warnings of its own. */
    private SecretManager open() {
        return SecretManager.builder().keyring(newSource()).store(store).build();
    }

    private static KeyringException refusal(ThrowingCallable call) {
        return catchThrowableOfType(KeyringException.class, call);
    }

    @Test
    void pythonFailsOnTheMarkInsteadOfUsingAKeyOfItsOwn() {
        source.load(true);
        assertThat(python.isKey(keyFile)).isFalse();
        source.unseal();
        assertThat(python.isKey(keyFile)).isTrue();
    }

    @Test
    void aKeyThatPythonWritesCostsNoKeyAndTheErrorSaysWhatToDo() throws Exception {
        try (SecretManager manager = open()) {
            manager.rotateKey();
            String id = manager.storeSecret("name", "canary-value");
            String primaryId = manager.listKeys().get(0).id();
            String formerId = manager.listKeys().get(1).id();
            byte[] ring = Files.readAllBytes(directory.resolve("secrets.key.ring"));

            FernetKey key = FernetKey.parse(python.create(keyFile));
            String token = python.encryptWith(keyFile, "canary-python");
            Thread.sleep(Duration.ofMillis(1_010).toMillis());

            String[] advice = {
                "The key file " + keyFile + " holds key " + key.id(),
                "with the primary key " + primaryId + " lacks",
                "Move the key file away, and its mark is written again",
                "update(ring -> ring.withRetired(key))"
            };
            assertThat(manager.getSecret(id)).hasValue("canary-value");
            for (KeyringException refused :
                    List.of(refusal(manager::rotateKey), refusal(() -> manager.destroyKey(formerId)))) {
                assertThat(refused.reason()).isEqualTo(Reason.MALFORMED);
                assertThat(refused).hasMessageContainingAll(advice);
            }
            // The ring is whole: it goes on encrypting under its own primary, and whoever opens it is warned.
            try (CapturedLog log = new CapturedLog();
                    SecretManager beside = open()) {
                for (SecretManager any : List.of(manager, beside)) {
                    assertThat(any.keyIdOf(any.encrypt("canary"))).hasValue(primaryId);
                    assertThat(any.keyIdOf(token))
                            .as("a key that is not in the ring")
                            .isEmpty();
                }
                assertThat(log.warnings())
                        .anySatisfy(warning -> assertThat(warning).contains(advice));
            }
            assertThat(manager.getSecret(id)).hasValue("canary-value");
            assertThat(directory.resolve("secrets.key.ring")).hasBinaryContent(ring);
            assertThat(keyFile).hasContent(key.reveal());

            followTheAdvice();

            assertThat(python.isKey(keyFile)).isFalse();
            assertThat(manager.decrypt(token)).isEqualTo("canary-python");
            Thread.sleep(Duration.ofMillis(1_010).toMillis());
            assertThat(manager.keyIdOf(manager.encrypt("canary"))).hasValue(primaryId);
            try (SecretManager again = open()) {
                assertThat(again.getSecret(id)).hasValue("canary-value");
                assertThat(again.decrypt(token)).isEqualTo("canary-python");
                assertThat(again.listKeys()).hasSize(3);
            }
        }
    }

    /** As the message has it: move the key file away, open, and add the key if tokens were made with it. */
    private void followTheAdvice() throws IOException {
        Path away = Files.createTempDirectory(directory, "away").resolve("secrets.key");
        Files.move(keyFile, away);
        source.load(false);
        FernetKey key = FernetKey.parse(Files.readAllBytes(away));
        source.update(ring -> ring.withRetired(key));
    }

    @Test
    void keysThatPythonWritesWithoutAPauseCostNoKeyOfARingThatIsRotatedBesideIt() throws Exception {
        Keyring ring = source.load(true);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int round = 0; round < ROUNDS; round++) {
                python.create(keyFile);
            }
        });
        List<String> tokens = new ArrayList<>();
        int refusals = 0;
        while (!writing.isDone() || tokens.size() < ROUNDS) {
            try {
                ring = source.update(present -> present.rotatedTo(FernetKey.generate()));
                tokens.add(ring.encrypt("canary-value".getBytes(StandardCharsets.UTF_8)));
            } catch (KeyringException refused) {
                assertThat(refused.reason()).isEqualTo(Reason.MALFORMED);
                refusals++;
                Files.deleteIfExists(keyFile);
            }
        }
        writing.get();
        Files.deleteIfExists(keyFile);
        Keyring left = source.load(false);
        assertThat(left).isEqualTo(ring);
        tokens.forEach(left::decrypt);
        assertThat(refusals).isPositive();
    }
}
