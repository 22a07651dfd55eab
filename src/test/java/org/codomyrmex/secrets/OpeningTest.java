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
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a manager is opened: where keys are created and where not, and what is said then. */
class OpeningTest {

    private final ForwardingStore store = new ForwardingStore();
    private final FernetKey lost = FernetKey.generate();
    private final FernetKey alsoLost = FernetKey.generate();

    @TempDir
    private Path directory;

    private Path keyFile() {
        return directory.resolve("made").resolve("secrets.key");
    }

    private SecretManager.Builder builder() {
        return SecretManager.builder().keyring(FileKeyringSource.at(keyFile())).store(store);
    }

    private void putIntoStore(FernetKey key, int count) {
        for (int i = 0; i < count; i++) {
            String token = new Fernet(key).encrypt(canary(i).getBytes(UTF_8));
            store.insert(
                    new StoredSecret(key.id() + "0".repeat(15) + i, "name", Instant.EPOCH, Map.of(), key.id(), token));
        }
    }

    @Test
    void createsTheKeyWithItsDirectoryForAnEmptyStore() {
        try (SecretManager manager = builder().build()) {
            assertThat(manager.keyFile()).contains(keyFile());
            assertThat(manager.getSecret(manager.storeSecret("name", canary()))).contains(canary());
        }
        assertThat(keyFile()).exists();
    }

    @Test
    void createsNoKeyForAStoreThatHoldsSecretsAndNamesTheKeysTheyAreUnder() {
        putIntoStore(lost, 2);
        putIntoStore(alsoLost, 1);
        KeyringException refused =
                refusal(KeyringException.class, () -> builder().build());
        assertThat(refused.reason()).isEqualTo(Reason.ABSENT);
        assertThat(refused)
                .hasMessageContainingAll(
                        keyFile().toString(), lost.id(), alsoLost.id(), "read only with these keys", "backup");
        assertThat(directory).as("nothing is touched").isEmptyDirectory();
        assertThat(store.countsByKey()).isEqualTo(Map.of(lost.id(), 2L, alsoLost.id(), 1L));
    }

    @Test
    void createsNoKeyWhereAnExistingOneIsRequired() {
        KeyringException refused = refusal(
                KeyringException.class, () -> builder().requireExistingKey().build());
        assertThat(refused.reason()).isEqualTo(Reason.ABSENT);
        assertThat(refused).hasMessageContaining(keyFile().toString());
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void opensAnExistingKeyThatIsRequired() {
        try (SecretManager manager = new SecretManager(keyFile());
                SecretManager again = builder().requireExistingKey().build()) {
            assertThat(again.listKeys()).isEqualTo(manager.listKeys());
        }
    }

    @Test
    void createsNoKeyForAStoreThatCannotBeReached() {
        ForwardingStore unreachable = new ForwardingStore() {
            @Override
            public Map<String, Long> countsByKey() {
                throw new StoreException("The store does not answer. Start it.");
            }
        };
        assertThat(refusal(
                        StoreException.class, () -> builder().store(unreachable).build()))
                .hasMessage("The store does not answer. Start it.");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void warnsOfKeysThatTheStoreNeedsAndTheRingLacksWithTheirCounts() {
        FernetKey present = FernetKey.generate();
        putIntoStore(lost, 2);
        putIntoStore(alsoLost, 1);
        putIntoStore(present, 3);
        try (CapturedLog log = new CapturedLog();
                SecretManager manager = SecretManager.builder()
                        .keyring(KeyringSource.of(Keyring.of(FernetKey.generate(), present)))
                        .store(store)
                        .build()) {
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains(lost.id() + " (2)", alsoLost.id() + " (1)", "Restore")
                    .doesNotContain(present.id());
            assertThat(manager.getSecret(present.id() + "0".repeat(15) + 1)).contains(canary(1));
        }
    }

    @Test
    void saysNothingWhereTheRingHasAllKeys() {
        putIntoStore(lost, 2);
        try (CapturedLog log = new CapturedLog();
                SecretManager manager = SecretManager.builder()
                        .keyring(KeyringSource.of(Keyring.of(FernetKey.generate(), lost)))
                        .store(store)
                        .build()) {
            assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(0L, 2L);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void readsAKeyFileThatAnotherFernetProgramWrote() throws IOException {
        Files.createDirectory(keyFile().getParent());
        FernetKey key = FernetKey.generate();
        Files.writeString(keyFile(), key.reveal());
        String token = new Fernet(key).encrypt(canary());
        try (SecretManager manager = new SecretManager(keyFile())) {
            assertThat(manager.decrypt(token)).isEqualTo(canary());
            assertThat(manager.listKeys()).extracting(KeyInfo::id).containsExactly(key.id());
        }
        assertThat(keyFile()).content().isEqualTo(key.reveal());
    }

    @Test
    void showsNothingOfAKeyFileThatIsMalformed() throws IOException {
        Files.createDirectory(keyFile().getParent());
        Files.writeString(keyFile(), canary("no key"));
        KeyringException refused = refusal(KeyringException.class, () -> new SecretManager(keyFile()));
        assertThat(refused.reason()).isEqualTo(Reason.MALFORMED);
        assertThat(refused).hasMessageContaining(keyFile().toString());
        assertThat(keyFile()).content().isEqualTo(canary("no key"));
    }

    @Test
    void refusesAnEmptyPath() {
        assertThat(refusal(IllegalArgumentException.class, () -> new SecretManager(Path.of(""))))
                .hasMessageContainingAll("keyFile", "empty");
    }

    @Test
    void refusesASourceThatReturnsNothingOrFailsAndKeepsNothingOfWhatItSays() {
        for (KeyringSource broken : List.<KeyringSource>of(mayCreate -> null, mayCreate -> {
            throw new UnsupportedOperationException(canary("it may say anything"));
        })) {
            KeyringException refused = refusal(
                    KeyringException.class,
                    () -> SecretManager.builder().keyring(broken).build());
            assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refused).hasMessageContaining("keyring source failed").hasNoCause();
        }
    }

    @Test
    void givesEveryManagerInMemoryAKeyOfItsOwnAndNoFile() {
        try (SecretManager one = SecretManager.inMemory();
                SecretManager other = SecretManager.inMemory()) {
            assertThat(one.keyFile()).isEmpty();
            assertThat(one.listKeys()).hasSize(1).isNotEqualTo(other.listKeys());
            assertThat(one).hasToString("SecretManager[no key file]");
            one.storeSecret("name", canary());
            assertThat(other.listSecrets()).isEmpty();
        }
    }

    @Test
    void usesTheDefaultKeyFileWhereNoKeyringIsGiven() {
        try (SystemProperty setting = SystemProperty.set("codomyrmex.secrets.keyFile", keyFile());
                SecretManager byConstructor = new SecretManager();
                SecretManager byBuilder = SecretManager.builder().build()) {
            assertThat(setting).isNotNull();
            assertThat(byConstructor.keyFile()).contains(keyFile());
            assertThat(byBuilder.keyFile()).contains(keyFile());
            assertThat(byBuilder.listKeys()).isEqualTo(byConstructor.listKeys());
        }
    }
}
