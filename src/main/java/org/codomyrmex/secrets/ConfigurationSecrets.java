// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.codomyrmex.secrets.config.ConfigurationProblem;
import org.codomyrmex.secrets.config.ConfigurationTree;
import org.codomyrmex.secrets.config.Reference;
import org.codomyrmex.secrets.config.ScalarType;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the chosen values of a configuration into a manager, leaving references, and puts values back for references. */
final class ConfigurationSecrets {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    /** The metadata entry that remembers what a stored value was before it became text. */
    private static final String TYPE = "config_type";

    private final SecretOperations manager;
    private final AtomicBoolean warnedOfMemory = new AtomicBoolean();

    ConfigurationSecrets(SecretOperations manager) {
        this.manager = manager;
    }

    /** A value that will be encrypted: everything that can be wrong with it has been checked. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Chosen(ConfigurationTree.Leaf leaf, ScalarType type, byte[] value) {

        String secretName() {
            return "config_" + leaf.path();
        }

        @Override
        public String toString() {
            return leaf.path();
        }
    }

    Map<String, Object> encrypt(Map<String, ?> config, Collection<String> secretKeys, ReferenceKind kind) {
        return manager.perform(() -> {
            try {
                requireKeys(secretKeys);
                Objects.requireNonNull(config, "config");
                Objects.requireNonNull(secretKeys, "secretKeys");
                Objects.requireNonNull(kind, "kind");
                ConfigurationTree tree = ConfigurationTree.copyOf(Objects.requireNonNull(config, "config"));
                List<Chosen> chosen = chosen(tree, secretKeys, kind);
                try {
                    replace(chosen, kind);
                } finally {
                    chosen.forEach(each -> Arrays.fill(each.value(), (byte) 0));
                }
                return tree.toMap();
            } catch (ConfigurationProblem problem) {
                throw new ConfigurationException(String.valueOf(problem.getMessage()));
            }
        });
    }

    private static void requireKeys(Collection<String> secretKeys) {
        for (String key : Objects.requireNonNull(secretKeys, "secretKeys")) {
            if (Objects.requireNonNull(key, "a key in secretKeys").isEmpty()) {
                throw new IllegalArgumentException(
                        "A key in secretKeys is empty, expected the name of an entry or a path with dots.");
            }
        }
    }

    private List<Chosen> chosen(ConfigurationTree tree, Collection<String> secretKeys, ReferenceKind kind) {
        List<Chosen> chosen = new ArrayList<>();
        for (ConfigurationTree.Leaf leaf : tree.select(secretKeys, ConfigurationSecrets::warnOfAbsence)) {
            Object value = leaf.value();
            if (value instanceof String text && Reference.isMarked(text)) {
                resolve(leaf.path(), text);
            } else {
                chosen.add(checked(leaf, value, kind));
            }
        }
        return chosen;
    }

    private static void warnOfAbsence(String key) {
        LOG.warn("The configuration has no {}, so nothing was encrypted there.", Printable.of(key));
    }

    private static Chosen checked(ConfigurationTree.Leaf leaf, Object value, ReferenceKind kind) {
        try {
            Chosen chosen =
                    new Chosen(leaf, ScalarType.of(value), SecretText.bytesOf(ScalarType.textOf(value), "value"));
            if (kind == ReferenceKind.BY_ID) {
                SecretText.requireName(chosen.secretName());
            }
            return chosen;
        } catch (IllegalArgumentException refused) {
            throw new ConfigurationException(
                    "The value at " + Printable.of(leaf.path()) + " cannot be encrypted: " + refused.getMessage());
        }
    }

    /** All or nothing: what was stored is removed again if a later value cannot be. */
    private void replace(List<Chosen> all, ReferenceKind kind) {
        if (kind == ReferenceKind.BY_TOKEN) {
            for (Chosen each : all) {
                String token = manager.keys.underPrimary(ring -> ring.encryptAt(each.value(), manager.vault.now()));
                each.leaf().replace(Reference.toToken(each.type(), token).text());
            }
            return;
        }
        warnOfMemory(all);
        List<String> stored = new ArrayList<>();
        try {
            for (Chosen each : all) {
                Map<String, Object> metadata =
                        each.type() == ScalarType.STRING ? Map.of() : Map.of(TYPE, nameOf(each.type()));
                String id = manager.vault.newId();
                stored.add(id);
                manager.vault.insert(id, each.secretName(), each.value(), metadata);
                each.leaf().replace(Reference.toId(id).text());
            }
        } catch (RuntimeException failed) {
            stored.forEach(id -> remove(id, failed));
            throw failed;
        }
        LOG.debug("Stored {} secrets from a configuration.", stored.size());
    }

