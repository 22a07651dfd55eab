// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * HMAC (RFC 2104) with SHA-256 under one key, again and again: {@code H(key ⊕ opad ‖ H(key ⊕ ipad ‖ data))}.
 *
 * <p>Each begins with a clone of a digest that has absorbed {@code key ⊕ ipad} already, which is faster than what
 * {@link Mac} does: absorb it every time. Where a provider's digest cannot be cloned, its {@code Mac} is used. Not
 * thread-safe.
 */
final class HmacSha256 {

    private static final int BLOCK_BYTES = 64;
    private static final int DIGEST_BYTES = 32;
    private static final byte IPAD = 0x36;
    private static final byte OPAD = 0x5c;

    private final @Nullable Mac mac;

    /** Has absorbed {@code key ⊕ ipad}, and is only cloned. */
    private final MessageDigest keyed;

    /** What is being computed. */
    private MessageDigest running;

    /** {@code key ⊕ opad}, then room for the inner digest. */
    private final byte[] outer = new byte[BLOCK_BYTES + DIGEST_BYTES];

    /** The key has at most 64 bytes; RFC 2104 would hash a longer one first. */
    private HmacSha256(SecretKey key, MessageDigest digest) {
        byte[] inner = new byte[BLOCK_BYTES];
        byte[] bytes = key.getEncoded();
        for (int i = 0; i < BLOCK_BYTES; i++) {
            byte keyByte = i < bytes.length ? bytes[i] : 0;
            inner[i] = (byte) (keyByte ^ IPAD);
            outer[i] = (byte) (keyByte ^ OPAD);
        }
        digest.update(inner);
        Arrays.fill(inner, (byte) 0);
        Arrays.fill(bytes, (byte) 0);
        keyed = digest;
        running = digest;
        mac = isCloneable(digest)
                ? null
                : Jca.required(Jca.MAC, name -> {
                    Mac substitute = Mac.getInstance(name);
                    substitute.init(key);
                    return substitute;
                });
    }

    static HmacSha256 of(SecretKey key) {
        return new HmacSha256(key, Jca.required(Jca.DIGEST, MessageDigest::getInstance));
    }

    private static boolean isCloneable(MessageDigest digest) {
        try {
            return digest.clone() != digest;
        } catch (CloneNotSupportedException unsupported) {
            return false;
        }
    }

    void begin() throws DigestException {
        if (mac == null) {
            try {
                running = (MessageDigest) keyed.clone();
            } catch (CloneNotSupportedException failure) {
                throw new DigestException("The digest could be cloned before", failure);
            }
        }
    }

    void update(byte[] data, int from, int length) {
        if (mac == null) {
            running.update(data, from, length);
        } else {
            mac.update(data, from, length);
        }
    }

    /** Writes the 32 bytes. */
    void finish(byte[] out, int at) throws GeneralSecurityException {
        if (mac == null) {
            running.digest(outer, BLOCK_BYTES, DIGEST_BYTES);
            running.update(outer);
            running.digest(out, at, DIGEST_BYTES);
        } else {
            mac.doFinal(out, at);
        }
    }

    /** Overwrites the padded key; what is in the runtime's classes is out of our hands. */
    void wipe() {
        keyed.reset();
        Arrays.fill(outer, (byte) 0);
    }
}
