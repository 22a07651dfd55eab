// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** References that are there already, those that hold their value themselves, and what is left if storing fails. */
class ReferencesTest {

    private static final String UNKNOWN_ID = "0123456789abcdef0123456789abcdef";

    private final FernetKey key = FernetKey.generate();
    private final ForwardingStore store = new ForwardingStore();
    private final SecretManager manager = managerOver(store);

    private SecretManager managerOver(ForwardingStore other) {
        return SecretManager.builder()
                .keyring(KeyringSource.of(Keyring.of(key)))
                .store(other)
                .build();
    }

    private Map<String, Object> encrypt(Map<String, ?> config, ReferenceKind kind) {
        return Secrets.encryptConfiguration(manager, config, config.keySet(), kind);
    }

    @Test
    void leavesAReferenceThatResolvesAlone() {
        Map<String, Object> config = Map.of("text", canary(), "number", 5432, "flag", true);
        for (ReferenceKind kind : ReferenceKind.values()) {
            Map<String, Object> once = encrypt(config, kind);
            long stored = manager.listSecrets().size();
            assertThat(encrypt(once, ReferenceKind.BY_ID)).isEqualTo(once);
            assertThat(encrypt(once, ReferenceKind.BY_TOKEN)).isEqualTo(once);
            assertThat(manager.listSecrets()).hasSize((int) stored);
        }
    }

    @Test
    void refusesAReferenceThatDoesNotResolveNamingItsPath() {
        String foreign = new Fernet(FernetKey.generate()).encrypt(canary());
        String notANumber = new Fernet(key).encrypt(canary());
        String bytes = new Fernet(key).encrypt(new byte[] {(byte) 0xff});
        for (String reference : List.of(
                "encrypted:" + UNKNOWN_ID,
                "encrypted:" + foreign,
                "encrypted:number:" + foreign,
                "encrypted:number:" + notANumber,
                "encrypted:boolean:" + notANumber,
                "encrypted:" + bytes)) {
            assertUnresolved(reference);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "encrypted:",
                "encrypted:yes",
                "encrypted:gAAAAA",
                "encrypted:0123456789ABCDEF0123456789ABCDEF",
                "encrypted:0123456789abcdef0123456789abcdef0",
                "encrypted:number:0123456789abcdef0123456789abcdef",
                "encrypted: 0123456789abcdef0123456789abcdef"
            })
    void refusesAValueThatOnlyBeginsLikeAReferenceNamingItsPath(String value) {
        assertUnresolved(value);
    }

    private void assertUnresolved(String reference) {
        Map<String, Object> config = Map.of("good", canary(), "outer", List.of(Map.of("inner", reference)));
        for (ReferenceKind kind : ReferenceKind.values()) {
            assertThat(refusal(ConfigurationException.class, () -> encrypt(config, kind)))
                    .hasMessageContainingAll("reference at outer.0.inner", "does not resolve")
                    .hasNoCause();
        }
        assertThat(refusal(ConfigurationException.class, () -> Secrets.decryptConfiguration(manager, config)))
                .hasMessageContainingAll("reference at outer.0.inner", "does not resolve")
                .hasNoCause();
        assertThat(manager.listSecrets()).isEmpty();
    }

    @Test
    void leavesAReferenceThatIsNotChosenAloneWhateverItIs() {
        Map<String, Object> config = Map.of("odd", "encrypted:odd", "password", canary());
        assertThat(Secrets.encryptConfiguration(manager, config, List.of("password")))
                .containsEntry("odd", "encrypted:odd");
    }

    @Test
    void makesTokensThatNeedTheKeyringAlone() {
        Map<String, Object> config = Map.of("text", canary(), "number", 5432, "flag", true, "empty", "");
        Map<String, Object> result = encrypt(config, ReferenceKind.BY_TOKEN);
        assertThat(result.get("text")).asString().startsWith("encrypted:gAAAA");
        assertThat(result.get("empty")).asString().startsWith("encrypted:gAAAA");
        assertThat(result.get("number")).asString().startsWith("encrypted:number:gAAAA");
        assertThat(result.get("flag")).asString().startsWith("encrypted:boolean:gAAAA");
        assertThat(manager.listSecrets()).isEmpty();

        String token = result.get("number").toString().substring("encrypted:number:".length());
        assertThat(new Fernet(key).decryptToString(token)).isEqualTo("5432");
        assertThat(Secrets.decryptConfiguration(managerOver(new ForwardingStore()), result))
                .isEqualTo(config);
    }

    @Test
    void removesAlsoWhatTheStoreKeptAlthoughItSaidThatItFailed() {
        ForwardingStore uncertain = new ForwardingStore() {
            @Override
            public WriteOutcome insert(StoredSecret secret) {
                super.insert(secret);
                throw new StoreException("The store did not answer in time; it may have stored the secret.");
            }
        };
        SecretManager over = managerOver(uncertain);
        refusal(StoreException.class, () -> Secrets.encryptConfiguration(over, Map.of("a", canary()), List.of("a")));
        assertThat(over.listSecrets()).isEmpty();
    }

