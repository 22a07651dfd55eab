// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.codomyrmex.secrets.store.Rotation;
import org.codomyrmex.secrets.store.SecretStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The half of a {@link SecretManager} that is about stored secrets. */
abstract sealed class SecretOperations extends KeyOperations permits SecretManager {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    /** Encrypts and decrypts configurations for {@link Secrets}. */
    final ConfigurationSecrets configurations = new ConfigurationSecrets(this);

    SecretOperations(SecretStore store, LiveKeyring keys, InstantSource clock, Optional<Path> keyFile) {
        super(store, keys, clock, keyFile);
    }

    /**
     * Encrypts and stores a secret.
     *
     * @param name 1 to 1,024 characters; several secrets may have one name
     * @param value the secret, at most 16 MiB of UTF-8
     * @return the new secret's id: 32 lower-case hex digits from 16 random bytes
     * @throws IllegalArgumentException where name or value is not such
     */
    public String storeSecret(String name, String value) {
        return storeSecret(name, value, Map.of());
    }

    /**
     * Encrypts and stores a secret with a description.
     *
     * @param name 1 to 1,024 characters; several secrets may have one name
     * @param value the secret, at most 16 MiB of UTF-8
     * @param metadata kept in clear: names to null, String, number, Boolean, List or Map of the same; copied deeply
     * @return the new secret's id
     * @throws IllegalArgumentException where an argument is not such
     */
    public String storeSecret(String name, String value, Map<String, ?> metadata) {
        return perform(() -> {
            byte[] bytes = SecretText.bytesOf(value, "value");
            try {
                return stored(name, bytes, metadata);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        });
    }

    /**
     * Encrypts and stores a secret that is not text: a keystore, a certificate.
     *
     * @param name 1 to 1,024 characters; several secrets may have one name
     * @param value the secret, at most 16 MiB; not kept
     * @param metadata as for text
     * @return the new secret's id
     * @throws IllegalArgumentException where an argument is not such
     */
    public String storeSecret(String name, byte[] value, Map<String, ?> metadata) {
        return perform(() -> stored(name, SecretText.requireSize(value, "value"), metadata));
    }

    private String stored(String name, byte[] value, Map<String, ?> metadata) {
        SecretText.requireName(name);
        Map<String, Object> described = Metadata.copyOf(Objects.requireNonNull(metadata, "metadata"));
        String id = vault.insert(name, value, described);
        if (LOG.isDebugEnabled()) {
            LOG.debug("Stored secret {}, named {}.", id, Printable.of(name));
        }
        return id;
    }

    /**
     * Decrypts a secret.
     *
     * @param secretId its id
     * @return its value; empty where no secret has this id
     * @throws UnreadableSecretException where no key opens it, or it is not text
     */
    public Optional<String> getSecret(String secretId) {
        return perform(() -> byId(secretId).map(value -> SecretVault.text(value, secretId)));
    }

    /**
     * Decrypts the earliest secret of a name that is still stored.
     *
     * @param name the name
     * @return its value; empty where no secret has this name
     * @throws UnreadableSecretException where no key opens it, or it is not text
     */
    public Optional<String> getSecretByName(String name) {
        return perform(() -> {
            Objects.requireNonNull(name, "name");
            return vault.open(() -> store.findByName(name)).map(value -> SecretVault.text(value, "of that name"));
        });
    }

    /**
     * Decrypts a secret that need not be text.
     *
     * @param secretId its id
     * @return its bytes, which are the caller's to wipe; empty where no secret has this id
     * @throws UnreadableSecretException where no key opens it
     */
    public Optional<byte[]> getSecretBytes(String secretId) {
        return perform(() -> byId(secretId));
    }

    /**
     * Decrypts a secret for a moment, without making a String of it.
     *
     * @param <T> what is made of it
     * @param secretId its id
     * @param use is given the characters, which are wiped when it returns or throws; what it throws reaches the caller
     * @return what {@code use} returned; empty where that is null, or no secret has this id
     * @throws UnreadableSecretException where no key opens it, or it is not text
     */
    public <T> Optional<T> useSecret(String secretId, Function<char[], T> use) {
        Optional<char[]> characters = perform(() -> {
            Objects.requireNonNull(use, "use");
            return byId(secretId).map(value -> SecretVault.characters(value, secretId));
        });
        try {
            return characters.map(use);
        } finally {
            characters.ifPresent(wiped -> Arrays.fill(wiped, '\0'));
        }
    }

    private Optional<byte[]> byId(String secretId) {
        Objects.requireNonNull(secretId, "secretId");
        return vault.open(() -> store.findById(secretId));
    }

    /**
     * {@return the description of a secret, which is not decrypted; empty where no secret has this id}
     *
     * @param secretId its id
     */
    public Optional<SecretInfo> describeSecret(String secretId) {
        return perform(() -> {
            Objects.requireNonNull(secretId, "secretId");
            return vault.found(() -> store.findById(secretId)).map(SecretVault::infoOf);
        });
    }

    /** {@return the descriptions of all secrets in order, none decrypted; what was tampered with is left out, with a warning} */
    public List<SecretInfo> listSecrets() {
        return perform(() -> {
            List<SecretInfo> all = new ArrayList<>();
            vault.forEach(secret -> all.add(SecretVault.infoOf(secret)));
            return List.copyOf(all);
        });
    }

    /**
     * Describes all secrets as {@link #listSecrets} does, but one after the other, however many there are.
     *
     * @param action is given each description, in the order in which they were stored; what it throws reaches the caller
     */
    public void forEachSecret(Consumer<SecretInfo> action) {
        List<RuntimeException> thrown = new ArrayList<>(1);
        perform(() -> {
            Objects.requireNonNull(action, "action");
            try {
                vault.forEach(secret -> {
                    try {
                        action.accept(SecretVault.infoOf(secret));
                    } catch (RuntimeException callers) {
                        thrown.add(callers);
                        throw callers;
                    }
                });
            } catch (RuntimeException failed) {
                if (thrown.isEmpty()) {
                    throw failed;
                }
            }
            return thrown;
        });
        if (!thrown.isEmpty()) {
            throw thrown.get(0);
        }
    }

    /**
     * Removes a secret.
     *
     * @param secretId its id
     * @return whether there was one with this id
     */
    public boolean deleteSecret(String secretId) {
        return perform(() -> {
            Objects.requireNonNull(secretId, "secretId");
            boolean deleted = store.delete(secretId);
            LOG.debug("Deleted {}.", deleted ? "secret " + secretId : "nothing: there is no secret with this id");
            return deleted;
        });
    }

    /**
     * Replaces all secrets of a name by one with a new value, in one step. It keeps the metadata of the earliest, and adds
     * {@code rotated_from}, that one's id, and {@code rotation_time} (ISO 8601). The former ids no longer resolve.
     *
     * @param name the name; it need not exist yet
     * @param newValue the new value, at most 16 MiB of UTF-8
     * @return what was replaced by what
     * @throws IllegalArgumentException where name or value is not such
     */
    public SecretRotation rotateSecret(String name, String newValue) {
        return perform(() -> {
            byte[] bytes = SecretText.bytesOf(newValue, "newValue");
            try {
                return rotated(name, bytes);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        });
    }

    /**
     * The same with a value that is not text.
     *
     * @param name the name; it need not exist yet
     * @param newValue the new value, at most 16 MiB; not kept
     * @return what was replaced by what
     */
    public SecretRotation rotateSecret(String name, byte[] newValue) {
        return perform(() -> rotated(name, SecretText.requireSize(newValue, "newValue")));
    }

    private SecretRotation rotated(String name, byte[] newValue) {
        SecretRotation rotation = vault.rotate(SecretText.requireName(name), newValue);
        LOG.debug(
                "Secret {} replaces {}.",
                rotation.newId(),
                rotation.previousId().orElse("none"));
        return rotation;
    }

    /** {@return what {@code rotateSecret} did, in order; a store in memory keeps the newest 10,000} */
    public List<SecretRotation> rotationHistory() {
        return perform(() -> rotations(vault.history().rotations()));
    }

    /**
     * {@return what {@code rotateSecret} did to one name, in order}
     *
     * @param name the name
     */
    public List<SecretRotation> rotationHistory(String name) {
        return perform(() -> rotations(vault.history().rotations(name)));
    }

    private static List<SecretRotation> rotations(Collection<Rotation> kept) {
        return kept.stream()
                .map(each -> new SecretRotation(each.name(), each.newId(), each.previousId(), each.rotatedAt()))
                .toList();
    }

    /**
     * How old a secret is: the earliest of its name.
     *
     * @param name the name
     * @param maxAge the limit; a secret is stale when it is older
     * @return its age; empty where no secret has this name
     * @throws IllegalArgumentException where the limit is negative
     */
    public Optional<SecretAge> checkSecretAge(String name, Duration maxAge) {
        return perform(() -> {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(maxAge, "maxAge");
            if (maxAge.isNegative()) {
                throw new IllegalArgumentException("maxAge is " + maxAge + ", expected zero or more");
            }
            return vault.found(() -> store.findByName(name)).map(secret -> {
                Instant createdAt = secret.createdAt();
                Duration age = Duration.between(createdAt, vault.now());
                return new SecretAge(name, age, maxAge, age.compareTo(maxAge) > 0, createdAt);
            });
        });
    }
}
