// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.codomyrmex.secrets.fernet.AuthenticToken;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.jspecify.annotations.Nullable;

/**
 * One primary key, which encrypts and decrypts, and any number of retired keys, which only decrypt.
 *
 * <p>Immutable and thread-safe. Tokens are those of {@link Fernet}; a token is tried under one key after the other, as
 * Python's {@code MultiFernet} does, and each try is authenticated before anything else.
 */
public final class Keyring {

    private final List<FernetKey> keys;
    private final Map<String, FernetKey> byId;
    private final List<String> keyIds;
    private final Trials trials;

    private Keyring(Map<String, FernetKey> distinct) {
        byId = distinct;
        keys = List.copyOf(distinct.values());
        keyIds = List.copyOf(distinct.keySet());
        trials = new Trials(keys);
    }

    /**
     * Makes a keyring. A key given twice counts once.
     *
     * @param keys the primary first; at least one
     * @return the keyring
     * @throws IllegalArgumentException if there is no key, or two different keys have one id
     */
    public static Keyring of(List<FernetKey> keys) {
        return of(Objects.requireNonNull(keys, "keys"), FernetKey::id);
    }

    /** An id is 64 bits of a digest, so with enough effort someone can craft two keys that share one. */
    static Keyring of(List<FernetKey> keys, Function<FernetKey, String> idOf) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys is empty, expected at least the primary key");
        }
        Map<String, FernetKey> distinct = new LinkedHashMap<>();
        for (FernetKey key : keys) {
            FernetKey former = distinct.putIfAbsent(idOf.apply(key), key);
            if (former != null && !former.equals(key)) {
                throw new IllegalArgumentException("two different keys have the id " + idOf.apply(key)
                        + ", so the id does not tell which one protects what. Remove the one that was crafted to"
                        + " collide");
            }
        }
        return new Keyring(distinct);
    }

    /**
     * Makes a keyring. A key given twice counts once.
     *
     * @param primary the key that encrypts
     * @param retired keys that only decrypt
     * @return the keyring
     */
    public static Keyring of(FernetKey primary, FernetKey... retired) {
        List<FernetKey> keys = new ArrayList<>();
        keys.add(Objects.requireNonNull(primary, "primary"));
        for (FernetKey key : Objects.requireNonNull(retired, "retired")) {
            keys.add(Objects.requireNonNull(key, "retired"));
        }
        return of(keys);
    }

    /**
     * Reads a keyring: one key a line (or between commas), the primary first. Blank lines are allowed, and so is one byte
     * order mark at the start.
     *
     * @param text the keys
     * @return the keyring
     * @throws IllegalArgumentException where there is no key, or a line is not a key; names the line, never its text
     */
    public static Keyring parse(CharSequence text) {
        return KeyringText.parse(Objects.requireNonNull(text, "text"));
    }

    /** {@return the key that encrypts} */
    public FernetKey primary() {
        return keys.get(0);
    }

    /** {@return the keys that only decrypt, in order; immutable} */
    public List<FernetKey> retired() {
        return keys.subList(1, keys.size());
    }

    /** {@return all keys, the primary first; immutable} */
    public List<FernetKey> keys() {
        return keys;
    }

    /**
     * {@return the key with this id, primary or retired; empty if there is none}
     *
     * @param keyId the key's id
     */
    public Optional<FernetKey> key(String keyId) {
        return Optional.ofNullable(byId.get(Objects.requireNonNull(keyId, "keyId")));
    }

    /** {@return the ids of all keys, the primary's first; immutable} */
    public List<String> keyIds() {
        return keyIds;
    }

    /**
     * {@return whether a key, primary or retired, is in this keyring}
     *
     * @param keyId the key's id
     */
    public boolean contains(String keyId) {
        return byId.containsKey(Objects.requireNonNull(keyId, "keyId"));
    }

    /**
     * This keyring with another primary; the former primary is the first of the retired keys.
     *
     * @param newPrimary the new primary, a new key or one of the retired ones
     * @return the rotated keyring
     */
    public Keyring rotatedTo(FernetKey newPrimary) {
        List<FernetKey> next = new ArrayList<>();
        next.add(Objects.requireNonNull(newPrimary, "newPrimary"));
        next.addAll(keys);
        return of(next);
    }

    /**
     * This keyring with one more retired key, the last of them.
     *
     * @param key the key
     * @return the larger keyring, or an equal one if it has this key already
     */
    public Keyring withRetired(FernetKey key) {
        List<FernetKey> next = new ArrayList<>(keys);
        next.add(Objects.requireNonNull(key, "key"));
        return of(next);
    }

    /**
     * This keyring without one of its retired keys.
     *
     * @param keyId the key's id
     * @return the smaller keyring, or an equal one if it has no such key
     * @throws IllegalArgumentException where the key is the primary
     */
    public Keyring without(String keyId) {
        if (primary().id().equals(Objects.requireNonNull(keyId, "keyId"))) {
            throw new IllegalArgumentException("keyId " + keyId + " is the primary key; rotate to another one first");
        }
        return of(keys.stream().filter(key -> !key.id().equals(keyId)).toList());
    }

    /** {@return the same keys in objects of their own, so that the owner of the copy can destroy them} */
    public Keyring copy() {
        return of(keys.stream().map(FernetKey::copy).toList());
    }

    /**
     * Encrypts under the primary key, at the present second.
     *
     * @param plaintext any bytes
     * @return the token
     */
    public String encrypt(byte[] plaintext) {
        return trials.primary().encrypt(plaintext);
    }

    /**
     * Encrypts under the primary key, at a given time.
     *
     * @param plaintext any bytes
     * @param time the token's time, not before 1970
     * @return the token
     * @throws IllegalArgumentException where the time is before 1970
     */
    public String encryptAt(byte[] plaintext, Instant time) {
        return trials.primary().encryptAt(plaintext, time);
    }

    /**
     * Decrypts under whichever key made the token, whatever its age.
     *
     * @param token the token
     * @return the plaintext
     * @throws InvalidTokenException where no key opens it; an unknown key's message names the ids of the keys tried
     */
    public byte[] decrypt(String token) {
        return trials.decrypt(token, null).orElseThrow(this::foreign);
    }

    /**
     * Decrypts under whichever key made the token, if it is young enough.
     *
     * @param token the token
     * @param ttl how old it may be, in whole seconds
     * @return the plaintext
     * @throws InvalidTokenException where no key opens it, it is too old, or more than 60 s in the future
     * @throws IllegalArgumentException where the time to live is negative
     */
    public byte[] decrypt(String token, Duration ttl) {
        requireSensible(ttl, Instant.EPOCH);
        return authentic(token, null).decrypt(ttl);
    }

    /**
     * The same at a given time.
     *
     * @param token the token
     * @param ttl how old it may be, in whole seconds
     * @param now the time to count from, not before 1970
     * @return the plaintext
     * @throws InvalidTokenException as {@link #decrypt(String, Duration)}
     * @throws IllegalArgumentException where the time to live is negative or the time before 1970
     */
    public byte[] decryptAt(String token, Duration ttl, Instant now) {
        requireSensible(ttl, now);
        return authentic(token, null).decryptAt(ttl, now);
    }

    /**
     * Decrypts a token of which it is known what key should have made it: that key is tried first, then the others.
     *
     * @param keyId the id of that key
     * @param token the token
     * @return the plaintext
     * @throws InvalidTokenException where no key opens it
     */
    public byte[] decryptUnder(String keyId, String token) {
        return trials.decrypt(token, Objects.requireNonNull(keyId, "keyId")).orElseThrow(this::foreign);
    }

    /**
     * Encrypts again, under the primary key, what a token holds; its timestamp is kept, as {@code MultiFernet.rotate}
     * keeps it.
     *
     * @param token the token
     * @return a token under the primary key
     * @throws InvalidTokenException where no key opens it
     */
    public String reencrypt(String token) {
        return authentic(token, null).reencrypt(trials.primary());
    }

    /**
     * The same for a token of which it is known what key should have made it: that key is tried first, then the others.
     *
     * @param keyId the id of that key
     * @param token the token
     * @return a token under the primary key
     * @throws InvalidTokenException where no key opens it
     */
    public String reencryptUnder(String keyId, String token) {
        return authentic(token, Objects.requireNonNull(keyId, "keyId")).reencrypt(trials.primary());
    }

    /**
     * Which key made a token. Authenticates, decrypts nothing.
     *
     * @param token the token
     * @return the key's id; empty where no key of this ring made it, or it is no token
     */
    public Optional<String> keyIdOf(String token) {
        try {
            return trials.authenticate(token, null).map(AuthenticToken::keyId);
        } catch (InvalidTokenException noToken) {
            return Optional.empty();
        }
    }

    /** A caller's mistake is told whatever the token is. */
    private static void requireSensible(Duration ttl, Instant now) {
        if (Objects.requireNonNull(ttl, "ttl").isNegative()) {
            throw new IllegalArgumentException(
                    "ttl is negative (" + ttl + "). Pass zero or more, or call decrypt(token) to accept every age");
        }
        if (Objects.requireNonNull(now, "now").isBefore(Instant.EPOCH)) {
            throw new IllegalArgumentException(
                    "now is " + now + ", but a Fernet timestamp counts seconds since 1970. Pass a later time");
        }
    }

    private AuthenticToken authentic(String token, @Nullable String likelyKeyId) {
        return trials.authenticate(token, likelyKeyId).orElseThrow(this::foreign);
    }

    private InvalidTokenException foreign() {
        return new InvalidTokenException(
                NOT_AUTHENTIC,
                "The token was made by none of the " + keys.size() + " keys tried (" + String.join(", ", keyIds)
                        + "), or was altered. Add the key that made it to the keyring, or ask its maker for a new one.");
    }

    /** {@return whether the other is a keyring with the same keys in the same order} */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Keyring that && keys.equals(that.keys);
    }

    @Override
    public int hashCode() {
        return keys.hashCode();
    }

    /** {@return the ids of the keys, never the keys} */
    @Override
    public String toString() {
        return "Keyring" + keyIds;
    }
}
