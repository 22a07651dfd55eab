// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.READ_ONLY;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.LockTimeoutException;
import org.codomyrmex.secrets.files.Uninterrupted;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads the two files of a keyring, without a lock: a whole ring is used as it stands, whatever the state of the key
 * file. Files that need recovery are recovered on the way if the lock is free. Reading waits for the lock only if there
 * is no whole ring.
 */
final class FileKeyring {

    static final Duration SETTLING = Duration.ofMillis(100);
    private static final Duration SETTLING_PAUSE = Duration.ofMillis(10);

    private final Disk disk;
    private final Path asked;
    private final RingForm form;
    private final KeyringReports reports;
    private final Duration settling;
    private final LockedKeyring locked;

    /** The digest of the ring that is known to be durable. */
    private volatile byte @Nullable [] durable;

    FileKeyring(Disk disk, Path asked, RingForm form, KeyringReports reports, Duration settling) {
        this.disk = disk;
        this.asked = asked;
        this.form = form;
        this.reports = reports;
        this.settling = settling;
        this.locked = new LockedKeyring(disk, asked, form, reports, this::settles);
    }

    LockedKeyring locked() {
        return locked;
    }

    /** Opens the keyring, or creates it. */
    KeyringSnapshot load(boolean allowed, Optional<RingTrace> last) throws IOException {
        // Where a sealed ring was, neither a new key nor a lone key file takes its place.
        boolean wasSealed = last.flatMap(RingTrace::header).isPresent();
        boolean mayCreate = allowed && !wasSealed;
        for (int round = 0; round < Recovery.ROUNDS; round++) {
            KeyringLocation at = KeyringLocation.of(asked);
            Found found = Found.at(at, disk, form);
            if (found.hasRing()) {
                Optional<KeyringSnapshot> used = used(at, found);
                if (used.isPresent()) {
                    requireSuccessor(last, used.get(), at);
                    return used.get();
                }
                continue;
            }
            if (at.moved(asked) || (found.keyFile() == KeyFile.MALFORMED && settles(at))) {
                continue;
            }
            reports.requireForm(at, found, form);
            if (found.keyFile() == KeyFile.FOREIGN_KEY && found.isLoneKey()) {
                throw reports.refusal(at, found);
            }
            if (wasSealed) {
                throw reports.sealedRingGone(at);
            }
            if (found.isNothing() && at.temporaries(disk).isEmpty()) {
                locked.requireCreation(at, mayCreate);
            }
            if (Files.isDirectory(at.directory()) && !at.isReplaceable(disk)) {
                return asItStands(at, found);
            }
            return recovered(at, found, mayCreate);
        }
        throw locked.restless();
    }

    private KeyringSnapshot recovered(KeyringLocation at, Found found, boolean mayCreate) throws IOException {
        try {
            return locked.recovered(mayCreate);
        } catch (AccessDeniedException denied) {
            return withoutRights(at, found, denied);
        } catch (KeyringException denied) {
            if (denied.reason() != READ_ONLY) {
                throw denied;
            }
            return withoutRights(at, found, denied);
        }
    }

    /**
     * Uses the key file alone if this process may read it but may not create a ring from it, as in a read-only
     * directory.
     */
    private <T extends Exception> KeyringSnapshot withoutRights(KeyringLocation at, Found found, T denied)
            throws IOException, T {
        if (found.keyFile() != KeyFile.OTHER_KEY || !found.isLoneKey()) {
            throw denied;
        }
        reports.notRecovered(at, denied);
        return asItStands(at, found);
    }

    /**
     * Reads the keyring again without waiting for anyone, with one exception: if nothing has changed but a change seems
     * to be in progress, it waits for that change for up to {@code lockWait}.
     */
    KeyringSnapshot reload(Optional<KeyringSnapshot> last, Duration lockWait) throws IOException {
        boolean waits = !lockWait.isZero();
        for (int round = 0; round < Recovery.ROUNDS; round++) {
            KeyringLocation at = KeyringLocation.of(asked);
            Found found;
            try (Found.Raw raw = Found.Raw.read(at, disk)) {
                if (last.isPresent() && raw.isStill(last.get().trace())) {
                    if (waits && !at.temporaries(disk).isEmpty()) {
                        waits = false;
                        recoveredInPassing(at, lockWait);
                        continue;
                    }
                    return last.get();
                }
                found = Found.of(at, raw, form);
            }
            if (found.ringFile() == RingFile.PLAIN && !form.acceptsPlain() && wasSealed(last)) {
                throw reports.plainInPlaceOfSealed(at);
            }
            if (found.hasRing()) {
                Optional<KeyringSnapshot> used = used(at, found);
                if (used.isPresent()) {
                    requireSuccessor(last.map(KeyringSnapshot::trace), used.get(), at);
                    return used.get();
                }
                continue;
            }
            if (at.moved(asked) || (found.keyFile() == KeyFile.MALFORMED && settles(at))) {
                continue;
            }
            reports.requireForm(at, found, form);
            if (wasSealed(last)) {
                throw reports.sealedRingGone(at);
            }
            return recoveredOrRefused(at, found);
        }
        throw locked.restless();
    }

