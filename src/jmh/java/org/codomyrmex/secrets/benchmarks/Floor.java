// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The work that nobody gets around: one run of an initialised cipher, as many SHA-256 compressions as an HMAC from ready
 * midstates takes, one base64 pass. Nothing is checked, parsed, drawn or allocated beyond the result; what it returns is
 * no token.
 */
final class Floor implements Codec {
    private final Cipher encryptor;
    private final Cipher decryptor;
    private final MessageDigest digest;
    private final byte[] hash = new byte[32];
    private byte[] frame = {};

    Floor(byte[] key) throws GeneralSecurityException {
        digest = MessageDigest.getInstance("SHA-256");
        encryptor = cipher(Cipher.ENCRYPT_MODE, key);
        decryptor = cipher(Cipher.DECRYPT_MODE, key);
    }

    private static Cipher cipher(int mode, byte[] key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, 16, 16, "AES"), new IvParameterSpec(new byte[16]));
        return cipher;
    }

    @Override
    public String encrypt(byte[] plaintext) throws GeneralSecurityException {
        int blocks = plaintext.length / 16 + 1;
        if (frame.length != 57 + blocks * 16) {
            frame = new byte[57 + blocks * 16];
        }
        encryptor.doFinal(plaintext, 0, plaintext.length / 16 * 16, frame, 25);
        compress(frame);
        return Base64.getUrlEncoder().encodeToString(frame);
    }

    @Override
    public byte[] decrypt(String token) throws GeneralSecurityException {
        byte[] read = Base64.getUrlDecoder().decode(token);
        compress(read);
        return decryptor.doFinal(read, 25, read.length - 57);
    }

    /** An HMAC's first block, and that of its outer hash, are absorbed in the midstates. */
    private void compress(byte[] signed) throws GeneralSecurityException {
        digest.update(signed, 0, signed.length - 32);
        digest.digest(hash, 0, 32);
        digest.update(hash);
        digest.digest(hash, 0, 32);
    }
}
