// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * HMAC (RFC 2104) with SHA-256 under one key, again and again: {@code H(key ⊕ opad ‖ H(key ⊕ ipad ‖ data))}.
 *
 * <p>Each begins with a clone of a digest that has absorbed {@code key ⊕ ipad} already, which is faster than to absorb
 * it every time. The clone is the caller's to update and to {@linkplain #finish finish}: kept in a field here it would
 * cost the collector's write barrier, as much as a block of SHA-256. Not thread-safe, and one at a time.
 */
final class HmacSha256 {

    private static final int BLOCK_BYTES = 64;
    private static final int DIGEST_BYTES = 32;
    private static final byte IPAD = 0x36;
    private static final byte OPAD = 0x5c;

    /** {@code key ⊕ ipad}. */
    private final byte[] inner = new byte[BLOCK_BYTES];

    /** {@code key ⊕ opad}, then room for the inner digest. */
    private final byte[] outer = new byte[BLOCK_BYTES + DIGEST_BYTES];

    /** Has absorbed {@code inner} and is only cloned; or, of a provider whose digest cannot be, does all the work. */
    private final MessageDigest keyed;

    private final boolean cloneable;

    /** The key has at most 64 bytes; RFC 2104 would hash a longer one first. */
    private HmacSha256(SecretKey key, MessageDigest digest) {
        byte[] bytes = key.getEncoded();
        for (int i = 0; i < BLOCK_BYTES; i++) {
            byte keyByte = i < bytes.length ? bytes[i] : 0;
            inner[i] = (byte) (keyByte ^ IPAD);
            outer[i] = (byte) (keyByte ^ OPAD);
        }
        Arrays.fill(bytes, (byte) 0);
        digest.update(inner);
        keyed = digest;
        cloneable = isCloneable(digest);
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

    /** {@return what is to be updated with the data, then finished} */
    MessageDigest begin() throws DigestException {
        if (cloneable) {
            try {
                return (MessageDigest) keyed.clone();
            } catch (CloneNotSupportedException failure) {
                throw new DigestException("The digest could be cloned before", failure);
            }
        }
        keyed.reset();
        keyed.update(inner);
        return keyed;
    }

    /** Writes the 32 bytes. */
    void finish(MessageDigest begun, byte[] out, int at) throws DigestException {
        begun.digest(outer, BLOCK_BYTES, DIGEST_BYTES);
        begun.update(outer);
        begun.digest(out, at, DIGEST_BYTES);
    }

    /** Overwrites the padded key; what is in the runtime's classes is out of our hands. */
    void wipe() {
        keyed.reset();
        Arrays.fill(inner, (byte) 0);
        Arrays.fill(outer, (byte) 0);
    }
}
