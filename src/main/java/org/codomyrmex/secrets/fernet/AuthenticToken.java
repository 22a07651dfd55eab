// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * A token that is known to be authentic, and which key made it: the result of
 * {@link Fernet#authenticate(String, Fernet, Iterable)}, which reads the text once for any number of keys.
 *
 * <p>Thread-safe. Nothing of the content is decrypted before it is asked for.
 */
public final class AuthenticToken {

    private final TokenFrame frame;
    private final Fernet maker;

    AuthenticToken(TokenFrame frame, Fernet maker) {
        this.frame = frame;
        this.maker = maker;
    }

    /** {@return the {@linkplain FernetKey#id() id} of the key that made the token} */
    public String keyId() {
        return maker.key.id();
    }

    long timestamp() {
        return frame.timestamp();
    }

    /**
     * Decrypts the token whatever its age.
     *
     * @return what was encrypted
     * @throws InvalidTokenException if the padding of the content is wrong
     * @throws IllegalStateException if the key is destroyed
     */
    public byte[] decrypt() {
        return maker.decrypt(frame);
    }

    /**
     * Decrypts the token if it is young enough by the system clock.
     *
     * @param ttl as for {@link Fernet#decrypt(String, Duration)}
     * @return what was encrypted
     * @throws InvalidTokenException as for that method
     * @throws IllegalArgumentException if the time to live is negative
     * @throws IllegalStateException if the key is destroyed
     */
    public byte[] decrypt(Duration ttl) {
        return decryptAt(TokenTime.of(ttl), TokenTime.present(maker.clock));
    }

    /**
     * Decrypts the token if it is young enough by a clock of the caller's.
     *
     * @param ttl as for {@link Fernet#decryptAt(String, Duration, Instant)}
     * @param now as for that method
     * @return what was encrypted
     * @throws InvalidTokenException as for that method
     * @throws IllegalArgumentException if the time to live is negative, or {@code now} is before 1970
     * @throws IllegalStateException if the key is destroyed
     */
    public byte[] decryptAt(Duration ttl, Instant now) {
        return decryptAt(TokenTime.of(ttl), TokenTime.of(now, "now"));
    }

    byte[] decryptAt(long ttlSeconds, long nowSeconds) {
        TokenTime.requireGood(frame.timestamp(), ttlSeconds, nowSeconds);
        return maker.decrypt(frame);
    }

    /**
     * Encrypts the content anew, like {@link Fernet#reencrypt(String, Fernet)}.
     *
     * @param next what makes the new token
     * @return a token of {@code next} with the same content and time
     * @throws InvalidTokenException if the padding of the content is wrong
     * @throws IllegalStateException if a key is destroyed
     */
    public String reencrypt(Fernet next) {
        byte[] plaintext = maker.decrypt(frame);
        try {
            return next.seal(plaintext, frame.timestamp());
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }
}
