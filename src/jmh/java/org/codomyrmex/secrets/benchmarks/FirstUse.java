// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;

/** Programs that encrypt 64 bytes once under a new key, each in a class of its own, so that none loads another's. */
final class FirstUse {
    private FirstUse() {}

    /** Does nothing: what any JVM takes. */
    static final class Bare {
        private Bare() {}

        public static void main(String... args) {}
    }

    /** The JDK alone. */
    static final class Jca {
        private Jca() {}

        public static void main(String... args) throws GeneralSecurityException {
            SecureRandom random = new SecureRandom();
            byte[] key = new byte[32];
            random.nextBytes(key);
            byte[] iv = new byte[16];
            random.nextBytes(iv);
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, 16, 16, "AES"), new IvParameterSpec(iv));
            byte[] ciphertext = cipher.doFinal(new byte[64]);
            ByteBuffer frame = ByteBuffer.allocate(57 + ciphertext.length);
            frame.put((byte) 0x80)
                    .putLong(Instant.now().getEpochSecond())
                    .put(iv)
                    .put(ciphertext);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, 0, 16, "HmacSHA256"));
            mac.update(frame.array(), 0, frame.position());
            frame.put(mac.doFinal());
            String token = Base64.getUrlEncoder().encodeToString(frame.array());
            if (token.length() != 184) {
                throw new IllegalStateException("not a token");
            }
        }
    }

    /** A token of this library. */
    static final class Token {
        private Token() {}

        public static void main(String... args) {
            String token = new Fernet(FernetKey.generate()).encrypt(new byte[64]);
            if (token.length() != 184) {
                throw new IllegalStateException("not a token");
            }
        }
    }

    /** A secret in a manager in memory, which logs through SLF4J. */
    static final class Manager {
        private Manager() {}

        public static void main(String... args) {
            try (SecretManager manager = SecretManager.inMemory()) {
                if (manager.storeSecret("name", "v".repeat(64)).length() != 32) {
                    throw new IllegalStateException("not an id");
                }
            }
        }
    }
}
