// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.EnvironmentKeyringSource;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new primary key, under which everything stored is afterwards. */
class RotateKeyTest {

    @TempDir
    private Path directory;

    @Test
    void makesANewKeyThePrimaryAndReturnsItsId() throws IOException {
        Path keyFile = directory.resolve("secrets.key");
        try (SecretManager manager = new SecretManager(keyFile)) {
            String former = manager.listKeys().get(0).id();
            String rotated = manager.rotateKey();

            assertThat(rotated).matches("[0-9a-f]{16}").isNotEqualTo(former);
            assertThat(manager.listKeys())
                    .containsExactly(new KeyInfo(rotated, true, 0), new KeyInfo(former, false, 0));
            assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(rotated);
            assertThat(FernetKey.parse(Files.readString(keyFile)).id()).isEqualTo(rotated);
            assertThat(Keyring.parse(Files.readString(directory.resolve("secrets.key.ring")))
                            .keyIds())
                    .containsExactly(rotated, former);
        }
    }

    @Test
    void keepsEveryIdNameValueTimeAndMetadata() {
        try (SecretManager manager = SecretManager.inMemory()) {
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < 1_000; i++) {
                values.put(manager.storeSecret("name " + i % 10, canary(i), Map.of("number", i)), canary(i));
            }
            List<SecretInfo> before = manager.listSecrets();
            String rotated = manager.rotateKey();

            assertThat(manager.listSecrets())
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("keyId")
                    .isEqualTo(before);
            assertThat(manager.listSecrets()).extracting(SecretInfo::keyId).containsOnly(rotated);
            assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(1_000L, 0L);
            values.forEach((id, value) -> assertThat(manager.getSecret(id)).contains(value));
            assertThat(manager.getSecretByName("name 3")).contains(canary(3));
        }
    }

    @Test
    void keepsTheTimestampsOfTheTokens() throws IOException {
        Path keyFile = directory.resolve("secrets.key");
        ForwardingStore store = new ForwardingStore();
        SettableClock clock = SettableClock.at("2026-01-01T00:00:00Z");
        try (SecretManager manager = SecretManager.builder()
                .keyring(FileKeyringSource.at(keyFile))
                .store(store)
                .clock(clock)
                .build()) {
            String id = manager.storeSecret("name", canary());
            StoredSecret before = store.findById(id).orElseThrow();
            clock.set(clock.instant().plusSeconds(1_000_000));
            manager.rotateKey();

            StoredSecret after = store.findById(id).orElseThrow();
            assertThat(after.token()).isNotEqualTo(before.token());
            Fernet fernet = new Fernet(FernetKey.parse(Files.readString(keyFile, US_ASCII)));
            assertThat(fernet.timestamp(after.token()))
                    .isEqualTo(clock.instant().getEpochSecond() - 1_000_000);
        }
    }

    @Test
    void leavesTokensOfTheFormerKeyReadable() {
        try (SecretManager manager = SecretManager.inMemory()) {
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                tokens.add(manager.encrypt(canary(i)));
                manager.rotateKey();
            }
            for (int i = 0; i < 5; i++) {
                assertThat(manager.decrypt(tokens.get(i))).isEqualTo(canary(i));
            }
            assertThat(manager.listKeys()).hasSize(6).extracting(KeyInfo::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void outlivesTheManager() {
        Path keyFile = directory.resolve("secrets.key");
        String before;
        String after;
        try (SecretManager manager = new SecretManager(keyFile)) {
            before = manager.encrypt(canary(1));
            manager.rotateKey();
            after = manager.encrypt(canary(2));
        }
        try (SecretManager manager = new SecretManager(keyFile)) {
            assertThat(manager.decrypt(before)).isEqualTo(canary(1));
            assertThat(manager.decrypt(after)).isEqualTo(canary(2));
        }
    }

    @Test
    void refusesWhereTheKeysAreTheApplications() {
        Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());
        String keys = FernetKey.generate().reveal() + "," + FernetKey.generate().reveal();
        KeyringSource environment = EnvironmentKeyringSource.of("KEYS", Map.of("KEYS", keys));
        for (KeyringSource readOnly : List.of(KeyringSource.of(ring), environment)) {
            try (SecretManager manager =
                    SecretManager.builder().keyring(readOnly).build()) {
                String id = manager.storeSecret("name", canary());
                String key = manager.listKeys().get(0).id();
                String retired = manager.listKeys().get(1).id();
                KeyringException refused = refusal(KeyringException.class, manager::rotateKey);
                assertThat(refused.reason()).isEqualTo(KeyringException.Reason.READ_ONLY);
                assertThat(refused)
                        .hasMessageContainingAll("cannot be rotated", "environment", "application", "key file");
                assertThat(refusal(KeyringException.class, () -> manager.destroyKey(retired))
                                .reason())
                        .isEqualTo(KeyringException.Reason.READ_ONLY);
                assertThat(manager.getSecret(id)).contains(canary());
                assertThat(manager.rekey()).isEqualTo(new RekeyReport(key, 0, 0, 0, List.of()));
            }
        }
    }

    @Test
    void givesEveryKeyTheSameIdInEveryProcess() {
        FernetKey key = FernetKey.parse("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=");
        try (SecretManager manager = SecretManager.builder()
                .keyring(KeyringSource.of(Keyring.of(key)))
                .build()) {
            assertThat(manager.listKeys()).containsExactly(new KeyInfo("14067d5575e3579c", true, 0));
        }
    }
}
