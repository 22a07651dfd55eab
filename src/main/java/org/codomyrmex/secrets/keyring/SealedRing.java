// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sealed ring as a file: one line that says what it is, and one of base64 with what the envelope made of the keyring.
 * The first line, its line break included, is the associated data under which the keyring was sealed. The key file beside
 * it holds a mark that begins alike. There is exactly one way to write each, so that nothing in it can be altered.
 */
final class SealedRing {

    private static final String MAGIC = "codomyrmex-keyring";
    private static final String VERSION = "2";
    private static final String KIND = "[a-z0-9.-]{1,63}";
    private static final Pattern VERSION_LINE = Pattern.compile(MAGIC + " ([0-9]{1,9}) .*");
    private static final Pattern FIRST_LINE =
            Pattern.compile(MAGIC + " " + VERSION + " (" + KIND + ") ([0-9a-f]{32}) ([1-9][0-9]{0,17})");
    private static final Pattern VALID_KIND = Pattern.compile(KIND);
    private static final long LAST_GENERATION = 999_999_999_999_999_999L;
    private static final int RING_ID_BYTES = 16;

    private static final byte[] MARK = (MAGIC + " " + VERSION
                    + " mark\nThe keys are sealed in the file beside this one whose name ends in .ring\n")
            .getBytes(StandardCharsets.US_ASCII);

    /**
     * The content of the first line.
     *
     * @param kind the kind of the envelope
     * @param ringId a random id, drawn when the ring was first sealed
     * @param generation increased by one with each change
     */
    record Header(String kind, String ringId, long generation) {

        /** The header of a ring that was not sealed before. */
        static Header first(String kind) {
            byte[] id = new byte[RING_ID_BYTES];
            new SecureRandom().nextBytes(id);
            return new Header(kind, HexFormat.of().formatHex(id), 1);
        }

        /** The header after one more change, perhaps with another envelope. */
        Header next(String nextKind) {
            if (generation >= LAST_GENERATION) {
                throw new KeyringException(
                        KeyringException.Reason.UNAVAILABLE,
                        "The sealed ring has its last possible generation, " + generation
                                + ", which no ring reaches by itself. Unseal it and seal it again.");
            }
            return new Header(nextKind, ringId, generation + 1);
        }

        byte[] associatedData() {
            return (MAGIC + " " + VERSION + " " + kind + " " + ringId + " " + generation + "\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }

    private final Header header;
    private final byte[] content;

    private SealedRing(Header header, byte[] content) {
        this.header = header;
        this.content = content;
    }

    /** Whether a file is a sealed ring or a mark, whole or not. */
    static boolean begins(byte[] file) {
        byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
        return file.length >= magic.length && Arrays.equals(file, 0, magic.length, magic, 0, magic.length);
    }

    /** What stands in the key file beside a sealed ring. */
    static byte[] mark() {
        return MARK.clone();
    }

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException if it is not exactly what {@link #file} writes; the message says what is wrong
     */
    static SealedRing parse(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        int end = Math.max(0, text.indexOf('\n'));
        String line = text.substring(0, end);
        Matcher version = VERSION_LINE.matcher(line);
        if (version.matches() && !version.group(1).equals(VERSION)) {
            throw new IllegalArgumentException("it is sealed in format version " + version.group(1)
                    + ", but this library reads only version " + VERSION + "; use the release that wrote it");
        }
        Matcher first = FIRST_LINE.matcher(line);
        if (!first.matches()) {
            throw new IllegalArgumentException("its first line does not consist of \"" + MAGIC
                    + "\", a version, the kind of its envelope, an id and a generation");
        }
        Header header = new Header(first.group(1), first.group(2), Long.parseLong(first.group(3)));
        SealedRing ring = new SealedRing(header, decoded(text.substring(end + 1)));
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
     * @param header its first line
     * @param content the keyring as the envelope sealed it with {@link Header#associatedData}; copied, so that what is
     *     written is what was verified, even if the envelope reuses its array
     */
    static SealedRing of(Header header, byte[] content) {
        return new SealedRing(header, content.clone());
    }

    static String requireKind(String kind) {
        if (!VALID_KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException(
                    "the envelope's kind must be 1 to 63 of the characters a-z, 0-9, '.' and '-'");
        }
        return kind;
    }

    Header header() {
        return header;
    }

    byte[] content() {
        return content.clone();
    }

    byte[] file() {
        String second = Base64.getEncoder().encodeToString(content) + "\n";
        return (new String(header.associatedData(), StandardCharsets.US_ASCII) + second)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
