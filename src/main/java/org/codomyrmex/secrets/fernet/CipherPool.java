// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The ciphers of one key that nobody uses at the moment: a few per processor, however many threads there are.
 * Thread-safe, and nobody waits: who finds none makes one, and what comes back to a full pool is dropped.
 */
final class CipherPool {

    /** Threads begin at places of their own, so that two rarely meet. */
    private static final int PLACES_PER_PROCESSOR = 2;

    /** References from one place to the next, so that no two are on one cache line, nor one with the array's length. */
    private static final int STRIDE = 32;

    private final AtomicReferenceArray<@Nullable FernetCipher> places;

    /** The number of places, a power of two, less one. */
    private final int mask;

    CipherPool(int processors) {
        int count = Integer.highestOneBit(processors * PLACES_PER_PROCESSOR * 2 - 1);
        places = new AtomicReferenceArray<>((count + 2) * STRIDE);
        mask = count - 1;
    }

    /** One use of a cipher. */
    @FunctionalInterface
    interface Use<T> {
        T of(FernetCipher cipher) throws GeneralSecurityException;
    }

    /**
     * Runs {@code use} with a cipher that nobody else has meanwhile; it must not keep it. After a refusal a cipher is as
     * good as before. One that any other exception may have left in the middle of something is never used again.
     *
     * @param key whose pool this is
     */
    <T> T use(FernetKey key, Use<T> use) {
        FernetCipher idle = take();
        FernetCipher cipher = idle == null ? FernetCipher.of(key.encryptionKey(), key.signingKey()) : idle;
        boolean whole = false;
        try {
            T result = use.of(cipher);
            whole = true;
            return result;
        } catch (InvalidTokenException refused) {
            whole = true;
            throw refused;
        } catch (GeneralSecurityException | ProviderException failure) {
            throw Jca.failure(Jca.CIPHER + " or " + Jca.DIGEST, failure);
        } finally {
            if (!whole || !put(cipher)) {
                cipher.wipe();
            }
        }
    }

    private @Nullable FernetCipher take() {
        int home = home();
        for (int i = 0; i <= mask; i++) {
            int at = STRIDE + ((home + i) & mask) * STRIDE;
            // Looking is cheaper than exchanging.
            if (places.getPlain(at) != null) {
                FernetCipher cipher = places.getAndSet(at, null);
                if (cipher != null) {
                    return cipher;
                }
            }
        }
        return null;
    }

    private boolean put(FernetCipher cipher) {
        int home = home();
        for (int i = 0; i <= mask; i++) {
            int at = STRIDE + ((home + i) & mask) * STRIDE;
            if (places.getPlain(at) == null && places.compareAndSet(at, null, cipher)) {
                return true;
            }
        }
        return false;
    }

    private static int home() {
        return (int) Thread.currentThread().getId();
    }

    /** Takes all that are there and overwrites what they hold of the key. */
    void wipe() {
        for (int at = 0; at < places.length(); at += STRIDE) {
            FernetCipher cipher = places.getAndSet(at, null);
            if (cipher != null) {
                cipher.wipe();
            }
        }
    }

    /** {@return how many there are} */
    int size() {
        int size = 0;
        for (int at = 0; at < places.length(); at += STRIDE) {
            size += places.get(at) == null ? 0 : 1;
        }
        return size;
    }
}
