// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A value comes back as the text it was, or not at all: what is malformed must not turn into a replacement character. */
class SecretTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "value", "\uFFFD", "a\uFFFDb", "\uFEFFé€\uD83D\uDD11\0"})
    void whatIsTextComesBackAndTheBytesAreWiped(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(SecretText.textOf(bytes)).contains(text);
        assertThat(bytes).isEqualTo(new byte[bytes.length]);
    }

    /** Cut off, overlong, a surrogate, beyond Unicode, and one that follows a true replacement character. */
    @ParameterizedTest
    @ValueSource(strings = {"ff", "61e9", "c080", "eda080", "f4908080", "efbfbd80"})
    void whatIsMalformedIsNoTextAndIsWiped(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThat(SecretText.textOf(bytes)).isEmpty();
        assertThat(bytes).isEqualTo(new byte[bytes.length]);
    }
}