    @Test
    void saysOfAnIdThatIsGoneWhereItMayHaveGone() {
        String id = manager.storeSecret("name", canary(1));
        manager.rotateSecret("name", canary(2));
        Map<String, Object> config = Map.of("password", "encrypted:" + id);
        assertThat(refusal(ConfigurationException.class, () -> Secrets.decryptConfiguration(manager, config)))
                .hasMessageContainingAll("password", id, "rotateSecret", "deleted");
    }

    @Test
    void storesNothingWhereTheStoreFailsAtAnyOfTheInserts() {
        Map<String, Object> config = Map.of("a", canary(1), "b", 2, "c", Map.of("d", canary(3), "e", false));
        for (int failing = 1; failing <= 4; failing++) {
            ForwardingStore broken = failingAt(failing);
            SecretManager over = managerOver(broken);
            assertThat(refusal(
                            StoreException.class,
                            () -> Secrets.encryptConfiguration(over, config, List.of("a", "b", "c"))))
                    .hasMessageContaining("insert " + failing);
            assertThat(over.listSecrets()).isEmpty();
            assertThat(broken.countsByKey()).isEmpty();
        }
        Map<String, Object> whole =
                Secrets.encryptConfiguration(managerOver(failingAt(5)), config, List.of("a", "b", "c"));
        assertThat(whole.get("a")).asString().startsWith("encrypted:");
    }

    private static ForwardingStore failingAt(int failing) {
        AtomicInteger inserts = new AtomicInteger();
        return new ForwardingStore() {
            @Override
            public WriteOutcome insert(StoredSecret secret) {
                if (inserts.incrementAndGet() == failing) {
                    throw new StoreException("The store fails at insert " + failing + ".");
                }
                return super.insert(secret);
            }
        };
    }

    @Test
    void namesWhatItCouldNotRemoveAgain() {
        ForwardingStore broken = new ForwardingStore() {
            @Override
            public WriteOutcome insert(StoredSecret secret) {
                if (!kept.countsByKey().isEmpty()) {
                    throw new StoreException("The store is gone.");
                }
                return super.insert(secret);
            }

            @Override
            public boolean delete(String id) {
                throw new StoreException("The store is still gone.");
            }
        };
        SecretManager over = managerOver(broken);
        try (CapturedLog log = new CapturedLog()) {
            StoreException refused = refusal(
                    StoreException.class,
                    () -> Secrets.encryptConfiguration(
                            over, Map.of("a", canary(1), "b", canary(2)), List.of("a", "b")));
            assertThat(refused).hasMessage("The store is gone.");
            assertThat(refused.getSuppressed()).isNotEmpty();
            String left = over.listSecrets().get(0).id();
            assertThat(log.errors())
                    .anyMatch(line -> line.contains(left) && line.contains("delete it"))
                    .endsWith("StoreException: The store is gone.");
        }
    }

    @Test
    void storesNothingWhereAnArrayIsChosen() {
        Map<String, Object> config = Map.of("a", canary(), "numbers", new Integer[] {1, 2});
        for (String chosen : List.of("numbers", "numbers.0")) {
            assertThat(refusal(
                            ConfigurationException.class,
                            () -> Secrets.encryptConfiguration(manager, config, List.of("a", chosen))))
                    .hasMessageContainingAll("numbers", "java.lang.Integer", "list");
        }
        assertThat(manager.listSecrets()).isEmpty();
    }

    @Test
    void warnsOnceThatIdsOverAStoreInMemoryEndWithTheProcess() {
        Map<String, Object> config = Map.of("a", canary());
        try (CapturedLog log = new CapturedLog();
                SecretManager inMemory = SecretManager.builder()
                        .keyring(new InMemoryKeyringSource())
                        .build()) {
            Secrets.encryptConfiguration(inMemory, config, List.of());
            Secrets.encryptConfiguration(inMemory, config, List.of("a"), ReferenceKind.BY_TOKEN);
            encrypt(config, ReferenceKind.BY_ID);
            assertThat(log.warnings()).isEmpty();

            Secrets.encryptConfiguration(inMemory, config, List.of("a"));
            Secrets.encryptConfiguration(inMemory, config, List.of("a"));
            assertThat(log.warnings()).singleElement().asString().contains("in memory", "BY_TOKEN");
        }
    }

    @Test
    void readsAReferenceToASecretThatTheApplicationStoredItself() {
        String id = manager.storeSecret("name", canary().getBytes(UTF_8), Map.of());
        assertThat(Secrets.decryptConfiguration(manager, Map.of("a", "encrypted:" + id)))
                .isEqualTo(Map.of("a", canary()));
    }
}
