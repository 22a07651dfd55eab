// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** A secret's name and value as text: what is checked, and how it becomes bytes and comes back, never altered silently. */
final class SecretText {

    static final int LONGEST_NAME = 1024;
    static final int LARGEST_VALUE_BYTES = 16 << 20;

    private SecretText() {}

    static String requireName(String name) {
        Objects.requireNonNull(name, "name");
        int length = name.codePointCount(0, name.length());
        if (length == 0 || length > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "name has " + length + " characters, expected 1 to " + LONGEST_NAME + ". Choose another name.");
        }
        if (name.indexOf('\0') >= 0 || hasUnpairedSurrogate(name)) {
            throw new IllegalArgumentException(
                    "name has a NUL or an unpaired surrogate, which no store keeps. Choose another name.");
        }
        return name;
    }

    static byte[] requireSize(byte[] value, String parameter) {
        Objects.requireNonNull(value, parameter);
        if (value.length > LARGEST_VALUE_BYTES) {
            throw tooLarge(parameter, value.length);
        }
        return value;
    }

    /** The value in UTF-8; the caller wipes it. */
    static byte[] bytesOf(String value, String parameter) {
        Objects.requireNonNull(value, parameter);
        if (value.length() > LARGEST_VALUE_BYTES) {
            throw tooLarge(parameter, value.length());
        }
        if (hasUnpairedSurrogate(value)) {
            throw new IllegalArgumentException(
                    parameter + " has an unpaired surrogate, so it is not text. Store its bytes instead, or mend it.");
        }
        return requireSize(value.getBytes(StandardCharsets.UTF_8), parameter);
    }

    /** The characters of a value; empty where it is not valid UTF-8. The caller wipes the array behind the buffer. */
    static Optional<CharBuffer> charsOf(byte[] value) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(value)));
        } catch (CharacterCodingException notText) {
            return Optional.empty();
        }
    }

    /** The value as text, empty where it is not valid UTF-8; the array is wiped. */
    static Optional<String> textOf(byte[] value) {
        try {
            String text = new String(value, StandardCharsets.UTF_8);
            // What is malformed is decoded to this character, which may be in a text as well.
            return text.indexOf('\uFFFD') < 0 || isWellFormed(value) ? Optional.of(text) : Optional.empty();
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    private static boolean isWellFormed(byte[] value) {
        Optional<CharBuffer> characters = charsOf(value);
        characters.ifPresent(wiped -> Arrays.fill(wiped.array(), '\0'));
        return characters.isPresent();
    }

    private static boolean hasUnpairedSurrogate(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static IllegalArgumentException tooLarge(String parameter, int size) {
        return new IllegalArgumentException(parameter + " has " + size + " bytes or more, expected at most "
                + LARGEST_VALUE_BYTES + " (16 MiB). Keep large files elsewhere, and their key here.");
    }
}
