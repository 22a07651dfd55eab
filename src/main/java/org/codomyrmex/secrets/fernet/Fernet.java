// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.codomyrmex.CodomyrmexException;
import org.jspecify.annotations.Nullable;

/**
 * Makes and opens Fernet tokens under one key.
 *
 * <p><b>What a token guarantees.</b> Who lacks the key learns from a token when it was made and the length of its
 * content, to within 16 bytes, and nothing else; and cannot make or alter a token without being noticed, not even the
 * spelling of one. Whoever has the key can do everything. A token can be copied and presented again: a time to live
 * limits for how long.
 *
 * <p><b>Format.</b> The Fernet specification, version 0x80: AES-128-CBC with PKCS#7 padding and a fresh IV, then
 * HMAC-SHA-256 (RFC 2104) over version, timestamp, IV and ciphertext, all of it in URL-safe base64 (RFC 4648, section
 * 5). We depart from the specification in three ways, and all of them refuse more or tell less:
 *
 * <ul>
 *   <li>The HMAC is verified before the time to live, so that nothing is told about a token that is not authentic.
 *   <li>With a time to live, a token made more than 60 seconds after the present is refused, as Python's
 *       {@code cryptography} does.
 *   <li>Base64 is read strictly: the exact padding, no unused bits set, no blanks, nothing after the end.
 * </ul>
 *
 * <p>Timestamps are unsigned 64-bit seconds since 1970-01-01T00:00:00Z. Fractions of a second of any time or duration
 * are dropped.
 *
 * <p>Thread-safe and without state of its own beyond the key. The key is used, not copied: once it is
 * {@linkplain FernetKey#destroy() destroyed}, every method that needs it throws {@link IllegalStateException}. Arrays
 * given to a method must not be changed until it returns; arrays returned belong to the caller, who may wipe them.
 */
public final class Fernet {

    final FernetKey key;

    /** Null unless the IVs are prescribed, as those of published tokens are. */
    private final @Nullable Supplier<byte[]> ivs;

    final InstantSource clock;

    /**
     * Makes and opens tokens under {@code key}, by the system clock.
     *
     * @param key the key, which stays the caller's to destroy
     * @throws NullPointerException if the key is null
     */
    public Fernet(FernetKey key) {
        this(key, null, InstantSource.system());
    }

    Fernet(FernetKey key, @Nullable Supplier<byte[]> ivs, InstantSource clock) {
        this.key = Objects.requireNonNull(key, "key");
        this.ivs = ivs;
        this.clock = clock;
    }

    /**
     * Encrypts bytes into a token with the present time.
     *
     * @param plaintext what to encrypt; any bytes, also none
     * @return the token: URL-safe base64 with padding
     * @throws IllegalArgumentException if the plaintext has more than 1,610,612,655 bytes, so that its
     *     token would not fit into a string
     * @throws IllegalStateException if the key is destroyed
     * @throws CodomyrmexException if the system clock is set before 1970
     * @throws NullPointerException if the plaintext is null
     */
    public String encrypt(byte[] plaintext) {
        return seal(Objects.requireNonNull(plaintext, "plaintext"), TokenTime.present(clock));
    }

