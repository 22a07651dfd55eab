// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which keyring a manager in use accepts from its source, and what becomes of the keys that it holds. Older and other rings
 * are told by what the manager remembers: a process that starts accepts any.
 */
final class AcceptanceRules {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private final ReloadedSource source;

    /** The keys of which a warning said that the source no longer has them. */
    private final Set<String> saidGone = ConcurrentHashMap.newKeySet();

    /** Never primary again, whatever the source says. */
    private final Set<String> destroyed = ConcurrentHashMap.newKeySet();

    AcceptanceRules(ReloadedSource source) {
        this.source = source;
    }

    /** A key that this manager destroyed itself: its absence needs no warning, its return as the primary is refused. */
    void noteDestroyed(String keyId) {
        saidGone.add(keyId);
        destroyed.add(keyId);
    }

    /**
     * Refuses a ring whose primary key was destroyed here; and a sealed one that makes a retired key the primary while it
     * lacks the former primary, which only an older copy does.
     */
    void requireAcceptable(KeyringSnapshot found, @Nullable Keyring held, Optional<KeyringSnapshot> accepted) {
        requireNotDestroyed(found.keyring());
        if (found.ringId().isPresent() && held != null && accepted.isPresent()) {
            String primary = found.keyring().primary().id();
            String former = accepted.get().keyring().primary().id();
            if (!primary.equals(former)
                    && held.contains(primary)
                    && !found.keyring().contains(former)) {
                throw new KeyringException(
                        UNAVAILABLE,
                        "The sealed ring was replaced by an older one: its primary key " + primary
                                + " is retired here, and it lacks key " + former
                                + ", which was the primary. Put the newer one back. If the older one is meant, restart the"
                                + " processes that use it, then rotate the key.");
            }
        }
    }

    void requireNotDestroyed(Keyring found) {
        String primary = found.primary().id();
        if (destroyed.contains(primary)) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The primary key " + primary
                            + " of the keyring was destroyed by this manager, so an older keyring was"
                            + " put in its place. Put the newer one back. If the older one is meant, restart the processes"
                            + " that use it, then rotate the key.");
        }
    }

    /** The keys of the source, in its order, then those that are held and that it no longer has. */
    Keyring merged(Keyring fresh, @Nullable Keyring held) {
        Map<String, FernetKey> next = new LinkedHashMap<>();
        for (FernetKey key : fresh.keys()) {
            Optional<FernetKey> own = held == null ? Optional.empty() : held.key(key.id());
            if (own.isPresent() && !own.get().equals(key)) {
                throw new KeyringException(
                        UNAVAILABLE,
                        "The keyring has a key with the id " + key.id() + " of another key, which this manager uses."
                                + " Remove the one that was made on purpose.");
            }
            if (own.isPresent()) {
                source.dropSurplus(key);
            }
            next.put(key.id(), own.orElseGet(() -> source.owned(key)));
        }
        if (held != null) {
            held.keys().forEach(key -> next.putIfAbsent(key.id(), key));
        }
        warnOfKeysGone(held, fresh);
        return Keyring.of(List.copyOf(next.values()));
    }

    private void warnOfKeysGone(@Nullable Keyring held, Keyring fresh) {
        List<String> gone = held == null
                ? List.of()
                : held.keyIds().stream()
                        .filter(id -> !fresh.contains(id) && saidGone.add(id))
                        .toList();
        if (!gone.isEmpty()) {
            LOG.warn(
                    "The keyring no longer has {}; this manager still does, and reads with it until it is closed.",
                    String.join(", ", gone));
        }
    }
}
