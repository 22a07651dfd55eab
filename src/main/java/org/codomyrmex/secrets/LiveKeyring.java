// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.Look.load;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.IN_USE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.LOCKED;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.READ_ONLY;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.keyring.RotatableKeyringSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keyring of a manager in use. It looks at the source at most once a second, and only grows: a key leaves it by
 * {@link #destroy} or {@link #close} alone, whatever the source says, so that nothing that could be read becomes
 * unreadable under a running application. After a failed look it goes on reading and refuses to write.
 *
 * <p>Its lock is taken before any lock of the source, never after.
 */
final class LiveKeyring {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    /** How often a writer looks again when looks take too long. */
    private static final int LOOKS = 3;

    /** What may take long to fail, and would again. */
    private static final Set<KeyringException.Reason> DEAR = EnumSet.of(WRONG_ENVELOPE, UNAVAILABLE, LOCKED);

    private final KeyringSource source;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    /** When each retired key was first seen to be retired here, by the monotonic clock. Guarded by the lock. */
    private final Map<String, Long> retiredAtNanos = new HashMap<>();

    /** The keys of which it was said that the source no longer has them. Guarded by the lock. */
    private final Set<String> saidGone = new HashSet<>();

    /** Keys destroyed here, which running operations may still hold. Guarded by the lock. */
    private final List<FernetKey> dropped = new ArrayList<>();

    private volatile Keyring ring;
    private volatile @Nullable KeyringException failure;
    private volatile Look last;

    LiveKeyring(KeyringSource source, boolean mayCreate, InstantSource clock) {
        this.source = source;
        this.clock = clock;
        Look first = Look.begin(clock);
        Keyring found = load(source, mayCreate);
        // Keys of its own: they are destroyed when the manager closes, and those of the source stay as they are.
        this.ring = found.copy();
        this.last = first.ended(clock);
        noteRetirements();
    }

    /** The keys for reading, also after a failed look. */
    Keyring forReading() {
        if (isDue()) {
            if (failure == null) {
                lock.lock();
            } else if (!lock.tryLock()) {
                return ring;
            }
            try {
                if (isDue()) {
                    look();
                }
            } finally {
                lock.unlock();
            }
        }
        return ring;
    }

    /** The keys for writing; an error after a failed look, for the primary may be another one by now. */
    Keyring forWriting() {
        for (int looks = 0; looks < LOOKS; looks++) {
            forReading();
            requireSound();
            if (last.isFresh(clock)) {
                return ring;
            }
            lookAgain();
        }
        throw new KeyringException(
                UNAVAILABLE,
                "The keyring takes longer than " + 2 * Look.INTERVAL.toSeconds()
                        + " s to be read, so it is not known which key is the primary now. Nothing was encrypted;"
                        + " look at the disk, or at the source of the keys.");
    }

    private void requireSound() {
        KeyringException failed = failure;
        if (failed != null) {
            throw new KeyringException(
                    failed.reason(),
                    "Nothing is encrypted while the keyring cannot be read; reading goes on with the keys known. "
                            + failed.getMessage(),
                    failed);
        }
    }

    /** Looks now, before the caller gives up on a token that no key opens; a look that began meanwhile will do. */
    Keyring lookAgain() {
        long asked = System.nanoTime();
        lock.lock();
        try {
            if (last.beganNanos() - asked < 0 && !keepsPause()) {
                look();
            }
            return ring;
        } finally {
            lock.unlock();
        }
    }

    /** Where an envelope, a disk or a lock has failed the pause is kept: not every unknown token asks it in vain. */
    private boolean keepsPause() {
        KeyringException failed = failure;
        return failed != null && DEAR.contains(failed.reason()) && !isDue();
    }

    private boolean isDue() {
        return last.isOver(clock, failure != null);
    }

    private void look() {
        Look look = Look.begin(clock);
        try {
            adopt(load(source, false));
            failure = null;
        } catch (KeyringException failed) {
            noteFailure(failed);
        } finally {
            last = look.ended(clock);
        }
    }

    private void noteFailure(KeyringException failed) {
        if (failure == null) {
            LOG.error(
                    "The keyring can no longer be read; reading goes on, writing is refused. {}", failed.getMessage());
        }
        failure = failed;
    }

    /** Takes the primary and the order from the source, and keeps every key that is held. */
    private void adopt(Keyring fresh) {
        Keyring held = ring;
        Keyring next = null;
        for (FernetKey key : keysOf(fresh)) {
            FernetKey own =
                    keysOf(held).stream().filter(key::equals).findFirst().orElseGet(key::copy);
            next = next == null ? Keyring.of(own) : next.withRetired(own);
        }
        for (FernetKey key : keysOf(held)) {
            next = Objects.requireNonNull(next).withRetired(key);
        }
        warnOfKeysGone(held, fresh);
        if (!held.equals(next)) {
            ring = Objects.requireNonNull(next);
            noteRetirements();
        }
    }

    private void warnOfKeysGone(Keyring held, Keyring fresh) {
        List<String> gone = held.keyIds().stream()
                .filter(id -> !fresh.contains(id) && saidGone.add(id))
                .toList();
        if (!gone.isEmpty()) {
            LOG.warn(
                    "The keyring no longer has {}; this manager still does, and reads with it until it is closed.",
                    String.join(", ", gone));
        }
    }

    private void noteRetirements() {
        retiredAtNanos.remove(ring.primary().id());
        for (FernetKey key : ring.retired()) {
            retiredAtNanos.putIfAbsent(key.id(), System.nanoTime());
        }
    }

    private static List<FernetKey> keysOf(Keyring keyring) {
        return Stream.concat(Stream.of(keyring.primary()), keyring.retired().stream())
                .toList();
    }

    /** Makes a key the primary, durably, and uses it from then on. */
    void rotateTo(FernetKey newPrimary) {
        RotatableKeyringSource rotatable = rotatable("rotated");
        lock.lock();
        try {
            Look look = Look.begin(clock);
            adopt(rotatable.update(present -> present.rotatedTo(newPrimary)));
            failure = null;
            last = look.ended(clock);
        } finally {
            lock.unlock();
        }
    }

    /** Destroys a retired key, once no live manager can still encrypt under it; false where there is no such key. */
    boolean destroy(String keyId, BooleanSupplier forbid) {
        if (!lookAgain().contains(keyId)) {
            requireSound();
            return false;
        }
        RotatableKeyringSource rotatable = rotatable("destroyed");
        requireRetired(keyId);
        awaitOtherManagers(keyId);
        lock.lock();
        try {
            Keyring left = rotatable.destroy(keyId, forbid);
            saidGone.add(keyId);
            adopt(left);
            failure = null;
            requireRetired(keyId);
            keysOf(ring).stream().filter(key -> key.id().equals(keyId)).forEach(dropped::add);
            ring = ring.without(keyId);
            retiredAtNanos.remove(keyId);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void requireRetired(String keyId) {
        if (ring.primary().id().equals(keyId)) {
            throw new KeyringException(
                    IN_USE, "Key " + keyId + " is the primary key, which encrypts. Rotate to another one first.");
        }
    }

    /** Every live manager looks once an interval: after two of them, none encrypts under a retired key any more. */
    private void awaitOtherManagers(String keyId) {
        long retiredAt;
        lock.lock();
        try {
            retiredAt = retiredAtNanos.getOrDefault(keyId, System.nanoTime());
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        long end = retiredAt + 2 * Look.INTERVAL.toNanos();
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.sleep(left);
            } catch (InterruptedException kept) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private RotatableKeyringSource rotatable(String what) {
        if (source instanceof RotatableKeyringSource rotatable) {
            return rotatable;
        }
        throw new KeyringException(
                READ_ONLY,
                "Keys cannot be " + what + " here: this manager's keyring comes from the environment or from the"
                        + " application, which must change it. Keep the keys in a key file to rotate them.");
    }

    /** Destroys the keys. No operation runs any more. */
    void close() {
        keysOf(ring).forEach(FernetKey::destroy);
        dropped.forEach(FernetKey::destroy);
    }
}
