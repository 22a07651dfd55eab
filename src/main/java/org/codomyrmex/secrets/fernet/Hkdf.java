// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;

/** HKDF (RFC 5869) with SHA-256, which the JDK has only since Java 25: keys of their own for uses of their own. */
final class Hkdf {

    private static final String MAC = "HmacSHA256";
    private static final int HASH_BYTES = 32;

    private Hkdf() {}

    /**
     * Derives a key.
     *
     * @param salt not secret; empty: none
     * @param secret what to derive from
     * @param info names the use
     * @param length at most 255 times 32 bytes
     */
    static byte[] sha256(byte[] salt, byte[] secret, byte[] info, int length) {
        // RFC 5869, section 2.2: no salt is 32 zeros, which an HMAC cannot tell from fewer zeros.
        byte[] salted = salt.length == 0 ? new byte[HASH_BYTES] : salt;
        byte[] extracted = Jca.hmac(new SecretKeySpec(salted, MAC), secret, secret.length);
        SecretKeySpec key = new SecretKeySpec(extracted, MAC);
        Arrays.fill(extracted, (byte) 0);
        byte[] derived = new byte[length];
        byte[] block = new byte[0];
        for (int at = 0, counter = 1; at < length; at += HASH_BYTES, counter++) {
            ByteArrayOutputStream input = new ByteArrayOutputStream();
            input.writeBytes(block);
            input.writeBytes(info);
            input.write(counter);
            block = Jca.hmac(key, input.toByteArray(), input.size());
            System.arraycopy(block, 0, derived, at, Math.min(HASH_BYTES, length - at));
        }
        return derived;
    }
}