    private static boolean wasSealed(Optional<KeyringSnapshot> last) {
        return last.flatMap(known -> known.trace().header()).isPresent();
    }

    /** Handles a reload that finds no whole ring. It does not wait for the lock either. */
    private KeyringSnapshot recoveredOrRefused(KeyringLocation at, Found found) throws IOException {
        if (found.isNothing()) {
            locked.requireCreation(at, false);
        }
        if (!at.isReplaceable(disk)) {
            return asItStands(at, found);
        }
        if (found.isLoneKey()) {
            return locked.recovered(false, Duration.ZERO);
        }
        throw reports.refusal(at, found);
    }

    static void requireSuccessor(Optional<RingTrace> last, KeyringSnapshot next, KeyringLocation at) {
        last.flatMap(known -> known.whyNotFollowedBy(next.trace())).ifPresent(why -> {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The ring " + at.ring() + " has replaced a newer or a different one: " + why
                            + ". Restore the right ring. If this ring is intended, restart the processes that use it,"
                            + " then rotate the key.");
        });
    }

    /** The ring as it stands, recovered if the lock is free; empty if it changed meanwhile and must be read again. */
    private Optional<KeyringSnapshot> used(KeyringLocation at, Found found) throws IOException {
        boolean wrongForm = found.ringFile() == RingFile.PLAIN && !form.acceptsPlain();
        if (!found.isWhole() && !wrongForm) {
            if (!MessageDigest.isEqual(Found.digestOf(at.ring(), disk), found.ringDigest())) {
                return Optional.empty();
            }
            if (found.keyFile() == KeyFile.MALFORMED && settles(at)) {
                return Optional.empty();
            }
        }
        reports.checkPermissions(at);
        try {
            makeDurable(at, found);
        } catch (NoSuchFileException removed) {
            at.requireMoved(asked, removed);
            return Optional.empty();
        }
        if (found.isWhole()) {
            reports.requireSameForm(at, found, form);
            return Optional.of(found.snapshot(found.ring(), true));
        }
        if (wrongForm) {
            recoveredBeforeRefusal();
            reports.requireSameForm(at, found, form);
        }
        Attempt attempt = recoveredInPassing(at, Duration.ZERO);
        Found whole = attempt.whole();
        if (whole != null) {
            durable = whole.ringDigest();
            return Optional.of(whole.snapshot(whole.ring(), true));
        }
        // A key that another program wrote decrypts at once, but encrypts only once it is in the ring.
        boolean otherKey = !found.isSealed() && found.keyFile() == KeyFile.OTHER_KEY;
        Keyring ring = otherKey ? found.ring().withRetired(found.key()) : found.ring();
        return Optional.of(found.snapshot(ring, !attempt.busy()));
    }

    private void makeDurable(KeyringLocation at, Found found) throws IOException {
        byte[] digest = found.ringDigest();
        if (!MessageDigest.isEqual(digest, durable)) {
            at.makeDurable(disk, reports);
            durable = digest;
        }
    }

    /**
     * The outcome of a recovery that was attempted on the way.
     *
     * @param whole the files afterwards; null if nothing was recovered
     * @param busy whether nothing was recovered because the lock was taken, so that the next reload tries again
     */
    private record Attempt(@Nullable Found whole, boolean busy) {}

    /** Recovers the files if the lock is free in time; otherwise the ring is used as it stands. */
    private Attempt recoveredInPassing(KeyringLocation at, Duration lockWait) {
        if (!at.isReplaceable(disk)) {
            reports.unrecovered(at);
            return new Attempt(null, false);
        }
        try {
            return new Attempt(locked.recoveredFiles(lockWait), false);
        } catch (LockTimeoutException busy) {
            return new Attempt(null, true);
        } catch (IOException | KeyringException failed) {
            reports.notRecovered(at, failed);
            return new Attempt(null, false);
        }
    }

    /** Recovers files in the wrong form if the lock is free; they are refused in any case. */
    private void recoveredBeforeRefusal() {
        try {
            locked.recoveredFiles(Duration.ZERO);
        } catch (IOException | KeyringException refused) {
            // The caller reports that the files are in the wrong form, which matters more.
        }
    }

    /** Uses what is there, without a lock, a whole ring or permission to write. */
    private KeyringSnapshot asItStands(KeyringLocation at, Found found) throws IOException {
        reports.checkPermissions(at);
        reports.requireSameForm(at, found, form);
        if (found.isLoneKey() && found.keyFile() == KeyFile.OTHER_KEY) {
            reports.unrecovered(at);
            return found.snapshot(Keyring.of(found.key()), true);
        }
        if (found.isNothing()) {
            throw new KeyringException(READ_ONLY, reports.readOnly(at));
        }
        throw reports.refusal(at, found);
    }

    /** Reads a malformed key file again for a while: other programs write it in place, not in one step. */
    private boolean settles(KeyringLocation at) throws IOException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < settling.toNanos()) {
            Uninterrupted.sleep(SETTLING_PAUSE);
            if (Found.at(at, disk, RingForm.PLAIN).keyFile() != KeyFile.MALFORMED) {
                return true;
            }
        }
        return false;
    }
}
