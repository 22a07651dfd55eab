// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Authenticates a token together with what is kept beside it, so that neither can be exchanged. A Fernet token says nothing
 * about the record that holds it; a seal does.
 *
 * <p>A seal is HMAC-SHA256 over the parts of a record, each after its length in four bytes. Its key is derived from the
 * Fernet key by HKDF-SHA256 without a salt, which needs none because a Fernet key is random, and with the label {@code
 * org.codomyrmex.secrets record seal 1}: so a seal says nothing about the halves that sign and encrypt tokens, and a
 * token's signature is never a seal. Stateless and thread-safe.
 */
public final class RecordSeal {

    private static final byte[] LABEL = "org.codomyrmex.secrets record seal 1".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_BYTES = 32;

    private RecordSeal() {}

    /**
     * Seals a record.
     *
     * @param key the key that the record's token is under
     * @param parts what the record is made of, in an order that is always the same
     * @return 43 characters of URL-safe base64
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if an argument is null
     */
    public static String of(FernetKey key, byte[]... parts) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(tag(key, parts));
    }

    /**
     * Tells whether a seal was made with a key for a record, in a time that does not depend on where it differs.
     *
     * @param seal the seal as it was read, which may be anything
     * @param key the key that the record's token is said to be under
     * @param parts what the record is made of, in the same order
     * @return whether {@link #of} returns this seal for the same
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if an argument is null
     */
    public static boolean matches(String seal, FernetKey key, byte[]... parts) {
        Objects.requireNonNull(seal, "seal");
        return MessageDigest.isEqual(
                of(key, parts).getBytes(StandardCharsets.UTF_8), seal.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] tag(FernetKey key, byte[]... parts) {
        int length = 0;
        for (byte[] part : Objects.requireNonNull(parts, "parts")) {
            length = Math.addExact(length, Integer.BYTES + part.length);
        }
        ByteBuffer record = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            record.putInt(part.length).put(part);
        }
        return Objects.requireNonNull(key, "key").use(cipher -> cipher.tagOfRecord(record.array(), key::sealingKey));
    }

    /** The key that {@link FernetKey#sealingKey} keeps, since deriving it costs more than sealing does. */
    static SecretKey keyFrom(byte[] fernetKey) {
        byte[] derived = Hkdf.sha256(new byte[0], fernetKey, LABEL, KEY_BYTES);
        SecretKeySpec key = new SecretKeySpec(derived, "HmacSHA256");
        Arrays.fill(derived, (byte) 0);
        return key;
    }
}
