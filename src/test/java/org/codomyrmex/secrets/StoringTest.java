// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes in as text or bytes comes out the same, by id and by name. */
class StoringTest {

    private static final String UNKNOWN_ID = "0123456789abcdef0123456789abcdef";
    private static final byte[] NOT_TEXT = {(byte) 0xff, 0, (byte) 0xc3, 0x28, 10};

    private final SecretManager manager = SecretManager.inMemory();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void givesEverySecretANewIdOf32LowerCaseHexDigits() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            ids.add(manager.storeSecret("name", canary("the same")));
        }
        assertThat(ids).hasSize(1_000).allMatch(id -> id.matches("[0-9a-f]{32}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\u0000",
                "two\r\nlines\ttabbed ",
                "\uFEFFwith a byte order mark",
                "e\u0301 and \u00e9 stay two spellings",
                "\uD83D\uDD11 and \uDBFF\uDFFF",
                "encrypted:looks like a reference"
            })
    void givesBackTheTextThatWasStored(String text) {
        String value = canary() + text;
        String id = manager.storeSecret("name", value);
        String empty = manager.storeSecret("only this", text);
        assertThat(manager.getSecret(id)).contains(value);
        assertThat(manager.getSecretByName("name")).contains(value);
        assertThat(manager.getSecretBytes(id))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(value.getBytes(UTF_8)));
        assertThat(manager.getSecret(empty)).contains(text);
    }

    @Test
    void givesBackTheBytesThatWereStored() {
        String id = manager.storeSecret("keystore", NOT_TEXT, Map.of());
        assertThat(manager.getSecretBytes(id).orElseThrow()).isEqualTo(NOT_TEXT);
        assertThat(manager.getSecretBytes(manager.storeSecret("nothing", new byte[0], Map.of()))
                        .orElseThrow())
                .isEmpty();
    }

    @Test
    void readsBytesThatAreTextAsText() {
        String id = manager.storeSecret("text", canary("ä").getBytes(UTF_8), Map.of());
        assertThat(manager.getSecret(id)).contains(canary("ä"));
    }

    @Test
    void refusesToReadAsTextWhatIsNotText() {
        String id = manager.storeSecret("keystore", NOT_TEXT, Map.of());
        assertThat(refusal(UnreadableSecretException.class, () -> manager.getSecret(id)))
                .hasMessageContainingAll(id, "not UTF-8 text", "getSecretBytes")
                .hasNoCause();
        assertThat(refusal(UnreadableSecretException.class, () -> manager.getSecretByName("keystore")))
                .hasMessageContainingAll("not UTF-8 text", "getSecretBytes")
                .hasMessageNotContaining("keystore")
                .hasNoCause();
    }

    @Test
    void keepsNoArrayOfTheCallersAndGivesNoneOfItsOwn() {
        byte[] value = canary("bytes").getBytes(UTF_8);
        String id = manager.storeSecret("bytes", value, Map.of());
        assertThat(value).as("the caller's array").isEqualTo(canary("bytes").getBytes(UTF_8));

        value[0] = 0;
        byte[] first = manager.getSecretBytes(id).orElseThrow();
        assertThat(first).isEqualTo(canary("bytes").getBytes(UTF_8));

        first[0] = 0;
        assertThat(manager.getSecretBytes(id).orElseThrow())
                .isEqualTo(canary("bytes").getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {UNKNOWN_ID, "", "no id at all", "\n"})
    void hasNothingUnderAnUnknownIdOrName(String unknown) {
        manager.storeSecret("name", canary());
        assertThat(manager.getSecret(unknown)).isEmpty();
        assertThat(manager.getSecretBytes(unknown)).isEmpty();
        assertThat(manager.getSecretByName(unknown)).isEmpty();
        assertThat(manager.describeSecret(unknown)).isEmpty();
    }

    @Test
    void findsTheEarliestOfANameThatIsStillStored() {
        String first = manager.storeSecret("name", canary(1));
        String second = manager.storeSecret("name", canary(2));
        manager.storeSecret("other", canary(3));
        assertThat(manager.getSecretByName("name")).contains(canary(1));

        manager.deleteSecret(first);
        assertThat(manager.getSecretByName("name")).contains(canary(2));
        manager.storeSecret("name", canary(4));
        assertThat(manager.getSecretByName("name")).contains(canary(2));

        manager.deleteSecret(second);
        assertThat(manager.getSecretByName("name")).contains(canary(4));
    }

    @Test
    void comparesNamesCharacterForCharacter() {
        manager.storeSecret("n\u00e9", canary());
        assertThat(manager.getSecretByName("ne\u0301")).isEmpty();
        assertThat(manager.getSecretByName("N\u00e9")).isEmpty();
        assertThat(manager.getSecretByName(" n\u00e9")).isEmpty();
        assertThat(manager.getSecretByName("n\u00e9")).isPresent();
    }

    @Test
    void keepsEachValueAsATokenOfItsOwnUnderThePrimaryKey() {
        FernetKey key = FernetKey.generate();
        ForwardingStore store = new ForwardingStore();
        SettableClock clock = SettableClock.at("2026-11-24T10:11:12.345678901Z");
        try (SecretManager other = SecretManager.builder()
                .keyring(KeyringSource.of(Keyring.of(key, FernetKey.generate())))
                .store(store)
                .clock(clock)
                .build()) {
            StoredSecret first = store.findById(other.storeSecret("name", canary("the same")))
                    .orElseThrow();
            StoredSecret second = store.findById(other.storeSecret("name", canary("the same")))
                    .orElseThrow();

            assertThat(first.token()).isNotEqualTo(second.token());
            assertThat(first.keyId()).isEqualTo(key.id());
            Fernet fernet = new Fernet(key);
            assertThat(fernet.decryptToString(first.token())).isEqualTo(canary("the same"));
            assertThat(fernet.timestamp(first.token()))
                    .isEqualTo(clock.instant().getEpochSecond());
        }
    }
}