    private void remove(String id, RuntimeException failed) {
        try {
            manager.store.delete(id);
        } catch (RuntimeException left) {
            LOG.error("Secret {} was stored for a configuration that could not be encrypted; delete it.", id);
            failed.addSuppressed(left);
        }
    }

    private void warnOfMemory(List<Chosen> all) {
        if (!all.isEmpty() && manager.store instanceof InMemorySecretStore && !warnedOfMemory.getAndSet(true)) {
            LOG.warn(
                    "encrypted:{id} references resolve as long as this manager lives, for its secrets are in memory. For"
                            + " a configuration that is kept, use ReferenceKind.BY_TOKEN or a durable store.");
        }
    }

    Map<String, Object> decrypt(Map<String, ?> config) {
        return manager.perform(() -> {
            try {
                ConfigurationTree tree = ConfigurationTree.copyOf(Objects.requireNonNull(config, "config"));
                for (ConfigurationTree.Leaf leaf : tree.references()) {
                    leaf.replace(resolve(leaf.path(), (String) leaf.value()));
                }
                return tree.toMap();
            } catch (ConfigurationProblem problem) {
                throw new ConfigurationException(String.valueOf(problem.getMessage()));
            }
        });
    }

    /** The value that a reference stands for. */
    private Object resolve(String path, String text) {
        Reference reference = Reference.parse(text)
                .orElseThrow(() -> unresolved(
                        path,
                        "it begins with encrypted: and is neither an id of 32 hex digits nor a token. A value that really"
                                + " begins so cannot be told from a reference"));
        try {
            return reference.isId() ? byId(path, reference.id()) : byToken(path, reference);
        } catch (InvalidTokenException | UnreadableSecretException refused) {
            throw unresolved(path, String.valueOf(refused.getMessage()));
        }
    }

    private Object byId(String path, String id) {
        ScalarType type = manager.vault
                .found(() -> manager.store.findById(id))
                .map(secret -> secret.metadata().get(TYPE))
                .flatMap(ConfigurationSecrets::typeNamed)
                .orElse(ScalarType.STRING);
        byte[] value = manager.vault
                .open(() -> manager.store.findById(id))
                .orElseThrow(() -> unresolved(
                        path,
                        "there is no secret " + id + " in this manager's store. It was deleted, or replaced by"
                                + " rotateSecret, or stored by a manager whose secrets ended with it"));
        return typed(path, type, value);
    }

    private static Optional<ScalarType> typeNamed(Object name) {
        return Stream.of(ScalarType.values())
                .filter(type -> nameOf(type).equals(name))
                .findFirst();
    }

    private static String nameOf(ScalarType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private Object byToken(String path, Reference reference) {
        return typed(path, reference.type(), manager.tried(ring -> ring.decrypt(reference.token())));
    }

    private static Object typed(String path, ScalarType type, byte[] value) {
        String text = KeyOperations.text(value);
        try {
            return type.read(text);
        } catch (IllegalArgumentException otherType) {
            throw unresolved(path, "what it holds is not of the type it is marked with");
        }
    }

    private static ConfigurationException unresolved(String path, String why) {
        return new ConfigurationException("The reference at " + Printable.of(path) + " does not resolve: " + why + ".");
    }
}
