// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Fernet as a careful programmer writes it: one cipher, one Mac and one SecureRandom, for one thread. */
final class StraightJca implements Codec {
    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;
    private final Cipher cipher;
    private final Mac mac;

    StraightJca(byte[] key) throws GeneralSecurityException {
        this.key = new SecretKeySpec(key, 16, 16, "AES");
        this.cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        this.mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, 0, 16, "HmacSHA256"));
    }

    @Override
    public String encrypt(byte[] plaintext) throws GeneralSecurityException {
        byte[] iv = new byte[16];
        random.nextBytes(iv);
        cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
        byte[] ciphertext = cipher.doFinal(plaintext);
        ByteBuffer frame = ByteBuffer.allocate(57 + ciphertext.length);
        frame.put((byte) 0x80).putLong(Instant.now().getEpochSecond()).put(iv).put(ciphertext);
        mac.update(frame.array(), 0, frame.position());
        frame.put(mac.doFinal());
        return Base64.getUrlEncoder().encodeToString(frame.array());
    }

    @Override
    public byte[] decrypt(String token) throws GeneralSecurityException {
        byte[] frame = Base64.getUrlDecoder().decode(token);
        int hmacAt = frame.length - 32;
        if (hmacAt < 41 || frame[0] != (byte) 0x80) {
            throw new GeneralSecurityException("malformed");
        }
        mac.update(frame, 0, hmacAt);
        if (!MessageDigest.isEqual(mac.doFinal(), Arrays.copyOfRange(frame, hmacAt, frame.length))) {
            throw new GeneralSecurityException("not authentic");
        }
        cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(frame, 9, 16));
        return cipher.doFinal(frame, 25, hmacAt - 25);
    }
}
