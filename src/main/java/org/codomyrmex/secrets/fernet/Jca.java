// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.ProviderException;
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import org.codomyrmex.CodomyrmexException;

/**
 * The three algorithms that Fernet is made of, from the Java runtime. Every runtime has them, so the failures that
 * their signatures declare cannot happen in a sound one; they are caught here and nowhere else. Stateless and
 * thread-safe.
 */
final class Jca {

    /** The padding is PKCS#7, which the JCA calls PKCS5 for every block size. */
    private static final String CIPHER = "AES/CBC/PKCS5Padding";

    private static final String MAC = "HmacSHA256";
    private static final String DIGEST = "SHA-256";

    private Jca() {}

    /** One use of an algorithm, given its name. */
    @FunctionalInterface
    interface Use<T> {
        T of(String algorithm) throws GeneralSecurityException;
    }

    static byte[] sha256(byte[] data) {
        return required(DIGEST, name -> MessageDigest.getInstance(name).digest(data));
    }

    /** HMAC (RFC 2104) with SHA-256 over the first {@code length} bytes of {@code data}: 32 bytes. */
    static byte[] hmac(SecretKey key, byte[] data, int length) {
        return required(MAC, name -> {
            Mac mac = Mac.getInstance(name);
            mac.init(key);
            mac.update(data, 0, length);
            return mac.doFinal();
        });
    }

    /** Encrypts all of {@code plaintext}, writing the padded ciphertext into {@code out} from {@code outAt} on. */
    static void encrypt(SecretKey key, IvParameterSpec iv, byte[] plaintext, byte[] out, int outAt) {
        required(CIPHER, name -> {
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.ENCRYPT_MODE, key, iv);
            return cipher.doFinal(plaintext, 0, plaintext.length, out, outAt);
        });
    }

    /** Decrypts and unpads {@code length} bytes of {@code in} from {@code inAt} on; empty if the padding is wrong. */
    static Optional<byte[]> decrypt(SecretKey key, IvParameterSpec iv, byte[] in, int inAt, int length) {
        return required(CIPHER, name -> {
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.DECRYPT_MODE, key, iv);
            try {
                return Optional.of(cipher.doFinal(in, inAt, length));
            } catch (BadPaddingException wrongPadding) {
                return Optional.empty();
            }
        });
    }

    /** Runs {@code use}; the cause is kept, because it names algorithms and providers and never what was processed. */
    static <T> T required(String algorithm, Use<T> use) {
        try {
            return use.of(algorithm);
        } catch (GeneralSecurityException | ProviderException failure) {
            throw new CodomyrmexException(
                    "The Java runtime could not perform " + algorithm
                            + ", which Fernet needs. Check that its security providers include SunJCE or an equivalent",
                    failure);
        }
    }
}
