// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.codomyrmex.secrets.fernet.FernetKey;

/** A plain keyring as text: one key a line, the primary first. */
final class KeyringText {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private KeyringText() {}

    static Keyring parse(CharSequence text) {
        String all = text.toString();
        String body = !all.isEmpty() && all.charAt(0) == BYTE_ORDER_MARK ? all.substring(1) : all;
        List<FernetKey> keys = new ArrayList<>();
        int number = 0;
        for (String line : body.split("\n", -1)) {
            number++;
            for (String part : line.split(",", -1)) {
                if (!isBlank(part)) {
                    keys.add(parse(part, number));
                } else if (line.indexOf(',') >= 0) {
                    throw new IllegalArgumentException("line " + number + ": nothing before or after a comma");
                }
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no key in it, expected one key a line, the primary first");
        }
        return Keyring.of(keys.get(0), keys.subList(1, keys.size()).toArray(FernetKey[]::new));
    }

    private static FernetKey parse(String line, int number) {
        try {
            return FernetKey.parse(line);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("line " + number + ": " + malformed.getMessage());
        }
    }

    private static boolean isBlank(String line) {
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
