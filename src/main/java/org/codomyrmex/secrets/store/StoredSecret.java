// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A secret as a store keeps it: the token that only its key opens, and what describes it. It holds no plaintext.
 *
 * <p>Immutable, as long as the metadata handed in is; safe for use by many threads. Two are equal if all they hold is
 * equal. {@link #toString} shows the two ids and nothing else.
 */
public final class StoredSecret {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final String id;
    private final String name;
    private final Map<String, Object> metadata;
    private final String keyId;
    private final String token;
    private final @Nullable String seal;

    /** Microseconds since 1970: an {@link Instant} would cost 24 bytes more for each secret. */
    private final long createdAtMicros;

    /**
     * Makes a record of a secret.
     *
     * @param id what the secret is found by; unique in a store
     * @param name what the secret is called; several in a store may be called the same
     * @param createdAt when the secret was created; kept to the microsecond, as every store can
     * @param metadata what the application says about the secret; immutable through and through, and not copied. A
     *     value may be null
     * @param keyId the id of the key that the token is under
     * @param token the encrypted value
     * @throws NullPointerException naming the argument that is null
     * @throws IllegalArgumentException if the creation time is more than 292,000 years away from 1970
     */
    public StoredSecret(
            String id, String name, Instant createdAt, Map<String, Object> metadata, String keyId, String token) {
        this.id = Objects.requireNonNull(id, "id");
        this.name = Objects.requireNonNull(name, "name");
        this.createdAtMicros = micros(Objects.requireNonNull(createdAt, "createdAt"));
        this.metadata = Objects.requireNonNull(metadata, "metadata");
        this.keyId = Objects.requireNonNull(keyId, "keyId");
        this.token = Objects.requireNonNull(token, "token");
        this.seal = null;
    }

    private StoredSecret(StoredSecret described, String keyId, String token, @Nullable String seal) {
        this.id = described.id;
        this.name = described.name;
        this.createdAtMicros = described.createdAtMicros;
        this.metadata = described.metadata;
        this.keyId = Objects.requireNonNull(keyId, "keyId");
        this.token = Objects.requireNonNull(token, "token");
        this.seal = seal;
    }

    /**
     * Tells what the secret is found by.
     *
     * @return the id
     */
    public String id() {
        return id;
    }

    /**
     * Tells what the secret is called.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Tells when the secret was created.
     *
     * @return the time of its creation, to the microsecond
     */
    public Instant createdAt() {
        return Instant.ofEpochSecond(
                Math.floorDiv(createdAtMicros, MICROS_PER_SECOND),
                Math.floorMod(createdAtMicros, MICROS_PER_SECOND) * NANOS_PER_MICRO);
    }

    /**
     * Tells when the secret was created, as a number that every store can keep.
     *
     * @return microseconds since 1970, negative before
     */
    public long createdAtMicros() {
        return createdAtMicros;
    }

    /**
     * Tells what the application says about the secret.
     *
     * @return the metadata, immutable; a value may be null
     */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /**
     * Tells which key the token is under.
     *
     * @return the key's id
     */
    public String keyId() {
        return keyId;
    }

    /**
     * Tells the encrypted value.
     *
     * @return the token
     */
    public String token() {
        return token;
    }

    /**
     * Tells what authenticates the record, where its store {@linkplain SecretStore#keepsSeals keeps seals}.
     *
     * @return the seal, at most 64 ASCII characters; empty: none was given
     */
    public Optional<String> seal() {
        return Optional.ofNullable(seal);
    }

    /**
     * Describes the same secret by another token.
     *
     * @param keyId the id of the key that the new token is under
     * @param token the value, encrypted anew
     * @return a record with that key and token, without a seal, and everything else as it is here
     * @throws NullPointerException naming the argument that is null
     */
    public StoredSecret withToken(String keyId, String token) {
        return new StoredSecret(this, keyId, token, null);
    }

    /**
     * Gives the record a seal, or another one.
     *
     * @param seal what authenticates all that is here
     * @return a record with that seal, and everything else as it is here
     * @throws NullPointerException if the seal is null
     */
    public StoredSecret withSeal(String seal) {
        return new StoredSecret(this, keyId, token, Objects.requireNonNull(seal, "seal"));
    }

    /** What this record becomes by a swap: token, key and seal are the other's. */
    StoredSecret withTokenOf(StoredSecret other) {
        return new StoredSecret(this, other.keyId, other.token, other.seal);
    }

    /**
     * Tells whether another record is of the same secret: all is equal but, perhaps, the token, its key and
     * the seal.
     *
     * @param other the record to compare with
     * @return whether id, name, creation time and metadata are equal
     * @throws NullPointerException if the other record is null
     */
    public boolean sameButForToken(StoredSecret other) {
        return id.equals(other.id)
                && name.equals(other.name)
                && createdAtMicros == other.createdAtMicros
                && metadata.equals(other.metadata);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredSecret that
                && token.equals(that.token)
                && keyId.equals(that.keyId)
                && Objects.equals(seal, that.seal)
                && sameButForToken(that);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "StoredSecret[id=" + id + ", keyId=" + keyId + "]";
    }

    private static long micros(Instant time) {
        try {
            return Math.addExact(
                    Math.multiplyExact(time.getEpochSecond(), MICROS_PER_SECOND), time.getNano() / NANOS_PER_MICRO);
        } catch (ArithmeticException tooFar) {
            throw new IllegalArgumentException("createdAt must be within 292,000 years of 1970, but is " + time);
        }
    }
}
