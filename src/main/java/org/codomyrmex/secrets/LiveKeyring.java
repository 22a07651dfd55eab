// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.LOCKED;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSnapshot;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keyring of a running manager. It reloads its source at most once a second, and only grows: whatever the source
 * says, only {@link #drop} and {@link #close} remove a key, so that nothing becomes unreadable while an application is
 * running. After a failed reload it goes on decrypting and refuses to encrypt.
 *
 * <p>One reload runs at a time. {@link KeyringChanges} changes the ring under a lock that is never taken here, so
 * neither reading nor encrypting waits for a lock file or a store.
 */
final class LiveKeyring {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    /** How many times an encryption is attempted while reloads take too long. */
    private static final int ATTEMPTS = 3;

    /** How long a read waits for another thread's reload, and a reload for a change in progress. */
    private static final Duration SHORT_WAIT = Duration.ofMillis(250);

    /** Failures that may take long and that every unknown token would repeat. */
    private static final Set<KeyringException.Reason> SLOW_FAILURES = EnumSet.of(WRONG_ENVELOPE, UNAVAILABLE, LOCKED);

    private final ReloadedSource source;
    private final KeyCreation creation;
    private final InstantSource wall;
    private final ReentrantLock reloading = new ReentrantLock();
    private final ReloadBudget budget = new ReloadBudget();
    private final AcceptanceRules rules;

    /** The keys destroyed here, which running operations may still hold. Guarded by the lock. */
    private final List<FernetKey> dropped = new ArrayList<>();

    private volatile State state;

    /**
     * Everything that operations decide by, in one immutable object.
     *
     * @param ring the keys that are held; null until there is a keyring
     * @param accepted the newest snapshot that was accepted
     * @param changedAtNanos when the accepted ring was first seen, by the monotonic clock
     * @param last the newest reload
     * @param failure why that reload failed; null if it succeeded
     */
    record State(
            @Nullable Keyring ring,
            Optional<KeyringSnapshot> accepted,
            long changedAtNanos,
            LastReload last,
            @Nullable KeyringException failure) {

        Keyring keyring() {
            return Objects.requireNonNull(ring, "ring");
        }

        boolean isDue() {
            return failure == null ? last.isOver() : last.isOverAfterFailure();
        }

        /**
         * Whether a reload is needed before anything can be encrypted; after a failure, only once the pause is over.
         */
        boolean isStale() {
            return isDue() || (failure == null && !last.isFresh());
        }
    }

    LiveKeyring(KeyringSource source, KeyCreation creation, InstantSource wall) {
        this.source = new ReloadedSource(source);
        this.rules = new AcceptanceRules(this.source);
        this.creation = creation;
        this.wall = wall;
        LastReload first = LastReload.begin(wall);
        this.state = new State(null, Optional.empty(), first.beganNanos(), first, null);
        Optional<KeyringSnapshot> opened = creation.open(this.source);
        opened.ifPresentOrElse(found -> accept(found, first), () -> state = unchanged(first));
    }

    /** The keys for reading, even after a failed reload. */
    Keyring forReading() {
        State now = state;
        if (now.isDue()) {
            now = reloadedForReading();
        }
        // A keyring created by another process is found like a key rotated by another process: by a reload.
        return now.ring() == null ? afterUnknownToken() : present(now);
    }

    /** Whether there is no keyring yet, not even one created by another process. */
    boolean isAbsent() {
        State now = state;
        return now.ring() == null && (now.isDue() ? reloadedForReading() : now).ring() == null;
    }

    private Keyring present(State now) {
        Keyring ring = now.ring();
        if (ring == null) {
            throw creation.absent();
        }
        return ring;
    }

    private State reloadedForReading() {
        if (state.failure() == null ? takeForReading() : reloading.tryLock()) {
            try {
                if (state.isDue()) {
                    reload(Duration.ZERO);
                }
            } finally {
                reloading.unlock();
            }
        }
        return state;
    }

    /** Takes the lock for a reload; false if the wait is interrupted or too long, and the read uses the keys it has. */
    private boolean takeForReading() {
        try {
            return reloading.tryLock() || reloading.tryLock(SHORT_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException kept) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Makes something with the primary key. The result is returned only if, once it is ready, the newest reload is
     * fresh and the key is still the primary; otherwise it is made again. A process can be suspended in between for any
     * length of time, and the key destroyed meanwhile.
     *
     * @throws KeyringException after a failed reload, because another key may be the primary by now
     */
    <T> T underPrimary(Function<Keyring, T> make) {
        Keyring ring = forEncrypting();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            T made = make.apply(ring);
            State now = state;
            boolean fresh = now.failure() == null && !now.isDue() && now.last().isQuick();
            if (!fresh) {
                now = reloadedForEncrypting();
            }
            Keyring newest = sound(now);
            if (newest.primary().id().equals(ring.primary().id())
                    && (fresh || now.last().isFresh())) {
                return made;
            }
            ring = newest;
        }
        throw notFresh(state.last());
    }

    private Keyring forEncrypting() {
        State now = state;
        if (now.ring() == null || now.failure() != null) {
            now = reloadedForEncrypting();
        }
        return now.ring() == null && now.failure() == null ? create() : sound(now);
    }

    private State reloadedForEncrypting() {
        reloading.lock();
        try {
            // The first reload may be slow because of an envelope or a KMS; one that finds the same bytes is not.
            if (state.isStale()) {
                reload(Duration.ZERO);
            }
            return state;
        } finally {
            reloading.unlock();
        }
    }

    private Keyring create() {
        reloading.lock();
        try {
            if (state.ring() == null) {
                LastReload begun = LastReload.begin(wall);
                accept(creation.create(source), begun);
            }
            return present(state);
        } finally {
            reloading.unlock();
        }
    }

    private Keyring sound(State now) {
        KeyringException failed = now.failure();
        if (failed != null) {
            throw new KeyringException(
                    failed.reason(),
                    "Nothing is encrypted while the keyring cannot be read; decryption goes on with the known keys. "
                            + failed.getMessage(),
                    failed);
        }
        return present(now);
    }

    private static KeyringException notFresh(LastReload last) {
        return new KeyringException(
                UNAVAILABLE,
                last.isFreshByMonotonicClock()
                        ? "The system clock was set several times within a moment, so it is unknown which key is the"
                                + " primary now. Nothing was encrypted; find out what sets the clock."
                        : "Reading the keyring takes longer than " + 2 * LastReload.INTERVAL.toSeconds()
                                + " s, so it is unknown which key is the primary now. Nothing was encrypted; check the"
                                + " disk, or the source of the keys.");
    }

    /** Reloads now, for maintenance, which must act on the current keys. A failure is returned, not thrown. */
    State reloaded() {
        reloading.lock();
        try {
            reload(Duration.ZERO);
            return state;
        } finally {
            reloading.unlock();
        }
    }

    /** The same, but throws if the reload fails or there is no keyring. */
    State reloadedForChange() {
        State now = reloaded();
        sound(now);
        return now;
    }

    /** Reloads, and returns the keys that are held, even if the reload failed. */
    Optional<Keyring> reloadedKeys() {
        return Optional.ofNullable(reloaded().ring());
    }

    /**
     * Reloads before the caller gives up on a token that no key opens, unless unknown tokens have caused too many
     * reloads.
     */
    Keyring afterUnknownToken() {
        long asked = System.nanoTime();
        if (takeForReading()) {
            try {
                if (state.last().beganNanos() - asked < 0 && !keepsPause() && budget.take()) {
                    reload(SHORT_WAIT);
                }
            } finally {
                reloading.unlock();
            }
        }
        return present(state);
    }

    /** If an envelope, a disk or a lock has failed, unknown tokens do not try it again before the pause is over. */
    private boolean keepsPause() {
        KeyringException failed = state.failure();
        return failed != null && SLOW_FAILURES.contains(failed.reason()) && !state.isDue();
    }

    /** Reads the source. The caller holds the lock. */
    private void reload(Duration lockWait) {
        LastReload begun = LastReload.begin(wall);
        State before = state;
        try {
            accept(source.reload(before.accepted(), lockWait), begun);
        } catch (KeyringException failed) {
            if (before.ring() == null && failed.reason() == ABSENT) {
                creation.noteAbsence(failed);
                state = unchanged(begun);
            } else {
                noteFailure(failed, begun);
            }
        }
    }

    private State unchanged(LastReload begun) {
        State before = state;
        return new State(before.ring(), before.accepted(), before.changedAtNanos(), begun.ended(), null);
    }

    private void noteFailure(KeyringException failed, LastReload begun) {
        State before = state;
        if (before.failure() == null) {
            LOG.error(
                    "The keyring can no longer be read; decryption goes on, encryption is refused. {}",
                    failed.getMessage());
        }
        state = new State(before.ring(), before.accepted(), before.changedAtNanos(), begun.ended(), failed);
    }

    /** Takes the primary and the order from the source, and keeps every key that is held. */
    private void accept(KeyringSnapshot found, LastReload begun) {
        State before = state;
        if (before.accepted().isPresent() && before.accepted().get() == found) {
            state = unchanged(begun);
            return;
        }
        Keyring held = before.ring();
        rules.requireAcceptable(found, held, before.accepted());
        Keyring merged = rules.merged(found.keyring(), held);
        boolean same = merged.equals(held);
        state = new State(
                same ? held : merged,
                Optional.of(found),
                // Equal keys may have been others in between: a key that is retired again was the primary for a moment.
                System.nanoTime(),
                begun.ended(),
                null);
    }

    /** Checks the keyring that a change to the ring finds under the lock. */
    void requireNotDestroyed(Keyring found) {
        rules.requireNotDestroyed(found);
    }

    ReloadedSource source() {
        return source;
    }

    /** Forgets a destroyed key. Operations already running can still use it. */
    void drop(String keyId) {
        reloading.lock();
        try {
            rules.noteDestroyed(keyId);
            reload(Duration.ZERO);
            State now = state;
            Keyring ring = present(now);
            if (!ring.primary().id().equals(keyId)) {
                ring.key(keyId).ifPresent(dropped::add);
                state = new State(ring.without(keyId), now.accepted(), now.changedAtNanos(), now.last(), now.failure());
            }
        } finally {
            reloading.unlock();
        }
    }

    /** Destroys the keys. No operation runs any more. */
    void close() {
        Keyring ring = state.ring();
        if (ring != null) {
            ring.keys().forEach(FernetKey::destroy);
        }
        dropped.forEach(FernetKey::destroy);
        source.dropKeys();
    }
}
