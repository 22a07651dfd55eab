// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text to bytes and back, losing nothing: what has no exact counterpart is an error. Stateless and thread-safe. */
final class Utf8 {

    /** UTF-8 takes up to three bytes for a char, and the longest array of a common Java runtime has this many. */
    private static final int MAX_CHARS = (Integer.MAX_VALUE - 8) / 3;

    private Utf8() {}

    /** The bytes of {@code text}, which the caller wipes; {@code parameter} names it if it cannot be encoded. */
    static byte[] encode(String text, String parameter) {
        requireShortEnough(text.length(), parameter);
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                // A lone surrogate is its own code point, a pair is one beyond the surrogates.
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    throw new IllegalArgumentException(parameter + " has an unpaired surrogate at index " + i
                            + ", which UTF-8 cannot express. Pass whole characters, or bytes");
                }
                i++;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void requireShortEnough(int chars, String parameter) {
        if (chars > MAX_CHARS) {
            throw new IllegalArgumentException(parameter + " has " + chars + " chars; the longest text that can be"
                    + " encrypted has " + MAX_CHARS + ". Split it");
        }
    }

    /** The text of {@code bytes}; {@code InvalidTokenException} with reason {@code NOT_TEXT} if it is not UTF-8. */
    static String decode(byte[] bytes) {
        CharBuffer chars;
        try {
            // A new decoder reports what it cannot decode; String's constructor would replace it silently.
            chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException notText) {
            throw InvalidTokenException.notText();
        }
        try {
            return chars.toString();
        } finally {
            Arrays.fill(chars.array(), '\0');
        }
    }
}
