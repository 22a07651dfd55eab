// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HexFormat;
import java.util.Random;
import org.codomyrmex.secrets.fernet.InvalidTokenException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are text: UTF-8 exactly, in both directions. */
class FernetTextTest {

    private final Fernet fernet = new Fernet(FernetKey.generate());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "pässwörd",
                "\0",
                "\u007F\u0080\u07FF\u0800\uFFFF",
                "\uD7FF\uE000",
                "\uD800\uDC00",
                "\uDBFF\uDFFF",
                "\uD83D\uDE00\uD83D\uDE00",
                "\uFEFFmarked",
                "\uFFFD",
                "line\r\nline\n",
            })
    void comesBackAsItWas(String text) {
        String token = fernet.encrypt(text);

        assertThat(fernet.decryptToString(token)).isEqualTo(text);
        assertThat(fernet.decrypt(token)).isEqualTo(text.getBytes(UTF_8));
    }

    @Test
    void comesBackAsItWasForEveryCodePoint() {
        StringBuilder all = new StringBuilder();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                all.appendCodePoint(codePoint);
            }
        }

        assertThat(fernet.decryptToString(fernet.encrypt(all.toString()))).isEqualTo(all.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "d800, 0",
        "dbff, 0",
        "dc00, 0",
        "dfff, 0",
        "0061 d83d, 1",
        "0061 de00, 1",
        "d83d 0061, 0",
        "de00 d83d, 0",
        "d83d d83d de00, 0",
        "d83d de00 de00, 2",
        "d83d de00 0061 d83d, 3",
        "d83d d7ff, 0",
        "d83d e000, 0",
    })
    void isRefusedWithAnUnpairedSurrogateNamingTheParameterAndThePlace(String hexChars, int index) {
        StringBuilder text = new StringBuilder();
        for (String hex : hexChars.split(" ", -1)) {
            text.append((char) HexFormat.fromHexDigits(hex));
        }

        assertThatThrownBy(() -> fernet.encrypt(text.toString()))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageStartingWith("plaintext has an unpaired surrogate at index " + index + ",");
    }

    @ParameterizedTest
    @CsvSource({
        "a continuation alone, 80",
        "a start alone, c3",
        "the last byte missing, f09f98",
        "an overlong slash, c0af",
        "an overlong NUL, c080",
        "an encoded surrogate, eda080",
        "a code point beyond the last, f4908080",
        "never in UTF-8, ff",
        "Latin-1 in between, 61e962",
        "text and then a start, 63616e617279c3",
    })
    void isNeverGuessedFromBytesThatAreNotText(String description, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        String token = fernet.encrypt(bytes);

        InvalidTokenException refusal =
                catchThrowableOfType(InvalidTokenException.class, () -> fernet.decryptToString(token));

        assertThat(refusal.reason()).as(description).isEqualTo(Reason.NOT_TEXT);
        assertThat(refusal).hasNoCause().message().contains("UTF-8").doesNotContain(token, "canary");
        assertThat(fernet.decrypt(token)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void comesBackAsItWasWhateverIsInIt(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            random.ints(random.nextInt(100), 0, Character.MAX_CODE_POINT + 1)
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .forEach(text::appendCodePoint);

            assertThat(fernet.decryptToString(fernet.encrypt(text.toString()))).isEqualTo(text.toString());
        }
    }

    @Test
    void hasAtMostAThirdAsManyCharsAsAnArrayHasBytes() {
        Utf8.requireShortEnough(715_827_879, "plaintext");

        assertThatThrownBy(() -> Utf8.requireShortEnough(715_827_880, "plaintext"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("plaintext has 715827880 chars")
                .hasMessageContaining("715827879");
    }
}
