// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The specification "Secrets Management" v1.0.0, row by row and bullet by bullet. */
class SpecificationTest {

    @TempDir
    private Path home;

    private SystemProperty userHome;
    private SecretManager manager;

    @BeforeEach
    void open() {
        userHome = SystemProperty.set("user.home", home);
        manager = new SecretManager();
    }

    @AfterEach
    void close() {
        manager.close();
        userHome.close();
    }

    private Path defaultKeyFile() {
        return home.resolve(".codomyrmex").resolve("secrets.key");
    }

    @Nested
    @DisplayName("Key Classes: SecretManager")
    class KeyClasses {

        @Test
        @DisplayName("__init__(key_file): loads or generates the Fernet key at ~/.codomyrmex/secrets.key")
        void loadsOrGeneratesTheKey() throws IOException {
            assertThat(manager.keyFile()).contains(defaultKeyFile());
            FernetKey generated = FernetKey.parse(Files.readString(defaultKeyFile()));
            String token = manager.encrypt(canary());
            assertThat(new Fernet(generated).decryptToString(token)).isEqualTo(canary());
            try (SecretManager loaded = new SecretManager()) {
                assertThat(loaded.decrypt(token)).isEqualTo(canary());
            }
            try (SecretManager elsewhere = new SecretManager(home.resolve("other.key"))) {
                assertThat(elsewhere.keyFile()).contains(home.resolve("other.key"));
                assertThat(elsewhere.listKeys()).isNotEqualTo(manager.listKeys());
            }
        }

        @Test
        @DisplayName("store_secret(name, value, metadata): encrypts and stores a secret; returns hex ID")
        void storesASecret() {
            String id = manager.storeSecret("name", canary(), Map.of("owner", "billing"));
            assertThat(id).matches("[0-9a-f]+");
            assertThat(manager.storeSecret("name", canary())).isNotEqualTo(id);
            assertThat(manager.describeSecret(id).orElseThrow().metadata()).isEqualTo(Map.of("owner", "billing"));
        }

        @Test
        @DisplayName("get_secret(secret_id): decrypts and returns secret value by ID")
        void getsASecretById() {
            String id = manager.storeSecret("name", canary());
            assertThat(manager.getSecret(id)).contains(canary());
            assertThat(manager.getSecret("unknown")).isEmpty();
        }

        @Test
        @DisplayName("get_secret_by_name(name): decrypts and returns secret value by name")
        void getsASecretByName() {
            manager.storeSecret("name", canary());
            assertThat(manager.getSecretByName("name")).contains(canary());
            assertThat(manager.getSecretByName("unknown")).isEmpty();
        }

        @Test
        @DisplayName("list_secrets(): returns metadata for all secrets (no values exposed)")
        void listsSecrets() {
            String id = manager.storeSecret("name", canary(), Map.of("owner", "billing"));
            assertThat(manager.listSecrets()).singleElement().satisfies(info -> {
                assertThat(info.id()).isEqualTo(id);
                assertThat(info.name()).isEqualTo("name");
                assertThat(info.createdAt()).isBeforeOrEqualTo(Instant.now());
                assertThat(info.metadata()).isEqualTo(Map.of("owner", "billing"));
            });
        }

        @Test
        @DisplayName("delete_secret(secret_id): removes a secret from the store")
        void deletesASecret() {
            String id = manager.storeSecret("name", canary());
            assertThat(manager.deleteSecret(id)).isTrue();
            assertThat(manager.getSecret(id)).isEmpty();
            assertThat(manager.deleteSecret(id)).isFalse();
        }

        @Test
        @DisplayName("rotate_key(): generates new key, re-encrypts all secrets, returns new key ID")
        void rotatesTheKey() throws IOException {
            String id = manager.storeSecret("name", canary());
            FernetKey former = FernetKey.parse(Files.readString(defaultKeyFile()));
            String rotated = manager.rotateKey();
            FernetKey fresh = FernetKey.parse(Files.readString(defaultKeyFile()));
            assertThat(fresh.id()).isEqualTo(rotated).isNotEqualTo(former.id());
            assertThat(manager.describeSecret(id).orElseThrow().keyId()).isEqualTo(rotated);
            assertThat(manager.getSecret(id)).contains(canary());
        }
    }

    @Nested
    @DisplayName("Module-Level Functions")
    class ModuleLevelFunctions {

        @Test
        @DisplayName("manage_secrets(operation, **kwargs): dispatches to SecretManager methods by operation name")
        void dispatchesByOperationName() {
            Object id = Secrets.manageSecrets(manager, "store", Map.of("name", "name", "value", canary()));
            assertThat(Secrets.manageSecrets(manager, "get", Map.of("secret_id", id)))
                    .isEqualTo(Optional.of(canary()));
            assertThat(Secrets.manageSecrets(manager, "get_by_name", Map.of("name", "name")))
                    .isEqualTo(Optional.of(canary()));
            assertThat(Secrets.manageSecrets(manager, "list", Map.of())).isEqualTo(manager.listSecrets());
            assertThat(Secrets.manageSecrets(manager, "rotate", Map.of()))
                    .isEqualTo(manager.listKeys().get(0).id());
            assertThat(Secrets.manageSecrets(manager, "delete", Map.of("secret_id", id)))
                    .isEqualTo(true);
        }

        @Test
        @DisplayName(
                "encrypt_configuration(config, secret_keys): encrypts specified config fields, replacing values with"
                        + " encrypted:{id}")
        void encryptsConfigurationFields() {
            Map<String, Object> config = Map.of("host", "db.example", "password", canary());
            Map<String, Object> encrypted = Secrets.encryptConfiguration(manager, config, List.of("password"));
            String id = manager.listSecrets().get(0).id();
            assertThat(encrypted).isEqualTo(Map.of("host", "db.example", "password", "encrypted:" + id));
            assertThat(manager.getSecret(id)).contains(canary());
        }
    }

