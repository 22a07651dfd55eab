// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A token that is known to be authentic, and which key made it.
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

    /**
     * Finds out which of several keys made a token, reading it once.
     *
     * @param token the token, exactly as it was made
     * @param tried in this order
     * @return the token and what made it; empty if it is not authentic under any of the keys
     * @throws InvalidTokenException if the token is malformed
     * @throws IllegalStateException if the first key, or one that is tried after it, is destroyed
     * @throws NullPointerException if an argument is null
     */
    public static Optional<AuthenticToken> of(String token, List<Fernet> tried) {
        Objects.requireNonNull(token, "token");
        if (!Objects.requireNonNull(tried, "tried").isEmpty()) {
            tried.get(0).key.requireUsable();
        }
        TokenFrame frame = TokenFrame.decode(token).orElseThrow(InvalidTokenException::malformed);
        for (Fernet fernet : tried) {
            if (fernet.authenticates(frame)) {
                return Optional.of(new AuthenticToken(frame, fernet));
            }
        }
        return Optional.empty();
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
