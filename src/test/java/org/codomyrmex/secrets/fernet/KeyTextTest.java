// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.CharBuffer;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a key and what is none, and that each refusal says what was found and repeats nothing. */
class KeyTextTest {

    private static final String KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    private static final String OTHER = "55zLMNL5V-ZBond65zWyuACkmnQ_aBHPn5Oy4BOcIs4=";
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static String refusal(CharSequence text) {
        return refusal(() -> FernetKey.parse(text));
    }

    private static String refusal(byte[] file) {
        return refusal(() -> FernetKey.parse(file));
    }

    private static String refusal(ThrowingCallable reading) {
        Throwable refusal = catchThrowable(reading);
        assertThat(refusal).isExactlyInstanceOf(IllegalArgumentException.class).hasNoCause();
        String message = Objects.toString(refusal.getMessage());
        assertThat(message)
                .startsWith("Not a Fernet key: one is 43 base64 characters and a '=', but ")
                .doesNotContain("cw_0x689", "XpwF4e4", "55zLMNL5", "4BOcIs4");
        return message;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "\r", "\n", "\r\n", " \t\r\n \n\n"})
    void isReadWithBlanksAndLineEndsAroundIt(String blanks) {
        assertThat(FernetKey.parse(KEY + blanks).reveal()).isEqualTo(KEY);
        assertThat(FernetKey.parse(blanks + KEY).reveal()).isEqualTo(KEY);
        assertThat(FernetKey.parse(blanks + KEY + blanks).reveal()).isEqualTo(KEY);
        assertThat(FernetKey.parse((blanks + KEY + blanks).getBytes(US_ASCII)).reveal())
                .isEqualTo(KEY);
    }

    @ParameterizedTest
    @ValueSource(
            chars = {
                '\0', '\u0001', '\b', '\u000B', '\f', '\u001F', '\u007F', '\u0080', '\u0085', '\u00A0', '\u2028',
                '\u3000', '\uFEFF'
            })
    void isNotReadWithAnyOtherBlankAroundIt(char blank) {
        String kind = blank == '\uFEFF'
                ? "is a byte order mark"
                : blank == 0
                        ? "is a NUL"
                        : blank < ' ' ? "is a control character" : blank == 0x7F ? "is no base64" : "is not an ASCII";

        assertThat(refusal(KEY + blank)).contains("45 characters, and character 45 " + kind);
        assertThat(refusal(blank + KEY)).contains("45 characters, and character 1 " + kind);
    }

    @Test
    void isReadFromAnyCharSequence() {
        StringBuilder builder = new StringBuilder();
        KEY.chars().forEach(c -> builder.append((char) c));

        assertThat(FernetKey.parse(builder).reveal()).isEqualTo(KEY);
        assertThat(FernetKey.parse(CharBuffer.wrap(("x" + KEY).toCharArray(), 1, 44))
                        .reveal())
                .isEqualTo(KEY);
    }

    @Test
    void isReadInEitherAlphabetButNotInAMix() {
        String standard = KEY.replace('-', '+').replace('_', '/');
        assertThat(FernetKey.parse(standard).reveal()).isEqualTo(KEY);
        assertThat(FernetKey.parse(KEY.replace('_', 'A').replace('-', '+')).reveal())
                .contains("-");
        assertThat(FernetKey.parse(KEY.replace('-', 'A').replace('_', '/')).reveal())
                .contains("_");

        assertThat(refusal(KEY.replace('-', '+'))).contains("both base64 alphabets");
        assertThat(refusal(KEY.replace('_', '/'))).contains("both base64 alphabets");
        assertThat(refusal(standard.replace('4', '-'))).contains("both base64 alphabets");
        assertThat(refusal(standard.replace('4', '_'))).contains("both base64 alphabets");
    }

    @Test
    void mayHaveAnyUnusedBits() {
        for (char last : new char[] {'4', '5', '6', '7'}) {
            assertThat(FernetKey.parse(KEY.substring(0, 42) + last + "=").reveal())
                    .isEqualTo(KEY);
        }
    }

    @Test
    void isRefusedWithAnyOtherCharacterAnywhere() {
        for (int i = 0; i < 43; i++) {
            for (char c = 0; c < 0x180; c++) {
                String text = KEY.substring(0, i) + c + KEY.substring(i + 1);
                boolean blankAtTheEdge = i == 0 && " \t\r\n".indexOf(c) >= 0;
                boolean lineEnd = i > 0 && (c == '\r' || c == '\n');
                if (ALPHABET.indexOf(c) >= 0) {
                    assertThat(FernetKey.parse(text).reveal()).startsWith(text.substring(0, 42));
                } else if (c == '+' || c == '/') {
                    assertThat(refusal(text)).contains("both base64 alphabets");
                } else if (blankAtTheEdge) {
                    assertThat(refusal(text)).contains("there are 43 characters, the last of them a '='");
                } else if (lineEnd) {
                    assertThat(refusal(text)).contains("there are 2 lines");
                } else {
                    assertThat(refusal(text)).contains("44 characters, and character " + (i + 1) + " is ");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ",  | is a comma; a list of keys is read by Keyring.parse. Copy",
                "\"| is a quotation mark.",
                "'  | is a quotation mark.",
                "=  | is a '=' in a place where no key has one.",
                "!  | is no base64 character.",
                "~  | is no base64 character.",
            })
    void saysWhatKindOfCharacterIsWrongAndWhere(char wrong, String kind) {
        assertThat(refusal(KEY.substring(0, 9) + wrong + KEY.substring(10))).contains("character 10 " + kind);
        assertThat(refusal("\n " + wrong + KEY.substring(1))).contains("character 3 " + kind);
    }

    @ParameterizedTest
    @ValueSource(chars = {' ', '\t'})
    void isRefusedWithABlankInside(char blank) {
        assertThat(refusal(KEY.substring(0, 9) + blank + KEY.substring(9)))
                .contains("there are 45 characters, and character 10 is a blank.");
    }

    @Test
    void hasExactly44CharactersOfWhichTheLastIsThePadding() {
        for (int length = 1; length < 100; length++) {
            String text = "A".repeat(length);
            assertThat(refusal(text))
                    .contains(length + " characters, the last of them not a '='.")
                    .doesNotContain("AA");
            if (length != 43) {
                assertThat(refusal(text + "="))
                        .contains((length + 1) + " characters, the last of them a '='.")
                        .doesNotContain("AA");
            }
        }
        assertThat(FernetKey.parse("A".repeat(43) + "=")).isEqualTo(FernetKey.of(new byte[32]));
        assertThat(refusal("A".repeat(42) + "=="))
                .contains("44 characters, and character 43 is a '=' in a place where no key has one");
        assertThat(refusal("A".repeat(43) + "==")).contains("45 characters, the last of them a '='");
        assertThat(refusal("=")).contains("1 characters, the last of them a '='");
    }

    @Test
    void isRefusedWhenThereIsNothing() {
        assertThat(refusal("")).contains("there is no text. ");
        assertThat(refusal(" \r\n\t")).contains("there is no text but blanks. ");
        assertThat(refusal(new byte[0])).contains("there is no text. ");
        assertThat(refusal("\uFEFF".getBytes(UTF_8))).contains("there is no text. ");
        assertThat(refusal("\uFEFF\n".getBytes(UTF_8))).contains("there is no text but blanks. ");
    }

    @Test
    void sendsSeveralLinesToTheReaderOfKeyrings() {
        String hint = " lines. Several keys are read by Keyring.parse";
        assertThat(refusal(KEY + "\n" + OTHER)).contains("there are 2" + hint);
        assertThat(refusal(KEY + "\r" + OTHER + "\r")).contains("there are 2" + hint);
        assertThat(refusal(KEY + "\r\n" + OTHER + "\r\n")).contains("there are 2" + hint);
        assertThat(refusal("\n" + KEY + "\n\r\n" + OTHER + "\n")).contains("there are 3" + hint);
        assertThat(refusal(KEY + "\n" + KEY + "\n" + KEY)).contains("there are 3" + hint);
        assertThat(refusal("\uFEFF" + KEY + "\n" + OTHER)).contains("there are 2" + hint);
        assertThat(refusal((KEY + "\n" + OTHER).getBytes(UTF_8))).contains("there are 2" + hint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", ", ", ";"})
    void sendsSeveralKeysOnOneLineToTheReaderOfKeyrings(String between) {
        assertThat(refusal(KEY + between + OTHER)).contains("Several keys are read by Keyring.parse");
    }

    @Test
    void doesNotSuspectSeveralKeysInATextShorterThanTwo() {
        assertThat(refusal((KEY + KEY).substring(0, 87)))
                .contains("87 characters", "Copy the key again")
                .doesNotContain("Keyring");
    }

    @Test
    void isReadFromAFileWithOneByteOrderMark() {
        assertThat(FernetKey.parse(("\uFEFF" + KEY + "\r\n").getBytes(UTF_8)).reveal())
                .isEqualTo(KEY);
        assertThat(FernetKey.parse(("\uFEFF \n" + KEY).getBytes(UTF_8)).reveal())
                .isEqualTo(KEY);

        assertThat(refusal(("\uFEFF\uFEFF" + KEY).getBytes(UTF_8))).contains("character 1 is not an ASCII");
        assertThat(refusal((" \uFEFF" + KEY).getBytes(UTF_8))).contains("character 2 is not an ASCII");
        assertThat(refusal(("\u00EF\u00BB" + KEY).getBytes(ISO_8859_1))).contains("character 1 is not an ASCII");
        assertThat(refusal(("\u00EF\u00BB\u00BE" + KEY).getBytes(ISO_8859_1))).contains("character 1 is not an ASCII");
    }

    @Test
    void isNotReadFromAFileInUtf16() {
        assertThat(refusal(KEY.getBytes(UTF_16))).contains("the file is UTF-16. Save it as UTF-8");
        assertThat(refusal(("\uFEFF" + KEY).getBytes(UTF_16LE))).contains("the file is UTF-16. Save it as UTF-8");
        assertThat(refusal(KEY.getBytes(UTF_16LE)))
                .contains("character 2 is a NUL; a UTF-16 file must be saved as UTF-8");
        assertThat(refusal(KEY.getBytes(UTF_16BE)))
                .contains("character 1 is a NUL; a UTF-16 file must be saved as UTF-8");
        assertThat(refusal("\uFEFF".getBytes(UTF_16LE))).contains("the file is UTF-16");
        assertThat(refusal("\uFEFF".getBytes(UTF_16BE))).contains("the file is UTF-16");
        assertThat(refusal(new byte[] {(byte) 0xFF})).contains("1 characters, and character 1 is not an ASCII");
        assertThat(refusal(new byte[] {(byte) 0xFE})).contains("1 characters, and character 1 is not an ASCII");
    }

    @Test
    void isNotReadFromRawBytes() {
        byte[] raw = new byte[32];
        raw[0] = 'A';

        assertThat(refusal(raw)).contains("32 characters, and character 2 is a NUL");
    }
}