    @Nested
    @DisplayName("Constraints")
    class Constraints {

        @Test
        @DisplayName("Key file default path: ~/.codomyrmex/secrets.key; parent directory is auto-created")
        void createsTheParentDirectory() {
            assertThat(defaultKeyFile()).isRegularFile();
            Path deep = home.resolve("a").resolve("b").resolve("c").resolve("secrets.key");
            try (SecretManager deeper = new SecretManager(deep)) {
                assertThat(deeper.keyFile().orElseThrow()).isRegularFile();
            }
        }

        @Test
        @DisplayName("Secret IDs use secrets.token_hex(16) (32-character hex strings)")
        void makesIdsOf32HexDigits() {
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                ids.add(manager.storeSecret("name", canary()));
            }
            assertThat(ids).hasSize(100).allMatch(id -> id.matches("[0-9a-f]{32}"));
        }

        @Test
        @DisplayName("Key rotation re-encrypts in-memory secrets only; externally persisted secrets require separate"
                + " handling")
        void leavesTokensOfTheApplicationToTheApplication() {
            String token = manager.encrypt(canary());
            String rotated = manager.rotateKey();
            assertThat(manager.keyIdOf(token).orElseThrow()).isNotEqualTo(rotated);
            assertThat(manager.decrypt(token)).isEqualTo(canary());
            assertThat(manager.keyIdOf(manager.reencrypt(token))).contains(rotated);
        }

        @Test
        @DisplayName("The list_secrets endpoint never includes decrypted values")
        void neverListsAValue() {
            manager.storeSecret("name", canary(), Map.of("owner", "billing"));
            manager.rotateSecret("name", canary(2));
            Secrets.encryptConfiguration(
                    manager, Map.of("password", canary(3), "port", 54321), List.of("password", "port"));
            assertThat(manager.listSecrets().toString()).doesNotContain(Canary.MARK, "54321");
            assertThat(Leaks.in(Secrets.manageSecrets(manager, "list", Map.of()).toString()))
                    .isEmpty();
        }

        @Test
        @DisplayName("Zero-mock: real encryption only, NotImplementedError for unimplemented paths (there are none)")
        void encryptsForReal() throws IOException {
            ForwardingStore store = new ForwardingStore();
            try (SecretManager other = SecretManager.builder().store(store).build()) {
                String id = other.storeSecret("name", canary());
                StoredSecret stored = store.findById(id).orElseThrow();
                assertThat(stored.token()).startsWith("gAAAA").doesNotContain(canary());
                Fernet independent = new Fernet(FernetKey.parse(Files.readString(defaultKeyFile())));
                assertThat(independent.decryptToString(stored.token())).isEqualTo(canary());
            }
        }
    }

    @Nested
    @DisplayName("Error Handling")
    class ErrorHandling {

        @Test
        @DisplayName("Key rotation logs per-secret re-encryption failures without aborting the full rotation")
        void goesOnAfterASecretThatFails() {
            ForwardingStore store = new ForwardingStore();
            try (SecretManager other = SecretManager.builder().store(store).build();
                    CapturedLog log = new CapturedLog()) {
                String before = other.storeSecret("before", canary(1));
                String broken = "b".repeat(32);
                byte[] value = canary(2).getBytes(UTF_8);
                store.insert(new StoredSecret(
                        broken,
                        "broken",
                        Instant.EPOCH,
                        Map.of(),
                        other.listKeys().get(0).id(),
                        new Fernet(FernetKey.generate()).encrypt(value)));
                String after = other.storeSecret("after", canary(3));

                String rotated = other.rotateKey();
                assertThat(log.warnings()).anyMatch(line -> line.contains(broken));
                for (String id : List.of(before, after)) {
                    assertThat(other.describeSecret(id).orElseThrow().keyId()).isEqualTo(rotated);
                }
                assertThat(other.getSecret(before)).contains(canary(1));
                assertThat(other.getSecret(after)).contains(canary(3));
            }
        }

        @Test
        @DisplayName("Unknown operations in manage_secrets raise CodomyrmexError")
        void refusesAnUnknownOperation() {
            assertThat(refusal(CodomyrmexException.class, () -> Secrets.manageSecrets(manager, "unknown", Map.of())))
                    .hasMessageContaining("unknown");
        }

        @Test
        @DisplayName("All errors are logged before propagation")
        void logsErrorsBeforeTheyPropagate() {
            try (CapturedLog log = new CapturedLog()) {
                CodomyrmexException refused =
                        refusal(CodomyrmexException.class, () -> Secrets.manageSecrets(manager, "unknown", Map.of()));
                InvalidTokenException malformed =
                        refusal(InvalidTokenException.class, () -> manager.decrypt("no token"));
                assertThat(log.errors())
                        .containsExactly(
                                "CodomyrmexException: " + refused.getMessage(),
                                "InvalidTokenException: " + malformed.getMessage());
            }
        }

        @Test
        @DisplayName("Dependencies: every error of this library is a CodomyrmexException")
        void hasOneParentOfAllErrors() {
            assertThat(Stream.of(
                            InvalidTokenException.class,
                            KeyringException.class,
                            StoreException.class,
                            UnreadableSecretException.class,
                            ConfigurationException.class))
                    .allMatch(CodomyrmexException.class::isAssignableFrom);
        }
    }
}
