// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.tink.AeadKeyringEnvelope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page for operators says about sealed keyrings, done as it says. */
class SealingTest {

    @TempDir
    Path directory;

    private final KeyringEnvelope envelope = newEnvelope();
    private Path keyFile;
    private Path ring;
    private FileKeyringSource source;
    private String token;

    private static KeyringEnvelope newEnvelope() {
        try {
            return AeadKeyringEnvelope.of(
                    KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, AeadConfig2026.get()));
        } catch (GeneralSecurityException cannotHappen) {
            throw new AssertionError(cannotHappen);
        }
    }

    @BeforeEach
    void encryptUnderAPlainRing() {
        keyFile = directory.resolve("secrets.key");
        ring = directory.resolve("secrets.key.ring");
        source = FileKeyringSource.at(keyFile);
        try (SecretManager manager = new SecretManager(keyFile)) {
            token = manager.encrypt("canary-value");
        }
    }

    private static SecretManager opened(FileKeyringSource from) {
        return SecretManager.builder().keyring(from).build();
    }

    private static Reason refusal(Runnable opening) {
        return catchThrowableOfType(KeyringException.class, opening::run).reason();
    }

    @Test
    void sealingNeedsNoStopAndEndsWithTheFormerKeyDestroyed() throws IOException {
        String plain = Files.readString(keyFile);
        try (SecretManager running = new SecretManager(keyFile)) {
            source.seal(envelope);

            assertThat(ring)
                    .content()
                    .matches("(?s)codomyrmex-keyring 2 tink-aead [0-9a-f]{32} 1\n.*")
                    .doesNotContain(plain);
            assertThat(keyFile)
                    .content()
                    .startsWith("codomyrmex-keyring 2 mark\n")
                    .doesNotContain(plain);
            assertThat(running.decrypt(token)).isEqualTo("canary-value");
        }
        assertThat(refusal(() -> new SecretManager(keyFile))).isEqualTo(Reason.SEALED);
        try (SecretManager sealed = opened(source.withEnvelope(envelope))) {
            String former = sealed.keyIdOf(token).orElseThrow();
            sealed.rotateKey();
            String moved = sealed.reencrypt(token);
            assertThat(sealed.destroyKey(former)).isTrue();

            assertThat(sealed.decrypt(moved)).isEqualTo("canary-value");
            assertThat(sealed.listKeys()).hasSize(1);
        }
    }

    @Test
    void anotherEnvelopeTakesTheFormerOnesPlaceAndNoneTakesIts() throws IOException {
        KeyringEnvelope next = newEnvelope();
        String plain = Files.readString(ring);
        source.seal(envelope);
        source.withEnvelope(envelope).seal(next);

        assertThat(refusal(() -> opened(source.withEnvelope(envelope)))).isEqualTo(Reason.WRONG_ENVELOPE);
        try (SecretManager sealed = opened(source.withEnvelope(next))) {
            assertThat(sealed.decrypt(token)).isEqualTo("canary-value");
        }

        source.withEnvelope(next).unseal();
        assertThat(ring).hasContent(plain);
        assertThat(keyFile).hasContent(plain.strip());
        assertThat(refusal(() -> opened(source.withEnvelope(next)))).isEqualTo(Reason.SEALED);
        try (SecretManager unsealed = new SecretManager(keyFile)) {
            assertThat(unsealed.decrypt(token)).isEqualTo("canary-value");
        }
    }

    @Test
    void aSealedRingIsRestoredAloneAndAnywhere() throws IOException {
        source.seal(envelope);
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere")).resolve("other.key");
        Files.copy(ring, elsewhere.resolveSibling("other.key.ring"));

        try (SecretManager restored = opened(FileKeyringSource.at(elsewhere).withEnvelope(envelope))) {
            assertThat(restored.decrypt(token)).isEqualTo("canary-value");
        }
        assertThat(elsewhere).hasSameBinaryContentAs(keyFile);
    }
}
