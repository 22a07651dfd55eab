// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.IN_USE;

import java.nio.CharBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.Rotation;
import org.codomyrmex.secrets.store.RotationHistory;
import org.codomyrmex.secrets.store.RotationLog;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;

/**
 * Where keys and store meet: a value goes in under the primary key and comes out under the key its record names. Holds
 * neither keys nor values. Its two loops keep storing and reading safe while other processes rotate and destroy keys: a
 * writer whose key is forbidden reloads the keys, and a reader that lacks a record's key reloads the keys, then reads
 * the record again.
 */
final class SecretVault {

    private static final int ID_BYTES = 16;

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** Each further attempt means that somebody rotated in between. */
    private static final int ATTEMPTS = 16;

    private final SecretStore store;
    private final LiveKeyring keys;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    /** What authenticates the records of this store. */
    final RecordSeals seals;

    /** Kept here for a store that keeps no history itself. */
    private final RotationLog log = new RotationLog();

    SecretVault(SecretStore store, LiveKeyring keys, InstantSource clock) {
        this.store = store;
        this.keys = keys;
        this.clock = clock;
        this.seals = new RecordSeals(store);
    }

    /** Stores a value; the metadata is immutable already. Returns the new id. */
    String insert(String name, byte[] value, Map<String, Object> metadata) {
        String id = newId();
        insert(id, name, value, metadata);
        return id;
    }

    /** The same under an id that was drawn before. */
    void insert(String id, String name, byte[] value, Map<String, Object> metadata) {
        Instant createdAt = now();
        written(ring -> recordOf(ring, id, name, createdAt, metadata, value), store::insert);
    }

