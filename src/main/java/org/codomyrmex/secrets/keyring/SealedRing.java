// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sealed ring as a file: one line that says what it is, and one of base64 with what the envelope made of the keyring.
 * The first line, its line break included, is the associated data under which the keyring was sealed. The key file beside
 * it holds a mark that begins alike. There is exactly one way to write each, so that nothing in it can be altered.
 */
final class SealedRing {

    private static final String MAGIC = "codomyrmex-keyring";
    private static final String VERSION = "1";
    private static final String KIND = "[a-z0-9.-]{1,63}";
    private static final Pattern FIRST_LINE = Pattern.compile(MAGIC + " ([0-9]{1,9}) (" + KIND + ")");
    private static final Pattern VALID_KIND = Pattern.compile(KIND);

    private static final byte[] MARK = (MAGIC + " " + VERSION
                    + " mark\nThe keys are sealed in the file beside this one whose name ends in .ring\n")
            .getBytes(StandardCharsets.US_ASCII);

    private final String kind;
    private final byte[] content;

    private SealedRing(String kind, byte[] content) {
        this.kind = kind;
        this.content = content;
    }

    /** Whether a file is a sealed ring or a mark, whole or not. */
    static boolean begins(byte[] file) {
        return new String(file, StandardCharsets.ISO_8859_1).startsWith(MAGIC);
    }

    /** What stands in the key file beside a sealed ring. */
    static byte[] mark() {
        return MARK.clone();
    }

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException where it is not exactly what {@link #file} writes; says what is wrong
     */
    static SealedRing parse(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        int end = Math.max(0, text.indexOf('\n'));
        Matcher first = FIRST_LINE.matcher(text.substring(0, end));
        if (!first.matches()) {
            throw new IllegalArgumentException(
                    "its first line is not \"" + MAGIC + "\", a version and the kind of its envelope");
        }
        if (!first.group(1).equals(VERSION)) {
            throw new IllegalArgumentException("it is sealed in the format of version " + first.group(1)
                    + ", and this library reads version " + VERSION + " only; use the one that wrote it");
        }
        SealedRing ring = new SealedRing(first.group(2), decoded(text.substring(end + 1)));
        if (!Arrays.equals(ring.file(), file)) {
            throw new IllegalArgumentException("its second line was altered or cut short");
        }
        return ring;
    }

    private static byte[] decoded(String line) {
        try {
            return Base64.getDecoder().decode(line.strip());
        } catch (IllegalArgumentException altered) {
            throw new IllegalArgumentException("its second line was altered or cut short");
        }
    }

    /**
     * A ring to be written.
     *
     * @param kind the kind of the envelope
     * @param content what the envelope made of the keyring under {@link #associatedData}; copied, so that what is verified
     *     is what is written, also if the envelope uses its array again
     */
    static SealedRing of(String kind, byte[] content) {
        return new SealedRing(kind, content.clone());
    }

    static String requireKind(String kind) {
        if (!VALID_KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException(
                    "the envelope's kind must be 1 to 63 of the characters a-z, 0-9, '.' and '-'");
        }
        return kind;
    }

    static byte[] associatedData(String kind) {
        return (MAGIC + " " + VERSION + " " + kind + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    String kind() {
        return kind;
    }

    byte[] content() {
        return content.clone();
    }

    byte[] file() {
        String second = Base64.getEncoder().encodeToString(content) + "\n";
        return (new String(associatedData(kind), StandardCharsets.US_ASCII) + second)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
