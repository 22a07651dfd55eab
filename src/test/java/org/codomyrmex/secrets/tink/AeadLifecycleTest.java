// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codomyrmex.secrets.Canary;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Managers whose ring is sealed under keys of a KMS: no secret is lost at any step, and the KMS is hardly ever asked. */
class AeadLifecycleTest {

    private final InProcessKms kms = InProcessKms.registered();
    private final InMemorySecretStore store = new InMemorySecretStore();
    private final Map<String, String> stored = new HashMap<>();

    @TempDir
    private Path directory;

    private FileKeyringSource plain() {
        return FileKeyringSource.at(directory.resolve("secrets.key"));
    }

    private FileKeyringSource sealed(String keyUri) {
        return plain().withEnvelope(AeadKeyringEnvelope.forKmsKey(keyUri));
    }

    private SecretManager manager(FileKeyringSource source) {
        return SecretManager.builder().keyring(source).store(store).build();
    }

    private void store(SecretManager manager) {
        String value = Canary.canary(stored.size());
        stored.put(manager.storeSecret("secret-" + stored.size(), value), value);
    }

    private void assertAllReadable(SecretManager manager) {
        stored.forEach((id, value) -> assertThat(manager.getSecret(id).equals(Optional.of(value)))
                .as(id)
                .isTrue());
    }

    private void use(FileKeyringSource source) {
        try (SecretManager manager = manager(source)) {
            assertAllReadable(manager);
            store(manager);
            assertAllReadable(manager);
        }
    }

    @Test
    void readsEverySecretAtEveryStepOfTheLifeOfARing() {
        String first = kms.newKey("first");
        String second = kms.newKey("second");
        use(plain());

        plain().seal(AeadKeyringEnvelope.forKmsKey(first));
        use(sealed(first));
        assertRefused(Reason.SEALED, plain());
        assertRefused(Reason.WRONG_ENVELOPE, sealed(second));

        try (SecretManager manager = manager(sealed(first))) {
            String former = manager.listKeys().get(0).id();
            manager.rotateKey();
            assertAllReadable(manager);
            store(manager);
            assertThat(manager.destroyKey(former)).isTrue();
            assertAllReadable(manager);
        }
        use(sealed(first));

        sealed(first).seal(AeadKeyringEnvelope.forKmsKey(second));
        use(sealed(second));
        assertRefused(Reason.WRONG_ENVELOPE, sealed(first));

        sealed(second).unseal();
        use(plain());
        assertRefused(Reason.SEALED, sealed(second));
        assertThat(directory.resolve("secrets.key")).hasSize(44);
    }

    private void assertRefused(Reason reason, FileKeyringSource source) {
        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> manager(source));
        assertThat(refusal.reason()).isEqualTo(reason);
    }

    @Test
    void asksTheKmsOnceAStartAndTwiceAChangeAndForNoSecret() throws InterruptedException {
        String key = kms.newKey("key");
        sealed(key).load(true);
        kms.calls();

        try (SecretManager manager = manager(sealed(key))) {
            assertThat(kms.calls()).as("a start").isEqualTo(1);
            for (int i = 0; i < 50; i++) {
                store(manager);
                assertAllReadable(manager);
            }
            Thread.sleep(1200);
            assertAllReadable(manager);
            store(manager);
            assertThat(kms.calls()).as("operations, and a look at the files").isZero();
            manager.rotateKey();
            assertAllReadable(manager);
            assertThat(kms.calls()).as("a rotation").isEqualTo(2);
        }
    }

    @Test
    void goesOnWhileTheKmsIsDownAndTheBytesAreTheSame() throws InterruptedException {
        String key = kms.newKey("key");
        try (SecretManager manager = manager(sealed(key))) {
            store(manager);
            kms.answers((input, aead, decrypt) -> {
                throw new GeneralSecurityException("decryption failed", new IOException("down"));
            });
            Thread.sleep(1200);

            assertAllReadable(manager);
            store(manager);
            assertAllReadable(manager);

            String primary = manager.listKeys().get(0).id();
            KeyringException refusal = catchThrowableOfType(KeyringException.class, manager::rotateKey);
            assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(manager.listKeys().get(0).id()).isEqualTo(primary);
            assertAllReadable(manager);
            store(manager);

            kms.answers(InProcessKms.SOUND);
            manager.rotateKey();
            assertAllReadable(manager);
        }
        use(sealed(key));
    }

    @Test
    void readsButDoesNotWriteWhereTheRingChangedWhileTheKmsIsDown() throws InterruptedException {
        String key = kms.newKey("key");
        try (SecretManager manager = manager(sealed(key));
                SecretManager other = manager(sealed(key))) {
            store(manager);
            store(other);
            other.rotateKey();
            kms.answers((input, aead, decrypt) -> {
                throw new GeneralSecurityException("decryption failed", new IOException("down"));
            });
            Thread.sleep(1200);

            KeyringException refusal =
                    catchThrowableOfType(KeyringException.class, () -> manager.storeSecret("a", Canary.canary()));
            assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refusal)
                    .hasMessageContainingAll("decryption goes on with the known keys", "The KMS did not do it");
            assertAllReadable(other);

            kms.answers(InProcessKms.SOUND);
            Thread.sleep(1200);
            store(manager);
            assertAllReadable(manager);
        }
    }

    @Test
    void readsOnWhereTheRingIsSealedUnderALiveManager() throws InterruptedException {
        String key = kms.newKey("key");
        try (SecretManager manager = manager(plain())) {
            store(manager);
            plain().seal(AeadKeyringEnvelope.forKmsKey(key));
            Thread.sleep(1200);

            assertAllReadable(manager);
            for (Runnable write :
                    List.<Runnable>of(() -> manager.storeSecret("a", Canary.canary()), manager::rotateKey)) {
                KeyringException refusal = catchThrowableOfType(KeyringException.class, write::run);
                assertThat(refusal.reason()).isEqualTo(Reason.SEALED);
            }
        }
        use(sealed(key));
    }
}
