// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and values that cannot be kept exactly are refused at once, and nothing is stored. */
class ValidationTest {

    private static final int MIB = 1 << 20;
    private static final int LIMIT = 16 * MIB;
    private static final String KEY_EMOJI = "\uD83D\uDD11";

    private final SecretManager manager = SecretManager.inMemory();

    @AfterEach
    void nothingWasStored() {
        assertThat(manager.listSecrets()).isEmpty();
        assertThat(manager.rotationHistory()).isEmpty();
        manager.close();
    }

    private IllegalArgumentException refusedName(String name) {
        IllegalArgumentException refused =
                refusal(IllegalArgumentException.class, () -> manager.storeSecret(name, canary()));
        assertThat(refusal(IllegalArgumentException.class, () -> manager.storeSecret(name, new byte[1], Map.of())))
                .hasMessage(refused.getMessage());
        assertThat(refusal(IllegalArgumentException.class, () -> manager.rotateSecret(name, canary())))
                .hasMessage(refused.getMessage());
        assertThat(refusal(IllegalArgumentException.class, () -> manager.rotateSecret(name, new byte[1])))
                .hasMessage(refused.getMessage());
        assertThat(refused).hasMessageStartingWith("name ").hasNoCause();
        return refused;
    }

    @Test
    void refusesAnEmptyName() {
        assertThat(refusedName("")).hasMessageContaining("has 0 characters, expected 1 to 1024");
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", KEY_EMOJI, " ", "\n", "\u0001", "\u202e", "\uFFFF"})
    void takesNamesOfUpTo1024Characters(String character) {
        String longest = character.repeat(1_024);
        assertThat(refusedName(longest + character)).hasMessageContaining("has 1025 characters");

        String id = manager.storeSecret(longest, canary());
        assertThat(manager.getSecretByName(longest)).contains(canary());
        assertThat(manager.describeSecret(id).orElseThrow().name()).isEqualTo(longest);
        manager.deleteSecret(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "a\u0000b", "name\u0000"})
    void refusesANameWithANul(String name) {
        assertThat(refusedName(name)).hasMessageContaining("NUL");
    }

    @Test
    void refusesANameWithAnUnpairedSurrogate() {
        for (String name : unpaired()) {
            assertThat(refusedName(name)).hasMessageContaining("unpaired surrogate");
        }
    }

    private static List<String> unpaired() {
        return List.of("\uD83D", "\uDD11", "\uDD11\uD83D", "a\uD83Db", KEY_EMOJI + "\uDD11", "\uD83D" + KEY_EMOJI);
    }

    @Test
    void refusesAValueWithAnUnpairedSurrogate() {
        for (String broken : unpaired()) {
            String value = canary() + broken;
            String message = " has an unpaired surrogate, so it is not text. Store its bytes instead, or mend it.";
            assertThat(refusal(IllegalArgumentException.class, () -> manager.storeSecret("name", value)))
                    .hasMessage("value" + message);
            assertThat(refusal(IllegalArgumentException.class, () -> manager.encrypt(value)))
                    .hasMessage("value" + message);
            assertThat(refusal(IllegalArgumentException.class, () -> manager.rotateSecret("name", value)))
                    .hasMessage("newValue" + message);
        }
    }

    @Test
    void takesABinaryValueOf16MiBAndNotAByteMore() {
        byte[] largest = new byte[LIMIT];
        largest[LIMIT - 1] = 7;
        String id = manager.storeSecret("large", largest, Map.of());
        assertThat(manager.getSecretBytes(id).orElseThrow()).isEqualTo(largest);
        manager.deleteSecret(id);

        byte[] larger = new byte[LIMIT + 1];
        String found = " has 16777217 bytes or more, expected at most 16777216 (16 MiB)";
        assertThat(refusal(IllegalArgumentException.class, () -> manager.storeSecret("large", larger, Map.of())))
                .hasMessageStartingWith("value" + found);
        assertThat(refusal(IllegalArgumentException.class, () -> manager.encrypt(larger)))
                .hasMessageStartingWith("value" + found);
        assertThat(refusal(IllegalArgumentException.class, () -> manager.rotateSecret("large", larger)))
                .hasMessageStartingWith("newValue" + found);
    }

    @ParameterizedTest
    @CsvSource({"x, 16777216", "é, 8388608", "€, 5592405", "🔑, 4194304"})
    void countsTheBytesOfAText(String character, int most) {
        String largest = character.repeat(most);
        String token = manager.encrypt(largest);
        assertThat(manager.decrypt(token)).isEqualTo(largest);

        String larger = largest + character;
        assertThat(refusal(IllegalArgumentException.class, () -> manager.encrypt(larger)))
                .hasMessageContainingAll("value", "16 MiB");
        assertThat(refusal(IllegalArgumentException.class, () -> manager.storeSecret("large", larger)))
                .hasMessageContainingAll("value", "16 MiB");
    }
}
