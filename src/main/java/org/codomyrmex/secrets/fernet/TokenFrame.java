// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Optional;

/**
 * The bytes of one token, and their one spelling as text. The layout, from the Fernet specification, version 0x80:
 *
 * <pre>
 *  0         1              9         25                       length − 32
 *  +---------+--------------+---------+------------------------+---------+
 *  | version |  timestamp   |   IV    |       ciphertext       |  HMAC   |
 *  | 1: 0x80 | 8: unsigned, | 16      | a multiple of 16, at   | 32      |
 *  |         | big-endian s |         | least 16               |         |
 *  +---------+--------------+---------+------------------------+---------+
 * </pre>
 *
 * <p>A frame that was decoded has this structure, but nothing else about it is known: whoever made the text chose every
 * byte. Not thread-safe while it is being filled.
 */
final class TokenFrame {

    private static final byte VERSION = (byte) 0x80;
    private static final int TIMESTAMP_AT = 1;
    static final int IV_AT = 9;
    private static final int IV_BYTES = 16;
    static final int CIPHERTEXT_AT = 25;
    private static final int BLOCK_BYTES = 16;
    static final int HMAC_BYTES = 32;
    private static final int ALL_BUT_CIPHERTEXT_BYTES = CIPHERTEXT_AT + HMAC_BYTES;

    /** The longest array, and so the longest Latin-1 string, that a common Java runtime makes. */
    private static final int MAX_TOKEN_CHARS = Integer.MAX_VALUE - 8;

    private static final int MAX_FRAME_BYTES = MAX_TOKEN_CHARS / 4 * 3;

    /** The longest plaintext whose token fits: padding adds at least one byte to it. */
    static final int MAX_PLAINTEXT_BYTES = (MAX_FRAME_BYTES - ALL_BUT_CIPHERTEXT_BYTES) / BLOCK_BYTES * BLOCK_BYTES - 1;

    /** The characters whose unused bits are zero, before one padding character and before two. */
    private static final String LAST_BEFORE_ONE = "AEIMQUYcgkosw048";

    private static final String LAST_BEFORE_TWO = "AQgw";

    private static final byte[] NO_ROOM = {};

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;

    private TokenFrame(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A frame with everything but its ciphertext and HMAC filled in.
     *
     * @param timestamp unsigned seconds since 1970
     * @param iv 16 bytes: the IV, or what is to be overwritten with it
     * @param plaintextBytes the length of what will be encrypted
     * @param room what the frame is made of if it has the right length; then it is good until the room is used again
     */
    static TokenFrame create(long timestamp, byte[] iv, int plaintextBytes, byte[] room) {
        requireIv(iv);
        byte[] bytes = ofLength(frameBytes(plaintextBytes), room);
        bytes[0] = VERSION;
        LONG.set(bytes, TIMESTAMP_AT, timestamp);
        System.arraycopy(iv, 0, bytes, IV_AT, IV_BYTES);
        return new TokenFrame(bytes);
    }

    private static byte[] ofLength(int length, byte[] room) {
        return room.length == length ? room : new byte[length];
    }

    static byte[] requireIv(byte[] iv) {
        if (iv.length != IV_BYTES) {
            throw new IllegalArgumentException("The IV has " + iv.length + " bytes; it must have " + IV_BYTES);
        }
        return iv;
    }

    /** PKCS#7 pads to the next multiple of the block, a whole block if it already is one. */
    static int frameBytes(int plaintextBytes) {
        if (plaintextBytes > MAX_PLAINTEXT_BYTES) {
            throw new IllegalArgumentException("plaintext has " + plaintextBytes + " bytes; at most "
                    + MAX_PLAINTEXT_BYTES + " fit into a token. Split it");
        }
        return ALL_BUT_CIPHERTEXT_BYTES + (plaintextBytes / BLOCK_BYTES + 1) * BLOCK_BYTES;
    }

    /** The frame that {@code token} spells; empty unless it is strict base64 with the structure of a token. */
    static Optional<TokenFrame> decode(String token) {
        return decode(token, NO_ROOM);
    }

    /** The same, made of {@code room} if that has the right length; then it is good until the room is used again. */
    static Optional<TokenFrame> decode(String token, byte[] room) {
        return strictBase64(token, room).filter(TokenFrame::hasTokenStructure).map(TokenFrame::new);
    }

    private static boolean hasTokenStructure(byte[] bytes) {
        return bytes.length >= ALL_BUT_CIPHERTEXT_BYTES + BLOCK_BYTES
                && (bytes.length - ALL_BUT_CIPHERTEXT_BYTES) % BLOCK_BYTES == 0
                && bytes[0] == VERSION;
    }

    /**
     * RFC 4648, section 5, with exactly the padding of section 3.2 and the canonical last character of section 3.5. The
     * decoder of the JDK refuses other characters, and anything after the padding, but takes a missing padding and any
     * trailing bits: without the two checks here a token would have several spellings.
     */
    private static Optional<byte[]> strictBase64(String text, byte[] room) {
        int padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
        if (text.length() % 4 != 0 || !endsCanonically(text, padding)) {
            return Optional.empty();
        }
        byte[] bytes = ofLength(text.length() / 4 * 3 - padding, room);
        try {
            // What is not Latin-1 becomes a question mark, which is not base64 either.
            Base64.getUrlDecoder().decode(text.getBytes(ISO_8859_1), bytes);
            return Optional.of(bytes);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static boolean endsCanonically(String text, int padding) {
        return switch (padding) {
            case 1 -> LAST_BEFORE_ONE.indexOf(text.charAt(text.length() - 2)) >= 0;
            case 2 -> LAST_BEFORE_TWO.indexOf(text.charAt(text.length() - 3)) >= 0;
            default -> true;
        };
    }

    /**
     * The token: URL-safe base64 (RFC 4648, section 5), always padded.
     *
     * @param room is overwritten, if it is large enough to save an array
     */
    String encode(byte[] room) {
        if (room.length < (bytes.length + 2) / 3 * 4) {
            return Base64.getUrlEncoder().encodeToString(bytes);
        }
        return new String(room, 0, Base64.getUrlEncoder().encode(bytes, room), ISO_8859_1);
    }

    /** Unsigned seconds since 1970. */
    long timestamp() {
        return (long) LONG.get(bytes, TIMESTAMP_AT);
    }

    /** The frame itself, not a copy. */
    byte[] bytes() {
        return bytes;
    }

    int ciphertextBytes() {
        return bytes.length - ALL_BUT_CIPHERTEXT_BYTES;
    }

    /** Where the HMAC begins, which is also the number of bytes that it covers. */
    int hmacAt() {
        return bytes.length - HMAC_BYTES;
    }
}
