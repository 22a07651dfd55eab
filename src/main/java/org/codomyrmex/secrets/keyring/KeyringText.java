// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.codomyrmex.secrets.fernet.FernetKey;

/** A plain keyring as text: one key a line, the primary first. */
final class KeyringText {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private KeyringText() {}

    /** Reads the content of a file, leaving no copy of it behind. */
    static Keyring parse(byte[] file) {
        CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(file));
        try {
            return parse(text);
        } finally {
            Arrays.fill(text.array(), '\0');
        }
    }

    static Keyring parse(CharSequence given) {
        // Views: a subsequence of a String would be a copy of a key that cannot be wiped.
        CharBuffer text = CharBuffer.wrap(given);
        int start = text.length() > 0 && text.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
        List<FernetKey> keys = new ArrayList<>();
        for (int number = 1; start <= text.length(); number++) {
            int end = end(text, start, '\n');
            parseLine(text.subSequence(start, end), number, keys);
            start = end + 1;
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no key in it, expected one key a line, the primary first");
        }
        return Keyring.of(keys);
    }

    private static void parseLine(CharBuffer line, int number, List<FernetKey> keys) {
        boolean list = end(line, 0, ',') < line.length();
        for (int start = 0; start <= line.length(); ) {
            int end = end(line, start, ',');
            CharBuffer part = line.subSequence(start, end);
            if (!isBlank(part)) {
                keys.add(parse(part, number));
            } else if (list) {
                throw new IllegalArgumentException("line " + number + ": there is no key before or after a comma");
            }
            start = end + 1;
        }
    }

    private static int end(CharBuffer text, int start, char separator) {
        int end = start;
        while (end < text.length() && text.charAt(end) != separator) {
            end++;
        }
        return end;
    }

    private static FernetKey parse(CharBuffer key, int number) {
        try {
            return FernetKey.parse(key);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("line " + number + ": " + malformed.getMessage());
        }
    }

    private static boolean isBlank(CharBuffer line) {
        return line.chars().allMatch(c -> c == ' ' || c == '\t' || c == '\r');
    }

    /** The content of a ring file. */
    static byte[] ringFile(Keyring keyring) {
        StringBuilder text = new StringBuilder();
        text.append(keyring.primary().reveal()).append('\n');
        keyring.retired().forEach(key -> text.append(key.reveal()).append('\n'));
        return requireSize(text.toString().getBytes(StandardCharsets.US_ASCII), keyring);
    }

    /** The file, which must not be larger than what is read again. */
    static byte[] requireSize(byte[] file, Keyring keyring) {
        if (file.length > Found.LIMIT_BYTES) {
            throw new KeyringException(
                    KeyringException.Reason.UNAVAILABLE,
                    "The keyring would have " + keyring.keyIds().size()
                            + " keys, more than a ring file of 1 MiB holds. Destroy retired keys that nothing is under.");
        }
        return file;
    }

    /** The content of a key file: what every other Fernet program reads and writes, without a line break. */
    static byte[] keyFile(Keyring keyring) {
        return keyring.primary().reveal().getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] digest(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
