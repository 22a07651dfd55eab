// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {

    private static final String ID = "0123456789abcdef0123456789abcdef";

    /** From the specification of Fernet. */
    private static final String TOKEN =
            "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";

    @Test
    void readsAnId() {
        Reference reference = Reference.parse("encrypted:" + ID).orElseThrow();

        assertThat(reference.isId()).isTrue();
        assertThat(reference.id()).isEqualTo(ID);
        assertThat(reference.text()).isEqualTo("encrypted:" + ID);
        assertThat(Reference.toId(ID).text()).isEqualTo("encrypted:" + ID);
    }

    @ParameterizedTest
    @CsvSource({"STRING,encrypted:", "NUMBER,encrypted:number:", "BOOLEAN,encrypted:boolean:"})
    void readsATokenAndItsType(ScalarType type, String prefix) {
        Reference reference = Reference.parse(prefix + TOKEN).orElseThrow();

        assertThat(reference.isId()).isFalse();
        assertThat(reference.token()).isEqualTo(TOKEN);
        assertThat(reference.type()).isEqualTo(type);
        assertThat(reference.text()).isEqualTo(prefix + TOKEN);
        assertThat(Reference.toToken(type, TOKEN).text()).isEqualTo(prefix + TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "encrypted", "Encrypted:banana", " encrypted:banana", "ENCRYPTED:", "enc:x"})
    void doesNotTakeOtherTextForMarked(String text) {
        assertThat(Reference.isMarked(text)).isFalse();
        assertThat(Reference.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "encrypted:",
                "encrypted:banana",
                "encrypted:0123456789abcdef0123456789abcde",
                "encrypted:0123456789abcdef0123456789abcdef0",
                "encrypted:0123456789ABCDEF0123456789abcdef",
                "encrypted:0123456789abcdeg0123456789abcdef",
                "encrypted:0123456789abcde/0123456789abcdef",
                "encrypted:0123456789abcde:0123456789abcdef",
                "encrypted:0123456789abcde`0123456789abcdef",
                "encrypted: 0123456789abcdef0123456789abcdef",
                "encrypted:number:0123456789abcdef0123456789abcdef",
                "encrypted:number:",
                "encrypted:string:" + TOKEN,
                "encrypted:NUMBER:" + TOKEN,
                "encrypted:number:boolean:" + TOKEN,
                "encrypted:encrypted:" + TOKEN,
                "encrypted:" + TOKEN + "\n",
                "encrypted: " + TOKEN,
            })
    void knowsWhatIsMarkedAndHasNoForm(String text) {
        assertThat(Reference.isMarked(text)).isTrue();
        assertThat(Reference.parse(text)).isEmpty();
    }

    @Test
    void asksOfTheSecondCharacterOnlyWhatTheVersionByteSays() {
        String rest = TOKEN.substring(2);
        for (char c = 0; c < 256; c++) {
            boolean expected = c >= 'A' && c <= 'P';
            assertThat(Reference.parse("encrypted:g" + c + rest).isPresent())
                    .as("character %d", (int) c)
                    .isEqualTo(expected);
        }
    }

    @Test
    void asksForTheFirstCharacterOfTheVersionByte() {
        String rest = TOKEN.substring(1);
        for (char c = 0; c < 256; c++) {
            assertThat(Reference.parse("encrypted:" + c + rest).isPresent())
                    .as("character %d", (int) c)
                    .isEqualTo(c == 'g');
        }
    }

    @Test
    void takesTheUrlSafeAlphabetAndNoOther() {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (char c = 0; c < 300; c++) {
            String token = TOKEN.substring(0, 50) + c + TOKEN.substring(51);
            assertThat(Reference.parse("encrypted:" + token).isPresent())
                    .as("character %d", (int) c)
                    .isEqualTo(alphabet.indexOf(c) >= 0);
        }
    }

    @Test
    void asksForLengthAndPadding() {
        String body = TOKEN.replace("=", "");
        assertThat(body).hasSize(98);
        assertThat(isToken(body)).isFalse();
        assertThat(isToken(body + "=")).isFalse();
        assertThat(isToken(body + "==")).isTrue();
        assertThat(isToken(body + "===")).isFalse();
        assertThat(isToken(body + "A=")).isTrue();
        assertThat(isToken(body + "AA")).isTrue();
        assertThat(isToken(body + "AAA")).isFalse();
        assertThat(isToken(body + "AAAAA")).isFalse();
        assertThat(isToken(body + "A!")).isFalse();
        assertThat(isToken(body + "!=")).isFalse();
        assertThat(isToken(body + "=A")).isFalse();
        assertThat(isToken(body + "A===")).isFalse();
        assertThat(isToken(body + "A====")).isFalse();
        assertThat(isToken(body + "AAAA==")).isTrue();
        assertThat(isToken(body.substring(0, 96))).isFalse();
        assertThat(isToken("g" + "=".repeat(99))).isFalse();
    }

    private static boolean isToken(String token) {
        return Reference.parse("encrypted:number:" + token).isPresent();
    }

    @Test
    void refusesToStandForWhatHasNoForm() {
        assertThatThrownBy(() -> Reference.toId("BANANA"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 lower-case hex digits")
                .hasMessageNotContaining("BANANA");
        assertThatThrownBy(() -> Reference.toToken(ScalarType.STRING, "BANANA"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("URL-safe base64")
                .hasMessageNotContaining("BANANA");
    }

    @Test
    void saysWhichHalfIsMissing() {
        Reference id = Reference.toId(ID);
        Reference token = Reference.toToken(ScalarType.NUMBER, TOKEN);

        assertThatThrownBy(id::token).isInstanceOf(IllegalStateException.class).hasMessageContaining("isId()");
        assertThatThrownBy(id::type).isInstanceOf(IllegalStateException.class).hasMessageContaining("isId()");
        assertThatThrownBy(token::id)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("isId()")
                .hasMessageNotContaining(TOKEN);
    }

    @ParameterizedTest
    @EnumSource
    void showsAnIdAndNoToken(ScalarType type) {
        assertThat(Reference.toId(ID)).hasToString("Reference[" + ID + "]");
        assertThat(Reference.toToken(type, TOKEN)).hasToString("Reference[token]");
    }
}
