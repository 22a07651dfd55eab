// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.CharBuffer;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyringTextTest {

    private static final FernetKey ONE = FernetKey.generate();
    private static final FernetKey TWO = FernetKey.generate();
    private static final FernetKey THREE = FernetKey.generate();

    /** Circled digits stand for the keys, and escapes for what cannot be written here. */
    private static String text(String pattern) {
        return pattern.replace("①", ONE.reveal())
                .replace("②", TWO.reveal())
                .replace("③", THREE.reveal())
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("BOM", "\uFEFF");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "①\\n②\\n③\\n",
                "①\\n②\\n③",
                "①\\r\\n②\\r\\n③\\r\\n",
                "\\n\\n①\\n\\n\\n②\\n \\t\\n③\\n\\n",
                " ①\\n\\t② \\n③\\t\\t",
                "BOM①\\n②\\n③",
                "①,②,③",
                " ① , ②,\\t③\\n",
                "①,②\\n③",
                "①\\n②,③\\n",
                "①\\n②\\n①\\n③\\n②\\n"
            })
    void readsOneKeyALineOrBetweenCommas(String pattern) {
        assertThat(Keyring.parse(text(pattern))).isEqualTo(Keyring.of(ONE, TWO, THREE));
        assertThat(Keyring.parse(CharBuffer.wrap(text(pattern)))).isEqualTo(Keyring.of(ONE, TWO, THREE));
    }

    @ParameterizedTest
    @CsvSource({
        "①\\nx, 2",
        "x\\n①, 1",
        "①\\n②\\n# comment, 3",
        "①\\n\\n\\nx, 4",
        "BOM①\\r\\nx, 2",
        "①\\nBOM②, 2",
        "BOMBOM①, 1",
        "① ②, 1",
        "①②, 1",
        "①;②, 1",
        "①\\n②=, 2",
        "①\\r②, 1",
    })
    void oneBadLineFailsTheWholeTextWithItsNumber(String pattern, int line) {
        IllegalArgumentException refusal =
                catchThrowableOfType(IllegalArgumentException.class, () -> Keyring.parse(text(pattern)));

        assertThat(refusal).hasNoCause().hasMessageStartingWith("line " + line + ": Not a Fernet key");
        assertSaysNoKey(refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {",①", "①,", "①,,②", ",", "①\\n,②", "①, ,②"})
    void nothingAroundACommaIsAnError(String pattern) {
        IllegalArgumentException refusal =
                catchThrowableOfType(IllegalArgumentException.class, () -> Keyring.parse(text(pattern)));

        assertThat(refusal)
                .hasMessageContaining("there is no key before or after a comma")
                .hasMessageStartingWith("line ");
        assertSaysNoKey(refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\\n", " \\t\\r\\n\\n", "BOM", "BOM\\n"})
    void aTextWithoutAKeyIsNoKeyring(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Keyring.parse(text(pattern)))
                .withMessage("there is no key in it, expected one key a line, the primary first");
    }

    @Test
    void aBadLineIsNotRepeated() {
        String canary = "canary-" + ONE.reveal().substring(0, 30);

        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> Keyring.parse(canary)))
                .satisfies(KeyringTextTest::assertSaysNoKey)
                .message()
                .doesNotContain("canary");
    }

    private static void assertSaysNoKey(IllegalArgumentException refusal) {
        for (FernetKey key : new FernetKey[] {ONE, TWO, THREE}) {
            for (int i = 0; i + 8 <= 44; i++) {
                assertThat(refusal.getMessage()).doesNotContain(key.reveal().substring(i, i + 8));
            }
        }
    }

    @Test
    void aRingFileHasOneKeyALineAndReadsBack() {
        Keyring ring = Keyring.of(ONE, TWO, THREE);

        byte[] written = KeyringText.ringFile(ring);

        assertThat(written).asString(US_ASCII).isEqualTo(text("①\\n②\\n③\\n"));
        assertThat(Keyring.parse(new String(written, US_ASCII))).isEqualTo(ring);
    }

    @Test
    void aKeyFileHasThePrimaryAloneWithoutALineBreak() {
        assertThat(KeyringText.keyFile(Keyring.of(TWO, ONE)))
                .hasSize(44)
                .asString(US_ASCII)
                .isEqualTo(TWO.reveal());
    }

    @Test
    void aDigestTellsContentsApart() {
        assertThat(KeyringText.digest(new byte[0]))
                .hasSize(32)
                .isEqualTo(KeyringText.digest(new byte[0]))
                .isNotEqualTo(KeyringText.digest(new byte[1]));
    }
}
