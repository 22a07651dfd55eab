// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.ProviderException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.codomyrmex.CodomyrmexException;

/**
 * The algorithms that Fernet is made of, from the Java runtime. Every runtime has them, so the failures that their
 * signatures declare cannot happen in a sound one; they become one exception here and nowhere else. Stateless and
 * thread-safe.
 */
final class Jca {

    /** The padding is PKCS#7, and {@link FernetCipher} sees to it. */
    static final String CIPHER = "AES/CBC/NoPadding";

    static final String DIGEST = "SHA-256";

    static final String MAC = "HmacSHA256";

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

    /** Runs {@code use}, and turns its failure into the one exception. */
    static <T> T required(String algorithm, Use<T> use) {
        try {
            return use.of(algorithm);
        } catch (GeneralSecurityException | ProviderException failure) {
            throw failure(algorithm, failure);
        }
    }

    /** The cause is kept, because it names algorithms and providers and never what was processed. */
    static CodomyrmexException failure(String algorithm, Exception cause) {
        return new CodomyrmexException(
                "The Java runtime could not perform " + algorithm
                        + ", which Fernet needs. Check that its security providers include SunJCE or an equivalent",
                cause);
    }
}
