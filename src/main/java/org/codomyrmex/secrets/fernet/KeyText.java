// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * The text form of a key, and what is wrong with a text that is none. Messages tell lengths, positions and kinds of
 * characters, never the characters. Stateless and thread-safe.
 *
 * <p>Keys are read less strictly than tokens, because people type and generate them with other tools: the base64
 * alphabet of RFC 4648, section 4 is as good as that of section 5, and the unused bits of the last character may be
 * anything.
 */
final class KeyText {

    private static final int CHARS = 44;
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final byte[] UTF8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private KeyText() {}

    /** The 32 bytes that the content of a one-key file stands for; a leading UTF-8 byte order mark is passed over. */
    static byte[] decode(byte[] file) {
        if (startsWith(file, (byte) 0xFF, (byte) 0xFE) || startsWith(file, (byte) 0xFE, (byte) 0xFF)) {
            throw refusal("the file is UTF-16. Save it as UTF-8 or ASCII");
        }
        int from = startsWith(file, UTF8_MARK) ? UTF8_MARK.length : 0;
        char[] chars = new char[file.length - from];
        try {
            for (int i = 0; i < chars.length; i++) {
                chars[i] = (char) Byte.toUnsignedInt(file[from + i]);
            }
            return decode(CharBuffer.wrap(chars));
        } finally {
            Arrays.fill(chars, '\0');
        }
    }

    private static boolean startsWith(byte[] file, byte... prefix) {
        return file.length >= prefix.length && Arrays.equals(file, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** The 32 bytes that {@code text} stands for; space, tab, CR and LF around it are passed over, and nothing else. */
    static byte[] decode(CharSequence text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        // A view: a subsequence of a String would be a copy of the key that nobody could wipe.
        CharSequence key = CharBuffer.wrap(text, from, to);
        requireForm(key, from);
        byte[] urlSafe = new byte[CHARS];
        try {
            for (int i = 0; i < CHARS; i++) {
                char c = key.charAt(i);
                urlSafe[i] = (byte) (c == '+' ? '-' : c == '/' ? '_' : c);
            }
            return Base64.getUrlDecoder().decode(urlSafe);
        } finally {
            Arrays.fill(urlSafe, (byte) 0);
        }
    }

    /** Refuses {@code key} unless it is 43 characters of one base64 alphabet and one padding character. */
    private static void requireForm(CharSequence key, int offset) {
        int length = key.length();
        if (length == 0) {
            throw refusal("there is no text" + (offset > 0 ? " but blanks" : "")
                    + ". Check that the file or setting was written");
        }
        int lines = lines(key);
        if (lines > 1) {
            throw refusal("there are " + lines
                    + " lines. Several keys are read by Keyring.parse, one on each line and without comments");
        }
        boolean padded = key.charAt(length - 1) == '=';
        int bad = firstMisplaced(key);
        if (bad >= 0) {
            throw refusal("there are " + length + " characters, and character " + (offset + bad + 1) + " is "
                    + kind(key.charAt(bad)) + ". " + advice(length));
        }
        if (length != CHARS || !padded) {
            throw refusal("there are " + length + " characters, the last of them " + (padded ? "" : "not ") + "a '='. "
                    + advice(length));
        }
        if (hasAny(key, '+', '/') && hasAny(key, '-', '_')) {
            throw refusal("there are characters of both base64 alphabets. Copy the key again from where it was made");
        }
    }

    private static String advice(int length) {
        return length >= 2 * CHARS
                ? "Several keys are read by Keyring.parse, one on each line"
                : "Copy the key again from where it was made, without anything around it";
    }

    /** The number of lines, blank ones too, of a text without a line end at its end. LF, CR and CR LF each end one. */
    private static int lines(CharSequence text) {
        int lines = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '\r' && text.charAt(i + 1) != '\n')) {
                lines++;
            }
        }
        return lines;
    }

    /** The first index of a character that no key has there, or −1; a padding character may also be the last one. */
    private static int firstMisplaced(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean paddingPlace = i == CHARS - 1 || i == text.length() - 1;
            if (!isBase64(c) && !(c == '=' && paddingPlace)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isBase64(char c) {
        boolean letterOrDigit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        return letterOrDigit || c == '-' || c == '_' || c == '+' || c == '/';
    }

    private static boolean hasAny(CharSequence text, char one, char other) {
        return text.chars().anyMatch(c -> c == one || c == other);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static String kind(char c) {
        if (c == BYTE_ORDER_MARK) {
            return "a byte order mark; give FernetKey.parse the bytes of the file";
        }
        if (c == '\0') {
            return "a NUL; a UTF-16 file must be saved as UTF-8 or ASCII";
        }
        return switch (c) {
            case ',' -> "a comma; a list of keys is read by Keyring.parse";
            case '"', '\'' -> "a quotation mark";
            case '=' -> "a '=' in a place where no key has one";
            case ' ', '\t' -> "a blank";
            default -> c >= 0x80 ? "not an ASCII character" : c < ' ' ? "a control character" : "no base64 character";
        };
    }

    private static IllegalArgumentException refusal(String found) {
        return new IllegalArgumentException("Not a Fernet key: one is 43 base64 characters and a '=', but " + found);
    }
}
