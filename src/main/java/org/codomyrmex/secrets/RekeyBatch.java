// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.RekeyFailure.Reason.DAMAGED;
import static org.codomyrmex.secrets.RekeyFailure.Reason.KEY_MISSING;
import static org.codomyrmex.secrets.RekeyFailure.Reason.STORE_UNAVAILABLE;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.Swap;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Some secrets, moved to the primary key by one worker. Each is swapped by compare-and-set, all at once as far as the
 * store can; one that fails is counted and left as it was, and the others go on. Filled by one thread, then run by
 * another, then read by the first.
 */
final class RekeyBatch implements Callable<RekeyBatch> {

    /** How many secrets are in a batch at the most, and how many characters their tokens have together, about. */
    static final int MOST = 256;

    private static final long MOST_CHARACTERS = 4 << 20;

    /** A secret that changes so often under us is the store's trouble. */
    private static final int ATTEMPTS = 100;

    private final SecretStore store;
    private final LiveKeyring keys;
    private final SecretVault vault;
    private final BooleanSupplier stopped;
    private final List<StoredSecret> secrets = new ArrayList<>();
    private final List<RekeyFailure> failures = new ArrayList<>();
    private long characters;
    private long reencrypted;
    private long passed;

    /** Whether the keys have been reloaded since the record was read. */
    private boolean reloaded;

    private @Nullable Keyring tried;

    RekeyBatch(SecretStore store, LiveKeyring keys, SecretVault vault, BooleanSupplier stopped) {
        this.store = store;
        this.keys = keys;
        this.vault = vault;
        this.stopped = stopped;
    }

    void add(StoredSecret secret) {
        secrets.add(secret);
        characters += secret.token().length();
    }

    boolean isEmpty() {
        return secrets.isEmpty();
    }

    boolean isFull() {
        return secrets.size() == MOST || characters >= MOST_CHARACTERS;
    }

    /** How many were moved. */
    long reencrypted() {
        return reencrypted;
    }

    /** How many needed nothing: moved or deleted by others meanwhile. */
    long passed() {
        return passed;
    }

    List<RekeyFailure> failures() {
        return failures;
    }

    /**
     * Reloads the keys after the records have been read, so that no record is moved back from a key that another
     * process rotated to.
     */
    @Override
    public RekeyBatch call() {
        keys.reloadedForChange();
        moveTogether();
        for (StoredSecret secret : secrets) {
            if (stopped.getAsBoolean()) {
                break;
            }
            reloaded = true;
            move(secret);
        }
        secrets.clear();
        return this;
    }

    /**
     * Moves all unchanged records at once, under the current primary key; a store refuses that key if it is destroyed
     * meanwhile. The others are moved one by one, which shows the reason for each failure.
     */
    private void moveTogether() {
        List<Swap> swaps = keys.underPrimary(this::swapsUnder);
        Set<String> done = new HashSet<>();
        try {
            store.swapAll(swaps, (swap, outcome) -> {
                if (outcome == WriteOutcome.DONE) {
                    done.add(swap.expected().id());
                }
            });
        } catch (RuntimeException unavailable) {
            // perhaps for one of them alone
        }
        int before = secrets.size();
        secrets.removeIf(secret -> done.contains(secret.id()));
        reencrypted += before - secrets.size();
    }

    private List<Swap> swapsUnder(Keyring ring) {
        List<Swap> swaps = new ArrayList<>(secrets.size());
        for (StoredSecret secret : secrets) {
            if (stopped.getAsBoolean()) {
                return List.of();
            }
            if (!secret.keyId().equals(ring.primary().id())) {
                try {
                    swaps.add(new Swap(secret, moved(secret, ring)));
                } catch (RuntimeException refused) {
                    // a secret that cannot be moved must not stop the others
                }
            }
        }
        return swaps;
    }

    /** What became of one attempt. */
    private enum Attempt {
        DONE,
        /** The record has changed meanwhile. */
        AGAIN,
        /** No key opens the record, and its own key is not in the keyring. */
        KEY_MISSING
    }

    /**
     * A key counts as missing only if the record is unchanged after a reload of the keys: while this batch waited,
     * another process may have moved the secret and destroyed the key.
     */
    private void move(StoredSecret read) {
        StoredSecret secret = read;
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Attempt outcome = attempt(secret);
                if (outcome == Attempt.DONE) {
                    return;
                }
                Optional<StoredSecret> present = store.findById(secret.id());
                if (present.isEmpty()) {
                    passed++;
                    return;
                }
                if (outcome == Attempt.KEY_MISSING && present.get().token().equals(secret.token())) {
                    failures.add(new RekeyFailure(secret.id(), KEY_MISSING));
                    return;
                }
                reloaded = false;
                secret = present.get();
            }
            failures.add(new RekeyFailure(secret.id(), STORE_UNAVAILABLE));
        } catch (KeyringException noKeys) {
            throw noKeys;
        } catch (RuntimeException unavailable) {
            failures.add(new RekeyFailure(secret.id(), STORE_UNAVAILABLE));
        }
    }

    private Attempt attempt(StoredSecret secret) {
        if (!reloaded) {
            keys.reloadedForChange();
            reloaded = true;
        }
        try {
            WriteOutcome outcome = vault.written(ring -> tried(secret, ring), moved -> swapped(secret, moved));
            return outcome == WriteOutcome.DONE ? Attempt.DONE : Attempt.AGAIN;
        } catch (InvalidTokenException refused) {
            boolean keyWasThere = tried != null && tried.contains(secret.keyId());
            if (refused.reason() != NOT_AUTHENTIC || keyWasThere) {
                failures.add(new RekeyFailure(secret.id(), DAMAGED));
                return Attempt.DONE;
            }
            return Attempt.KEY_MISSING;
        }
    }

    /** The secret under the primary key; the same object if it is under that key already. */
    private StoredSecret tried(StoredSecret secret, Keyring ring) {
        tried = ring;
        return secret.keyId().equals(ring.primary().id()) ? secret : moved(secret, ring);
    }

    @SuppressWarnings("ReferenceEquality") // the same object: nothing was re-encrypted
    private WriteOutcome swapped(StoredSecret secret, StoredSecret moved) {
        if (moved == secret) {
            passed++;
            return WriteOutcome.DONE;
        }
        WriteOutcome outcome = store.swap(secret, moved);
        reencrypted += outcome == WriteOutcome.DONE ? 1 : 0;
        return outcome;
    }

    private StoredSecret moved(StoredSecret secret, Keyring ring) {
        vault.seals.requireIntact(secret, ring);
        String token = ring.reencryptUnder(secret.keyId(), secret.token());
        return vault.seals.sealed(secret.withToken(ring.primary().id(), token), ring.primary());
    }
}
