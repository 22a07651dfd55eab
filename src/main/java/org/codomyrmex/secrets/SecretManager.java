// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps secrets encrypted in a store, under keys that it loads or creates, rotates and destroys without losing anything:
 * class {@code SecretManager} of the Codomyrmex specification "Secrets Management" 1.0.
 *
 * <p>Thread-safe. No plaintext is kept: the store holds Fernet tokens, the keyring holds keys, until the manager is closed.
 * Names and metadata are stored in clear. Beside what each method says, every one throws {@link NullPointerException}
 * for a null argument, {@link StoreException} where the store cannot be reached, {@link KeyringException} where the keys
 * cannot be read or may not be used, and {@link IllegalStateException} once the manager is closed; each error is logged
 * once, before it reaches the caller.
 */
public final class SecretManager extends SecretOperations implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private final boolean shared;

    /**
     * Opens the default key file or creates it ({@code ~/.codomyrmex/secrets.key} if no setting names another), with
     * secrets in memory.
     *
     * @throws KeyringException where the keys cannot be found, read or created
     */
    public SecretManager() {
        this(builder().opened());
    }

    /**
     * Opens a key file or creates it, with its directory; secrets are in memory.
     *
     * @param keyFile the key file
     * @throws KeyringException where the keys cannot be read or created
     * @throws IllegalArgumentException if the path is empty or probably not meant literally: it begins with {@code ~}
     *     or {@code file:}, begins or ends with a quotation mark or white space, or contains an unexpanded variable
     */
    public SecretManager(Path keyFile) {
        this(builder()
                .keyring(ErrorLog.logging(() -> FileKeyringSource.at(keyFile)))
                .opened());
    }

    private SecretManager(Opened with) {
        super(with.store, with.keys, with.clock, with.keyFile);
        this.shared = with.shared;
    }

    /** What a builder opened. */
    private record Opened(
            SecretStore store, LiveKeyring keys, InstantSource clock, Optional<Path> keyFile, boolean shared) {}

    /**
     * Returns a builder to choose keys, store and clock.
     *
     * @return a builder set to the default keys and secrets in memory
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A manager with a fresh key and without any file, for unit tests. Key and secrets are gone with it.
     *
     * @return the manager
     */
    public static SecretManager inMemory() {
        return builder().keyring(new InMemoryKeyringSource()).build();
    }

    /**
     * Closes the manager: running operations finish, later ones throw {@link IllegalStateException}, and its keys are
     * dropped when the last operation has ended. May be called twice. A keyring or store that the caller gave it stays as
     * it is. Closing the manager that {@link Secrets} shares does nothing, because others use it.
     */
    @Override
    public void close() {
        // A container that manages the default manager calls this at each shutdown.
        if (!shared) {
            gate.close();
        }
    }

    /** {@return what it is, without anything it holds} */
    @Override
    public String toString() {
        return "SecretManager[" + keyFile.map(Path::toString).orElse("no key file") + "]";
    }

    /** Makes a {@link SecretManager} with other keys, another store or another clock. Thread-safe. */
    public static final class Builder {

        private final DefaultKeys defaults = DefaultKeys.ofThisProcess();
        private volatile @Nullable KeyringSource keyring;
        private volatile @Nullable SecretStore store;
        private volatile InstantSource clock = InstantSource.system();
        private volatile InstantSource wall = InstantSource.system();
        private volatile boolean existingKeyRequired;
        private volatile boolean createdLater;
        private volatile boolean shared;

        private Builder() {}

        /**
         * Takes the keys from here instead of from the default key file.
         *
         * @param source where the keyring is kept
         * @return this builder
         */
        public Builder keyring(KeyringSource source) {
            keyring = ErrorLog.required(source, "source");
            return this;
        }

        /**
         * Keeps the secrets here instead of in memory.
         *
         * @param secrets the store; use it with one keyring only
         * @return this builder
         */
        public Builder store(SecretStore secrets) {
            store = ErrorLog.required(secrets, "secrets");
            return this;
        }

        /**
         * Reads the time here: for tokens, creation times and ages.
         *
         * @param source the clock
         * @return this builder
         */
        public Builder clock(InstantSource source) {
            clock = ErrorLog.required(source, "source");
            return this;
        }

        /**
         * Never creates a key: an absent one is an error.
         *
         * @return this builder
         */
        public Builder requireExistingKey() {
            existingKeyRequired = true;
            return this;
        }

        /**
         * Creates no key on opening. If there is none, gets and lists return nothing, and an operation that needs a key
         * fails with {@link KeyringException.Reason#ABSENT}, until the first call that encrypts creates one: storing,
         * rotating or {@code encrypt}. An application that only reads therefore never creates a key at a wrong path.
         *
         * @return this builder
         */
        public Builder createKeyOnFirstEncryption() {
            createdLater = true;
            return this;
        }

        /** The wall clock that decides whether the keys are fresh; for tests, which cannot set the system clock. */
        Builder wall(InstantSource source) {
            wall = source;
            return this;
        }

        Builder shared() {
            shared = true;
            return this;
        }

        /**
         * Opens the manager and loads its keys. A key is created only where none can have existed: not if an existing one
         * is required, and not for a store that already holds secrets.
         *
         * @return the manager
         * @throws KeyringException where the keys cannot be found, read or created
         * @throws StoreException where the store cannot be reached
         */
        public SecretManager build() {
            return new SecretManager(opened());
        }

        private Opened opened() {
            return ErrorLog.logging(() -> {
                KeyringSource given = keyring;
                KeyringSource source = given == null ? defaults.source() : given;
                SecretStore kept = store;
                SecretStore secrets = kept == null ? new InMemorySecretStore() : kept;
                // Read the setting first: an invalid value is an error even if it would not matter.
                boolean required = defaults.existingKeyRequired() || existingKeyRequired;
                KeyCreation.When when = required
                        ? KeyCreation.When.NEVER
                        : createdLater ? KeyCreation.When.AT_FIRST_ENCRYPTION : KeyCreation.When.AT_OPENING;
                LiveKeyring keys = new LiveKeyring(source, new KeyCreation(when, secrets::countsByKey), wall);
                if (!keys.isAbsent()) {
                    warnOfMissingKeys(keys, secrets.countsByKey());
                }
                Optional<Path> keyFile =
                        source instanceof FileKeyringSource file ? Optional.of(file.keyFile()) : Optional.empty();
                return new Opened(secrets, keys, clock, keyFile, shared);
            });
        }

        private static void warnOfMissingKeys(LiveKeyring keys, Map<String, Long> counts) {
            List<String> missing = counts.entrySet().stream()
                    .filter(entry -> !keys.forReading().contains(entry.getKey()))
                    .map(entry -> Printable.of(entry.getKey()) + " (" + entry.getValue() + ")")
                    .sorted()
                    .toList();
            if (!missing.isEmpty()) {
                LOG.warn(
                        "The store holds secrets under keys that the keyring lacks, and which cannot be read: {}. Restore"
                                + " the ring that has them.",
                        String.join(", ", missing));
            }
        }
    }
}
