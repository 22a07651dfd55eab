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
 * The keyring of a manager in use. It reloads its source at most once a second, and only grows: a key leaves it by
 * {@link #drop} or {@link #close} alone, whatever the source says, so that nothing that could be read becomes unreadable
 * under a running application. After a failed reload it goes on reading and refuses to encrypt.
 *
 * <p>One reload runs at a time, and changes of the ring are made elsewhere ({@link KeyringChanges}), under a lock that
 * nothing here takes: neither reading nor encrypting waits for a lock file or a store.
 */
final class LiveKeyring {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    /** How often an encryption is repeated while reloads take too long. */
    private static final int ATTEMPTS = 3;

    /** How long a read waits for the reload of another thread, and a reload for a change that is being made. */
    private static final Duration SHORT_WAIT = Duration.ofMillis(250);

    /** Failures that may take long, and that would be repeated by each unknown token. */
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
     * What operations go by, in one piece.
     *
     * @param ring the keys that are held; null until there is a keyring
     * @param accepted the newest snapshot that was accepted
     * @param changedAtNanos when the accepted ring was first seen, by the monotonic clock
     * @param last the newest reload
     * @param failure why it failed; null if it succeeded
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

        /** Whether nothing can be encrypted without reading again; after a failure the pause is kept. */
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

    /** The keys for reading, also after a failed reload. */
    Keyring forReading() {
        State now = state;
        if (now.isDue()) {
            now = reloadedForReading();
        }
        // A key that was created elsewhere is as unknown here as one that was rotated to.
        return now.ring() == null ? afterUnknownToken() : present(now);
    }

    /** Whether there is no keyring yet, and none has been made elsewhere. */
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

    /** A read that is interrupted, or has waited long enough, goes on with the keys that are there. */
    private boolean takeForReading() {
        try {
            return reloading.tryLock() || reloading.tryLock(SHORT_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException kept) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Makes something with the primary key. It is given out only if, when it is ready, the newest reload is fresh and the key
     * still is the primary; otherwise it is made again. A process can be stopped in the middle for any time, and the key
     * destroyed meanwhile.
     *
     * @throws KeyringException after a failed reload, for another key may be the primary by now
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
            // The first reload may take long, for an envelope or a KMS; one that finds the same bytes does not.
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
                    "Nothing is encrypted while the keyring cannot be read; reading goes on with the known keys. "
                            + failed.getMessage(),
                    failed);
        }
        return present(now);
    }

    private static KeyringException notFresh(LastReload last) {
        return new KeyringException(
                UNAVAILABLE,
                last.isFreshByMonotonicClock()
                        ? "The system's clock was set several times in a moment, so nobody can tell which key is the"
                                + " primary now. Nothing was encrypted; look for what sets the clock."
                        : "The keyring takes longer than " + 2 * LastReload.INTERVAL.toSeconds()
                                + " s to be read, so nobody can tell which key is the primary now. Nothing was"
                                + " encrypted; look at the disk, or at the source of the keys.");
    }

    /** Reloads now: for maintenance, which must act on the keys as they are. A failure is left to the caller. */
    State reloaded() {
        reloading.lock();
        try {
            reload(Duration.ZERO);
            return state;
        } finally {
            reloading.unlock();
        }
    }

    /** The same; an error if that fails, or there is no keyring. */
    State reloadedForChange() {
        State now = reloaded();
        sound(now);
        return now;
    }

    /** Whatever is held after a reload: the keys to list, or to try once more. */
    Optional<Keyring> reloadedKeys() {
        return Optional.ofNullable(reloaded().ring());
    }

    /** Reloads before the caller gives up on a token that no key opens, if unknown tokens have not caused too many. */
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

    /** If an envelope, a disk or a lock has failed, the pause is kept: not every unknown token asks it in vain. */
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
                    "The keyring can no longer be read; reading goes on, encrypting is refused. {}",
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
                same && before.failure() == null ? before.changedAtNanos() : System.nanoTime(),
                begun.ended(),
                null);
    }

    /** What a change of the ring checks of the keyring that it finds under the lock. */
    void requireNotDestroyed(Keyring found) {
        rules.requireNotDestroyed(found);
    }

    ReloadedSource source() {
        return source;
    }

    /** Forgets a key that is destroyed. It stays usable for the operations that run. */
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