    /** Replaces every secret of a name by one with a new value. */
    SecretRotation rotate(String name, byte[] value) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String id = newId();
            Instant rotatedAt = now();
            Optional<StoredSecret> first = found(() -> store.findByName(name));
            Optional<String> previousId = first.map(StoredSecret::id);
            Map<String, Object> metadata = rotated(first, rotatedAt);
            WriteOutcome outcome = written(
                    ring -> recordOf(ring, id, name, rotatedAt, metadata, value),
                    secret -> store.replaceNamed(previousId, secret));
            if (outcome == WriteOutcome.DONE) {
                if (!(store instanceof RotationHistory)) {
                    log.add(new Rotation(name, id, previousId, rotatedAt));
                }
                return new SecretRotation(name, id, previousId, rotatedAt);
            }
        }
        throw new StoreException("The secret was replaced by others " + ATTEMPTS
                + " times while its value was being rotated. Nothing was changed here; rotate it from one place.");
    }

    RotationHistory history() {
        return store instanceof RotationHistory kept ? kept : log;
    }

    private static Map<String, Object> rotated(Optional<StoredSecret> first, Instant rotatedAt) {
        Map<String, String> further = new LinkedHashMap<>();
        first.ifPresent(previous -> further.put("rotated_from", previous.id()));
        further.put("rotation_time", rotatedAt.toString());
        return Metadata.with(first.map(StoredSecret::metadata).orElse(Map.of()), further);
    }

    private StoredSecret recordOf(
            Keyring ring, String id, String name, Instant createdAt, Map<String, Object> metadata, byte[] value) {
        FernetKey primary = ring.primary();
        String token = ring.encryptAt(value, createdAt);
        return seals.sealed(new StoredSecret(id, name, createdAt, metadata, primary.id(), token), primary);
    }

    /** Writes a secret under the primary key, and again under the next primary if the store forbids that key. */
    WriteOutcome written(Function<Keyring, StoredSecret> make, Function<StoredSecret, WriteOutcome> write) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            StoredSecret secret = keys.underPrimary(make);
            WriteOutcome outcome = write.apply(secret);
            if (outcome != WriteOutcome.KEY_FORBIDDEN) {
                return outcome;
            }
            if (keys.reloadedForChange().keyring().primary().id().equals(secret.keyId())) {
                throw new KeyringException(
                        IN_USE,
                        "The store forbids key " + secret.keyId()
                                + " because it was destroyed, but it is the primary"
                                + " key of this keyring. Nothing was stored; make another key the primary with rotateKey.");
            }
        }
        throw new StoreException("The store refused " + ATTEMPTS + " primary keys one after the other, each destroyed"
                + " while it was in use. Nothing was stored; rotate and destroy less often.");
    }

    /** Finds and opens a secret. After a reload of the keys, the record is read again. */
    Optional<byte[]> open(Supplier<Optional<StoredSecret>> find) {
        return read(find, (ring, secret) -> ring.decryptUnder(secret.keyId(), secret.token()));
    }

    /** Finds what is said about a secret; where the store keeps seals, the keys must say that it is true. */
    Optional<StoredSecret> found(Supplier<Optional<StoredSecret>> find) {
        return seals.areKept() ? read(find, (ring, secret) -> secret) : find.get();
    }

    /** Shows all that {@link #found} would find, and warns of what it would refuse. */
    void forEach(Consumer<? super StoredSecret> action) {
        IntactSecrets intact = new IntactSecrets(seals, keys, action);
        store.forEach(seals.areKept() ? intact : action);
        intact.warn();
    }

    private <T> Optional<T> read(Supplier<Optional<StoredSecret>> find, BiFunction<Keyring, StoredSecret, T> use) {
        Keyring ring = null;
        String given = "";
        while (true) {
            Optional<StoredSecret> found = find.get();
            if (found.isEmpty()) {
                return Optional.empty();
            }
            StoredSecret secret = found.get();
            ring = ring == null ? keys.forReading() : ring;
            RecordSeals.State state = seals.stateOf(secret, ring);
            if (state == RecordSeals.State.TAMPERED) {
                throw tampered(secret);
            }
            try {
                if (state == RecordSeals.State.INTACT) {
                    return Optional.of(use.apply(ring, secret));
                }
            } catch (InvalidTokenException refused) {
                if (refused.reason() != NOT_AUTHENTIC) {
                    throw unreadable(secret, ring);
                }
            }
            if (secret.token().equals(given)) {
                throw unreadable(secret, ring);
            }
            given = secret.token();
            ring = keys.afterUnknownToken();
        }
    }

    private static UnreadableSecretException tampered(StoredSecret secret) {
        return new UnreadableSecretException("Secret " + Printable.of(secret.id())
                + " was changed in the store behind its back: "
                + (secret.seal().isPresent() ? "its seal is that of another record" : "it has no seal, or is damaged")
                + ". Restore it from a backup, or delete it.");
    }

    private static UnreadableSecretException unreadable(StoredSecret secret, Keyring ring) {
        String tried = String.join(", ", ring.keyIds());
        return new UnreadableSecretException(
                ring.contains(secret.keyId())
                        ? "Secret " + Printable.of(secret.id()) + " is damaged: key " + Printable.of(secret.keyId())
                                + ", which it is said to be under, does not open it, nor does any other of " + tried
                                + ". Restore the store from a backup."
                        : "Secret " + Printable.of(secret.id()) + " is under key " + Printable.of(secret.keyId())
                                + ", which is not among the "
                                + ring.keyIds().size() + " keys of this keyring (" + tried
                                + "). Restore the ring that has it.");
    }

    /** A secret's value as text; its bytes are wiped. */
    static String text(byte[] value, String secret) {
        return SecretText.textOf(value).orElseThrow(() -> notText(secret));
    }

    /** A secret's value as characters, which the caller wipes; its bytes are wiped. */
    static char[] characters(byte[] value, String secret) {
        CharBuffer buffer = SecretText.charsOf(value).orElseThrow(() -> notText(secret));
        char[] characters = Arrays.copyOf(buffer.array(), buffer.limit());
        Arrays.fill(buffer.array(), '\0');
        Arrays.fill(value, (byte) 0);
        return characters;
    }

    private static UnreadableSecretException notText(String secret) {
        return new UnreadableSecretException(
                "Secret " + secret + " is not UTF-8 text, so it cannot be read as text. Read it with getSecretBytes.");
    }

    static SecretInfo infoOf(StoredSecret secret) {
        return new SecretInfo(secret.id(), secret.name(), secret.createdAt(), secret.metadata(), secret.keyId());
    }

    /** The present, as precise as every store keeps it. */
    Instant now() {
        return present().truncatedTo(ChronoUnit.MICROS);
    }

    /** The present; tokens count from 1970, and a clock that is set before is no mistake of the caller's. */
    Instant present() {
        Instant present = clock.instant();
        if (present.isBefore(Instant.EPOCH) || present.isAfter(LATEST)) {
            throw new CodomyrmexException("The clock shows " + present
                    + ", expected a time from 1970 to 9999, the range of tokens and stores. Correct the clock.");
        }
        return present;
    }

    String newId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
