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
 * Decides which keyrings a running manager accepts from its source, and merges them with the keys it holds. A manager
 * detects an older or a different ring only by what it remembers: a process that has just started accepts any ring.
 */
final class AcceptanceRules {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private final ReloadedSource source;

    /** The keys that a warning has already reported as missing from the source. */
    private final Set<String> saidGone = ConcurrentHashMap.newKeySet();

    /** The keys that must never become primary again, whatever the source says. */
    private final Set<String> destroyed = ConcurrentHashMap.newKeySet();

    AcceptanceRules(ReloadedSource source) {
        this.source = source;
    }

    /**
     * Notes that this manager destroyed a key: its absence needs no warning, and its return as the primary is refused.
     */
    void noteDestroyed(String keyId) {
        saidGone.add(keyId);
        destroyed.add(keyId);
    }

    /**
     * Refuses a ring whose primary key was destroyed here. Also refuses a sealed ring whose primary is a key that is
     * retired here if it lacks the former primary, because only an older copy looks like that.
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
                                + ", which was the primary key. Restore the newer ring. If the older ring is intended,"
                                + " restart the processes that use it, then rotate the key.");
            }
        }
    }

    void requireNotDestroyed(Keyring found) {
        String primary = found.primary().id();
        if (destroyed.contains(primary)) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The keyring's primary key " + primary
                            + " was destroyed by this manager, so an older keyring must have replaced the newer one."
                            + " Restore the newer keyring. If the older keyring is intended, restart the processes that"
                            + " use it, then rotate the key.");
        }
    }

    /** Returns the source's keys, in its order, then the held keys that the source no longer has. */
    Keyring merged(Keyring fresh, @Nullable Keyring held) {
        Map<String, FernetKey> next = new LinkedHashMap<>();
        for (FernetKey key : fresh.keys()) {
            Optional<FernetKey> own = held == null ? Optional.empty() : held.key(key.id());
            if (own.isPresent() && !own.get().equals(key)) {
                throw new KeyringException(
                        UNAVAILABLE,
                        "The keyring has a key with the id " + key.id() + ", but this manager uses a different key with"
                                + " the same id. Remove the one that was crafted to collide.");
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
                    "The keyring no longer has these keys: {}. This manager still decrypts with them until it is"
                            + " closed.",
                    String.join(", ", gone));
        }
    }
}