    /**
     * Encrypts text, as UTF-8, into a token with the present time.
     *
     * @param plaintext what to encrypt, also an empty text
     * @return the token: URL-safe base64 with padding
     * @throws IllegalArgumentException if the plaintext has an unpaired surrogate, or more than 715,827,879 chars or
     *     1,610,612,655 bytes in UTF-8
     * @throws IllegalStateException if the key is destroyed
     * @throws CodomyrmexException if the system clock is set before 1970
     * @throws NullPointerException if the plaintext is null
     */
    public String encrypt(String plaintext) {
        byte[] bytes = Utf8.encode(Objects.requireNonNull(plaintext, "plaintext"), "plaintext");
        try {
            return encrypt(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Encrypts bytes into a token with a time of the caller's choice.
     *
     * @param plaintext what to encrypt; any bytes, also none
     * @param time when the token says it was made; a fraction of a second is dropped
     * @return the token: URL-safe base64 with padding
     * @throws IllegalArgumentException if the time is before 1970, or the plaintext has more than 1,610,612,655
     *     bytes, so that its token would not fit into a string
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if an argument is null
     */
    public String encryptAt(byte[] plaintext, Instant time) {
        return seal(Objects.requireNonNull(plaintext, "plaintext"), TokenTime.of(time, "time"));
    }

    /**
     * Opens a token whatever its age: without a time to live the time is not looked at.
     *
     * @param token the token, exactly as it was made
     * @return what was encrypted
     * @throws InvalidTokenException if the token is malformed or not authentic
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if the token is null
     */
    public byte[] decrypt(String token) {
        return decryptIfOwn(token).orElseThrow(InvalidTokenException::notAuthentic);
    }

    /**
     * Opens a token of limited age, by the system clock.
     *
     * @param token the token, exactly as it was made
     * @param ttl the greatest age at which the token is good, in whole seconds; zero allows the second in which it was
     *     made
     * @return what was encrypted
     * @throws InvalidTokenException if the token is malformed, not authentic, expired, or made more than 60 seconds
     *     after the present
     * @throws IllegalArgumentException if the time to live is negative
     * @throws IllegalStateException if the key is destroyed
     * @throws CodomyrmexException if the system clock is set before 1970
     * @throws NullPointerException if an argument is null
     */
    public byte[] decrypt(String token, Duration ttl) {
        return decryptAt(token, TokenTime.of(ttl), TokenTime.present(clock));
    }

    /**
     * Opens a token of limited age, by a clock of the caller's.
     *
     * @param token the token, exactly as it was made
     * @param ttl the greatest age at which the token is good, in whole seconds; zero allows the second in which it was
     *     made
     * @param now the present; a fraction of a second is dropped
     * @return what was encrypted
     * @throws InvalidTokenException if the token is malformed, not authentic, expired, or made more than 60 seconds
     *     after {@code now}
     * @throws IllegalArgumentException if the time to live is negative, or {@code now} is before 1970
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if an argument is null
     */
    public byte[] decryptAt(String token, Duration ttl, Instant now) {
        return decryptAt(token, TokenTime.of(ttl), TokenTime.of(now, "now"));
    }

    /** As the public method, with {@code nowSeconds} unsigned, so that it can say every time that a token can. */
    byte[] decryptAt(String token, long ttlSeconds, long nowSeconds) {
        TokenTime.requireNotNegative(ttlSeconds);
        return authenticated(token).decryptAt(ttlSeconds, nowSeconds);
    }

    /**
     * Opens a token whose content is text, whatever its age.
     *
     * @param token the token, exactly as it was made
     * @return the text that was encrypted
     * @throws InvalidTokenException if the token is malformed or not authentic, or its content is not UTF-8
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if the token is null
     */
    public String decryptToString(String token) {
        byte[] bytes = decrypt(token);
        try {
            return Utf8.decode(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Encrypts anew, under this key, what a token of another key holds. The token's time is kept, so that a time to
     * live goes on counting from when the value was first encrypted; its age is not checked.
     *
     * @param token a token of {@code from}, exactly as it was made
     * @param from what opens the token; may be this object, which gives the value a fresh IV
     * @return a token under this key with the same content and time
     * @throws InvalidTokenException if the token is malformed or not authentic under {@code from}
     * @throws IllegalStateException if a key is destroyed
     * @throws NullPointerException if an argument is null
     */
    public String reencrypt(String token, Fernet from) {
        return Objects.requireNonNull(from, "from").authenticated(token).reencrypt(this);
    }

    /**
     * Tells whether this key made a token, without decrypting it and whatever its age.
     *
     * @param token what may be a token
     * @return true exactly if the text is a well-formed token and its HMAC is this key's
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if the token is null
     */
    public boolean authenticates(String token) {
        Objects.requireNonNull(token, "token");
        key.requireUsable();
        return TokenFrame.decode(token).filter(this::authenticates).isPresent();
    }

    /**
     * Tells when a token was made, after verifying that this key made it.
     *
     * @param token the token, exactly as it was made
     * @return unsigned seconds since 1970-01-01T00:00:00Z; compare and print them with {@link Long#compareUnsigned} and
     *     {@link Long#toUnsignedString(long)}
     * @throws InvalidTokenException if the token is malformed or not authentic
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if the token is null
     */
    public long timestamp(String token) {
        return authenticated(token).timestamp();
    }

    /**
     * Opens a token whatever its age, if this key made it.
     *
     * @param token the token, exactly as it was made
     * @return what was encrypted; empty if the token is not authentic under this key
     * @throws InvalidTokenException if the token is malformed, or authentic and its padding is wrong
     * @throws IllegalStateException if the key is destroyed
     * @throws NullPointerException if the token is null
     */
    public Optional<byte[]> decryptIfOwn(String token) {
        Objects.requireNonNull(token, "token");
        return key.use(cipher -> cipher.open(token));
    }

    private AuthenticToken authenticated(String token) {
        return AuthenticToken.of(token, List.of(this)).orElseThrow(InvalidTokenException::notAuthentic);
    }

    /**
     * Whether a text has the structure of a token. This proves nothing else: anyone can write a well-formed token.
     *
     * @param token the text
     * @return false if no key can open the text
     */
    public static boolean isWellFormed(String token) {
        return TokenFrame.decode(Objects.requireNonNull(token, "token")).isPresent();
    }

    boolean authenticates(TokenFrame frame) {
        return key.use(cipher -> cipher.authenticates(frame));
    }

    byte[] decrypt(TokenFrame authentic) {
        return key.use(cipher -> cipher.decrypt(authentic));
    }

    /** The timestamp is unsigned seconds since 1970. */
    String seal(byte[] plaintext, long timestamp) {
        return key.use(cipher -> {
            byte[] nonce = ivs == null ? cipher.freshNonce() : cipher.nonceOf(ivs.get());
            return cipher.seal(plaintext, timestamp, nonce);
        });
    }

    /**
     * Shows the {@linkplain FernetKey#id() id} of the key and nothing else.
     *
     * @return for example {@code Fernet[0123456789abcdef]}
     */
    @Override
    public String toString() {
        return "Fernet[" + key.id() + "]";
    }
}
