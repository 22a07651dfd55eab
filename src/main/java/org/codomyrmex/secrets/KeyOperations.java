// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.SecretStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The half of a {@link SecretManager} that is about keys, and about the tokens an application keeps itself. Every public
 * operation goes through {@link #perform}: counted, so that closing lets it finish, and logged once if it fails.
 */
abstract sealed class KeyOperations permits SecretOperations {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    final SecretStore store;
    final LiveKeyring keys;
    private final KeyringChanges changes;
    final SecretVault vault;
    final OperationGate gate;
    final Optional<Path> keyFile;

    KeyOperations(SecretStore store, LiveKeyring keys, InstantSource clock, Optional<Path> keyFile) {
        this.store = store;
        this.keys = keys;
        this.keyFile = keyFile;
        this.changes = new KeyringChanges(keys);
        this.vault = new SecretVault(store, keys, clock);
        this.gate = new OperationGate(keys::close);
    }

    /** Runs an operation; its failure is logged here, once. */
    final <T> T perform(Supplier<T> operation) {
        return ErrorLog.logging(() -> {
            gate.enter();
            try {
                return operation.get();
            } finally {
                gate.leave();
            }
        });
    }

    /**
     * Encrypts text that the application keeps itself.
     *
     * @param value the text
     * @return a Fernet token under the primary key
     * @throws IllegalArgumentException where the text has an unpaired surrogate or more than 16 MiB
     */
    public String encrypt(String value) {
        return perform(() -> {
            byte[] bytes = SecretText.bytesOf(value, "value");
            try {
                return encrypted(bytes);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        });
    }

    /**
     * Encrypts bytes that the application keeps itself.
     *
     * @param value at most 16 MiB
     * @return a Fernet token under the primary key
     * @throws IllegalArgumentException where there are more
     */
    public String encrypt(byte[] value) {
        return perform(() -> encrypted(SecretText.requireSize(value, "value")));
    }

    private String encrypted(byte[] value) {
        return keys.underPrimary(ring -> ring.encryptAt(value, vault.present()));
    }

    /**
     * Decrypts a token that holds text, whatever its age.
     *
     * @param token the token
     * @return the text
     * @throws InvalidTokenException where no key opens it, or it is not text
     */
    public String decrypt(String token) {
        return perform(() -> text(tried(ring -> ring.decrypt(token))));
    }

    /**
     * Decrypts a token that holds text, if it is young enough.
     *
     * @param token the token
     * @param ttl how old it may be, in whole seconds
     * @return the text
     * @throws InvalidTokenException where no key opens it, it is not text, too old, or more than 60 s in the future
     * @throws IllegalArgumentException where the time to live is negative
     */
    public String decrypt(String token, Duration ttl) {
        return perform(() -> text(tried(ring -> ring.decryptAt(token, ttl, vault.present()))));
    }

    /**
     * Decrypts a token, whatever its age.
     *
     * @param token the token
     * @return the bytes
     * @throws InvalidTokenException where no key opens it
     */
    public byte[] decryptBytes(String token) {
        return perform(() -> tried(ring -> ring.decrypt(token)));
    }

    /**
     * Encrypts again, under the primary key, what a token holds. Its timestamp is kept.
     *
     * @param token a token of any key of the ring
     * @return a token under the primary key
     * @throws InvalidTokenException where no key opens it
     */
    public String reencrypt(String token) {
        return perform(() -> {
            if (Fernet.isWellFormed(token)) {
                keys.reloadedForChange();
            } else {
                // A malformed token triggers no reload and creates no key.
                keys.forReading();
            }
            return named(() -> keys.underPrimary(ring -> ring.reencrypt(token)));
        });
    }

    /**
     * Which key of the ring made a token. Authenticates, decrypts nothing.
     *
     * @param token the token
     * @return the key's id; empty where no key of the ring made it, or it is no token
     */
    public Optional<String> keyIdOf(String token) {
        return perform(() -> {
            if (!Fernet.isWellFormed(token) || keys.isAbsent()) {
                return Optional.empty();
            }
            Optional<String> known = keys.forReading().keyIdOf(token);
            return known.isPresent() ? known : keys.afterUnknownToken().keyIdOf(token);
        });
    }

    /** Tries the known keys, and once more after a reload if none of them made the token. */
    final <T> T tried(Function<Keyring, T> use) {
        try {
            return use.apply(keys.forReading());
        } catch (InvalidTokenException refused) {
            rethrowUnlessForeign(refused);
            return named(() -> use.apply(keys.afterUnknownToken()));
        }
    }

    /** Adds to the error for an unknown token where the keys that were tried come from. */
    private <T> T named(Supplier<T> attempt) {
        try {
            return attempt.get();
        } catch (InvalidTokenException refused) {
            rethrowUnlessForeign(refused);
            throw keyFile.map(file -> new InvalidTokenException(
                            refused.reason(),
                            refused.getMessage() + " The keyring was read from the key file " + file + "."))
                    .orElse(refused);
        }
    }

    private static void rethrowUnlessForeign(InvalidTokenException refused) {
        if (refused.reason() != InvalidTokenException.Reason.NOT_AUTHENTIC) {
            throw refused;
        }
    }

    /** The content of a token as text. */
    static String text(byte[] content) {
        return SecretText.textOf(content)
                .orElseThrow(() -> new InvalidTokenException(
                        InvalidTokenException.Reason.NOT_TEXT,
                        "The token is authentic, but its content is not UTF-8 text. Read it with decryptBytes."));
    }

    /**
     * Makes a new key the primary, durably, and then re-encrypts the store as {@link #rekey()} does. Ids and values stay
     * valid, and so do tokens under the former keys. A secret that cannot be re-encrypted is logged and stays as it was.
     *
     * @return the new key's id
     * @throws KeyringException where the keyring cannot be changed here; the message says which state is in place
     */
    public String rotateKey() {
        return perform(() -> {
            FernetKey key = FernetKey.generate();
            if (keys.isAbsent()) {
                keys.underPrimary(ring -> ring);
            }
            changes.rotateTo(key);
            LOG.info("Key {} is the primary key now.", key.id());
            new Rekeying(store, keys, vault, null).afterRotation();
            return key.id();
        });
    }

    /**
     * Re-encrypts every stored secret that is not under the primary key. The keyring is reloaded first, so that a
     * rotation by another process is taken into account. May be repeated or interrupted: the next run does what is
     * left, and an interrupted thread keeps its interrupt status. Only a report with {@code remaining=0} proves that
     * nothing in the store is under a former key.
     *
     * @return what was done, and what is left
     * @throws KeyringException where the keys cannot be read
     */
    public RekeyReport rekey() {
        return perform(() -> new Rekeying(store, keys, vault, null).run());
    }

    /**
     * The same, telling how it goes on.
     *
     * @param progress told now and then in this thread, and at the end
     * @return what was done
     * @throws KeyringException where the keys cannot be read
     */
    public RekeyReport rekey(RekeyListener progress) {
        return perform(() -> {
            Objects.requireNonNull(progress, "progress");
            return new Rekeying(store, keys, vault, progress).run();
        });
    }

    /**
     * Lists the keys that this manager decrypts with. The keyring is reloaded first.
     *
     * @return the primary first; empty if there is no keyring yet
     */
    public List<KeyInfo> listKeys() {
        return perform(() -> {
            Optional<Keyring> known = keys.reloadedKeys();
            Map<String, Long> counts = store.countsByKey();
            return known.stream()
                    .flatMap(ring -> ring.keyIds().stream()
                            .map(id -> new KeyInfo(id, id.equals(ring.primary().id()), counts.getOrDefault(id, 0L))))
                    .toList();
        });
    }

    /**
     * Destroys a retired key that nothing in this manager's store is under. <b>Other stores, configuration files and
     * tokens that the application keeps are not counted: re-encrypt them first, or they are lost.</b> Waits up to about
     * two seconds, until every live manager has seen that the key is retired; from then on this manager's store refuses
     * the key.
     *
     * @param keyId the key's id
     * @return false where there is no such key
     * @throws KeyringException where the key is the primary or still in use ({@code IN_USE}), or the keyring cannot be
     *     changed
     */
    public boolean destroyKey(String keyId) {
        return perform(() -> {
            Objects.requireNonNull(keyId, "keyId");
            boolean destroyed = changes.destroy(keyId, () -> {
                if (!store.forbid(keyId)) {
                    long count = Math.max(1, store.countsByKey().getOrDefault(keyId, 0L));
                    throw new KeyringException(
                            KeyringException.Reason.IN_USE,
                            "Key " + keyId + " still has " + count + " secrets of this manager's store under it."
                                    + " Re-encrypt them with rekey(), or delete them, first.");
                }
                return true;
            });
            if (destroyed) {
                LOG.info("Key {} is destroyed.", keyId);
            }
            return destroyed;
        });
    }

    /**
     * Where the keys are.
     *
     * @return the key file, beside which the ring is; empty where the keys are in no file
     */
    public Optional<Path> keyFile() {
        return perform(() -> keyFile);
    }
}
