// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.codomyrmex.secrets.store.SecretStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A manager that creates its key at the first call that encrypts makes no file before that call. */
class KeyOnFirstEncryptionTest {

    @TempDir
    private Path directory;

    private Path keyFile() {
        return directory.resolve("made").resolve("secrets.key");
    }

    private SecretManager.Builder builder() {
        return SecretManager.builder().keyring(FileKeyringSource.at(keyFile())).createKeyOnFirstEncryption();
    }

    private static String foreignToken() {
        try (SecretManager stranger = SecretManager.inMemory()) {
            return stranger.encrypt(canary());
        }
    }

    @Test
    void findsNothingListsNothingAndMakesNothing() {
        try (SecretManager manager = builder().build()) {
            assertThat(manager.getSecret("id")).isEmpty();
            assertThat(manager.getSecretByName("name")).isEmpty();
            assertThat(manager.getSecretBytes("id")).isEmpty();
            assertThat(manager.useSecret("id", characters -> characters.length)).isEmpty();
            assertThat(manager.describeSecret("id")).isEmpty();
            assertThat(manager.listSecrets()).isEmpty();
            manager.forEachSecret(secret -> {
                throw new AssertionError("there is none");
            });
            assertThat(manager.checkSecretAge("name", Duration.ofDays(1))).isEmpty();
            assertThat(manager.rotationHistory()).isEmpty();
            assertThat(manager.deleteSecret("id")).isFalse();
            assertThat(manager.listKeys()).isEmpty();
            assertThat(manager.keyIdOf(foreignToken())).isEmpty();
            assertThat(manager.keyFile()).contains(keyFile());
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesWhatNeedsAKeyNamingTheFileAndMakesNothing() {
        String foreign = foreignToken();
        try (SecretManager manager = builder().build()) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> manager.decrypt(foreign),
                    () -> manager.decrypt(foreign, Duration.ofDays(1)),
                    () -> manager.decryptBytes(foreign),
                    () -> manager.reencrypt(foreign),
                    manager::rekey,
                    () -> manager.rekey((done, failed, total) -> {}),
                    () -> manager.destroyKey("0123456789abcdef"))) {
                KeyringException refused = refusal(KeyringException.class, call);
                assertThat(refused.reason()).isEqualTo(Reason.ABSENT);
                assertThat(refused).hasMessageContainingAll(keyFile().toString(), "first call that encrypts");
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    static Stream<Arguments> encryptingCalls() {
        return Stream.of(
                call(
                        "storeSecret",
                        manager -> manager.getSecret(manager.storeSecret("name", canary()))
                                .orElseThrow()),
                call(
                        "storeSecret of bytes",
                        manager -> manager.getSecret(manager.storeSecret("name", canary().getBytes(UTF_8), Map.of()))
                                .orElseThrow()),
                call(
                        "rotateSecret",
                        manager -> manager.getSecret(
                                        manager.rotateSecret("name", canary()).newId())
                                .orElseThrow()),
                call("encrypt", manager -> manager.decrypt(manager.encrypt(canary()))),
                call("encrypt of bytes", manager -> manager.decrypt(manager.encrypt(canary().getBytes(UTF_8)))),
                call(
                        "encryptConfiguration",
                        manager -> String.valueOf(Secrets.decryptConfiguration(
                                        manager,
                                        Secrets.encryptConfiguration(manager, Map.of("a", canary()), List.of("a")))
                                .get("a"))));
    }

    private static Arguments call(String name, Function<SecretManager, String> call) {
        return Arguments.of(name, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encryptingCalls")
    void createsItsKeyAtTheFirstCallThatEncrypts(String name, Function<SecretManager, String> call) {
        String keyId;
        try (SecretManager manager = builder().build()) {
            assertThat(directory).isEmptyDirectory();
            assertThat(call.apply(manager)).as(name).isEqualTo(canary());
            assertThat(keyFile()).exists();
            keyId = manager.listKeys().get(0).id();
            assertThat(manager.listKeys()).hasSize(1);
        }
        try (SecretManager next = new SecretManager(keyFile())) {
            assertThat(next.listKeys()).extracting(KeyInfo::id).containsExactly(keyId);
        }
    }

    @Test
    void createsItsKeyForARotationOfTheKeyAndReturnsTheNewOne() {
        try (SecretManager manager = builder().build()) {
            String rotated = manager.rotateKey();
            assertThat(manager.listKeys())
                    .hasSize(2)
                    .first()
                    .extracting(KeyInfo::id)
                    .isEqualTo(rotated);
            assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(rotated);
        }
    }

    @Test
    void refusesToOpenForAStoreThatHoldsSecretsNamingTheirKeys() {
        InMemorySecretStore store = new InMemorySecretStore();
        String keyId = fill(store);
        KeyringException refused =
                refusal(KeyringException.class, () -> builder().store(store).build());
        assertThat(refused.reason()).isEqualTo(Reason.ABSENT);
        assertThat(refused).hasMessageContainingAll(keyFile().toString(), "The store holds secrets", keyId);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void createsNoKeyForAStoreThatWasFilledSinceItWasOpened() {
        InMemorySecretStore store = new InMemorySecretStore();
        try (SecretManager manager = builder().store(store).build()) {
            String keyId = fill(store);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> manager.storeSecret("name", canary()), () -> manager.encrypt(canary()), manager::rotateKey)) {
                KeyringException refused = refusal(KeyringException.class, call);
                assertThat(refused.reason()).isEqualTo(Reason.ABSENT);
                assertThat(refused).hasMessageContainingAll(keyFile().toString(), "The store holds secrets", keyId);
            }
            assertThat(manager.listSecrets()).as("listing needs no key").hasSize(1);
        }
        assertThat(directory).isEmptyDirectory();
    }

    private static String fill(SecretStore store) {
        try (SecretManager other = SecretManager.builder()
                .keyring(KeyringSource.of(Keyring.of(FernetKey.generate())))
                .store(store)
                .build()) {
            other.storeSecret("name", canary());
            return other.listKeys().get(0).id();
        }
    }

    @Test
    void encryptsUnderTheKeyThatAnotherProcessCreatedMeanwhile() {
        try (SecretManager manager = builder().build()) {
            assertThat(manager.listKeys()).isEmpty();
            ChildProcess other =
                    ChildProcess.start(FirstKeyProgram.class, Map.of(), "-Dcodomyrmex.secrets.keyFile=" + keyFile());
            String keyId = other.lines().get(0);
            assertThat(keyId).matches("[0-9a-f]{16}");
            assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(keyId);
            assertThat(manager.listKeys()).hasSize(1);
        }
    }

    @Test
    void readsAtOnceWhatAnotherManagerEncryptedUnderAKeyThatItCreated() {
        InMemorySecretStore store = new InMemorySecretStore();
        try (SecretManager tokens = builder().build();
                SecretManager secrets = builder().store(store).build();
                SecretManager other = SecretManager.builder()
                        .keyring(FileKeyringSource.at(keyFile()))
                        .store(store)
                        .build()) {
            assertThat(tokens.decrypt(other.encrypt(canary()))).isEqualTo(canary());
            assertThat(secrets.getSecret(other.storeSecret("name", canary(2)))).contains(canary(2));
        }
    }

    @Test
    void createsNoKeyAtAllIfAnExistingOneIsRequired() {
        KeyringException refused = refusal(
                KeyringException.class, () -> builder().requireExistingKey().build());
        assertThat(refused.reason()).isEqualTo(Reason.ABSENT);
        assertThat(refused).hasMessageContaining(keyFile().toString());
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void opensAKeyThatIsThereAsAnyOtherManagerDoes() {
        String token;
        try (SecretManager first = new SecretManager(keyFile())) {
            token = first.encrypt(canary());
        }
        try (SecretManager manager = builder().build()) {
            assertThat(manager.listKeys()).hasSize(1);
            assertThat(manager.decrypt(token)).isEqualTo(canary());
        }
    }
}
