// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.READ_ONLY;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.files.Directories;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.Uninterrupted;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Recovery.Recovered;
import org.jspecify.annotations.Nullable;

/**
 * Recovers, creates and changes the files of a keyring under the lock. The lock makes changes take turns, but safety
 * does not depend on it, because a lock can be lost. An operation that finds another writer at work starts again.
 */
final class LockedKeyring {

    private static final Duration LOCK_DEADLINE = Duration.ofSeconds(30);
    private static final int SHORTEST_PAUSE_MILLIS = 10;
    private static final int LONGEST_PAUSE_MILLIS = 500;
    private static final int MOST_DOUBLINGS = 6;

    private final Disk disk;
    private final Path asked;
    private final RingForm form;
    private final KeyringReports reports;
    private final Settling settling;
    private final Recovery recovery;

    LockedKeyring(Disk disk, Path asked, RingForm form, KeyringReports reports, Settling settling) {
        this.disk = disk;
        this.asked = asked;
        this.form = form;
        this.reports = reports;
        this.settling = settling;
        this.recovery = new Recovery(disk, asked, reports);
    }

    /** Waits for a malformed key file to become whole; false if it did not. */
    interface Settling {
        boolean settles(KeyringLocation at) throws IOException;
    }

    /** Decides in which form a ring is expected at a place. */
    private interface Expected {
        RingForm at(KeyringLocation at) throws IOException;
    }

    /** An operation on whole files; empty if another writer was at work and it must start again. */
    private interface Step<T> {
        Optional<T> apply(KeyringLocation at, Recovered whole) throws IOException;
    }

    /** Returns the keyring after recovering or creating it. */
    KeyringSnapshot recovered(boolean mayCreate) throws IOException {
        return recovered(mayCreate, LOCK_DEADLINE);
    }

    KeyringSnapshot recovered(boolean mayCreate, Duration lockWait) throws IOException {
        return locked(
                true,
                mayCreate,
                lockWait,
                here -> form,
                (at, whole) -> Optional.of(whole.found().snapshot(whole.found().ring(), true)));
    }

    Found recoveredFiles(Duration lockWait) throws IOException {
        return locked(true, false, lockWait, here -> form, (at, whole) -> Optional.of(whole.found()));
    }

    /** Adds keys to the keyring, or changes its primary. */
    KeyringSnapshot update(Optional<RingTrace> last, UnaryOperator<Keyring> change) throws IOException {
        return changed(
                last,
                here -> form,
                new Change(
                        form,
                        present -> KeyringChange.grown(present, change),
                        (found, wanted) -> wanted.keyIds().stream().allMatch(found.ring()::contains)));
    }

    /** Removes a key that nothing is encrypted under. */
    KeyringSnapshot destroy(Optional<RingTrace> last, String keyId, BooleanSupplier forbid) throws IOException {
        return changed(
                last,
                here -> form,
                new Change(
                        form,
                        present -> KeyringChange.without(present, keyId, forbid),
                        (found, wanted) -> !found.ring().contains(keyId)));
    }

    /**
     * Converts the ring to another form: plain, or sealed anew. Until then it is plain, or sealed in this source's own
     * form.
     */
    KeyringSnapshot put(RingForm target) throws IOException {
        Change change =
                new Change(target, UnaryOperator.identity(), (found, wanted) -> found.isSealed() == target.isSealed());
        KeyringSnapshot changed = changed(
                Optional.empty(),
                at -> {
                    boolean sealed = Found.at(at, disk, RingForm.PLAIN).isSealed();
                    return !sealed ? RingForm.PLAIN : change.isInPlace() ? target : form;
                },
                change);
        if (change.isInPlace()) {
            reports.changedForm(change.replaced.get(0), target);
        }
        return changed;
    }

    /** One change to the ring, which may have to start again after its ring was in place. */
    private static final class Change {

        private final RingForm target;
        private final UnaryOperator<Keyring> next;
        private final BiPredicate<Found, Keyring> isIn;
        private final List<Path> replaced = new ArrayList<>();
        private @Nullable Keyring wanted;

        Change(RingForm target, UnaryOperator<Keyring> next, BiPredicate<Found, Keyring> isIn) {
            this.target = target;
            this.next = next;
            this.isIn = isIn;
        }

        /** Whether its ring has been in place; another writer may have replaced it since. */
        boolean isInPlace() {
            return !replaced.isEmpty();
        }

        /**
         * Whether the change need not be repeated: its ring has been in place, and the present ring has the desired
         * result.
         */
        boolean isDone(Found found) {
            Keyring made = wanted;
            return isInPlace() && made != null && isIn.test(found, made);
        }
    }

    private KeyringSnapshot changed(Optional<RingTrace> last, Expected expected, Change change) throws IOException {
        try {
            boolean wasSealed = last.flatMap(RingTrace::header).isPresent();
            return locked(!wasSealed, false, LOCK_DEADLINE, expected, (at, whole) -> {
                Found found = whole.found();
                KeyringSnapshot present = found.snapshot(found.ring(), true);
                if (change.isDone(found)) {
                    return Optional.of(present);
                }
                if (!change.isInPlace()) {
                    FileKeyring.requireSuccessor(last, present, at);
                }
                Keyring next = change.next.apply(found.ring());
                boolean formStays = change.target.equals(form) || !(found.isSealed() || change.target.isSealed());
                return formStays && next.equals(found.ring())
                        ? Optional.of(present)
                        : replaced(at, whole, next, change);
            });
        } catch (IOException failed) {
            throw KeyringReports.halfDone(asked, change.replaced, change.target, failed);
        } catch (KeyringException refused) {
            throw change.isInPlace() ? KeyringReports.halfDone(change.replaced, change.target, refused) : refused;
        }
    }

    /**
     * Replaces the ring, then the key file, each durably; empty unless both still have the written content afterwards.
     */
    private Optional<KeyringSnapshot> replaced(KeyringLocation at, Recovered whole, Keyring next, Change change)
            throws IOException {
        Found found = whole.found();
        // A plain ring that this source accepts stays plain until it is sealed.
        RingForm target = change.target.equals(form) && !found.isSealed() ? RingForm.PLAIN : change.target;
        boolean sameMirror = found.isSealed() == target.isSealed()
                && (target.isSealed() || next.primary().equals(found.ring().primary()));
        if (!sameMirror) {
            whole.writer().requireKeyFileKept(found);
        }
        if (found.isSealed() && !target.isSealed()) {
            FileOwners.requireOwnerForPlain(at);
        }
        byte[] ring = target.ringFile(next, found.header(), at.ring());
        byte[] ringDigest = KeyringText.digest(ring);
        boolean placed;
        try {
            placed = whole.writer().putRing(found, ring);
        } finally {
            Arrays.fill(ring, (byte) 0);
            if (whole.writer().hasReplacedRing()) {
                change.wanted = next;
                change.replaced.add(at.ring());
            }
        }
        byte[] keyFileDigest =
                sameMirror ? found.keyFileDigest() : placed ? putKeyFile(whole, target, next) : new byte[0];
        if (!placed || keyFileDigest.length == 0) {
            return Optional.empty();
        }
        Found now = Found.at(at, disk, target);
        return now.hasRing() && now.isOf(ringDigest, keyFileDigest)
                ? Optional.of(now.snapshot(now.ring(), true))
                : Optional.empty();
    }

    /** Writes the key file and returns its digest; empty if another writer changed the file meanwhile. */
    private static byte[] putKeyFile(Recovered whole, RingForm target, Keyring next) throws IOException {
        byte[] content = target.keyFile(next);
        try {
            return whole.writer().putKeyFile(whole.found(), content) ? KeyringText.digest(content) : new byte[0];
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    @SuppressWarnings("try") // the lock is held, not used
    private <T> T locked(boolean mayAdopt, boolean mayCreate, Duration lockWait, Expected expected, Step<T> step)
            throws IOException {
        for (int round = 0; round < Recovery.ROUNDS; round++) {
            KeyringLocation at = KeyringLocation.of(asked);
            makeDirectory(at, mayCreate);
            if (!at.isReplaceable(disk)) {
                throw new KeyringException(READ_ONLY, reports.readOnly(at));
            }
            reports.checkPermissions(at);
            RingForm here;
            try (Closeable held = lock(at, lockWait)) {
                if (at.moved(asked)) {
                    continue;
                }
                here = expected.at(at);
                if (!mayAdopt && Found.at(at, disk, RingForm.PLAIN).ringFile() == Found.RingFile.ABSENT) {
                    throw reports.sealedRingGone(at);
                }
                Recovered whole = recovery.recover(at, here, mayCreate);
                if (whole.found().isWhole()) {
                    Optional<T> done = step.apply(at, whole);
                    if (done.isPresent()) {
                        return done.get();
                    }
                    pause(round);
                    continue;
                }
            } catch (FileOwners.ExchangedException again) {
                pause(round);
                continue;
            } catch (NoSuchFileException removed) {
                at.requireMoved(asked, removed);
                continue;
            }
            if (!settling.settles(at)) {
                Found still = Found.at(at, disk, here);
                if (still.keyFile() == KeyFile.MALFORMED) {
                    throw reports.refusal(at, still);
                }
            }
        }
        throw restless();
    }

    private Closeable lock(KeyringLocation at, Duration wait) throws IOException {
        try {
            return disk.lock(at.lockFile(), FileOwners.ofNewLock(at), wait);
        } catch (AccessDeniedException denied) {
            if (denied.getReason() != null || !Files.exists(at.lockFile())) {
                throw denied;
            }
            throw new KeyringException(READ_ONLY, reports.lockDenied(at), denied);
        }
    }

    /** Makes writers that collided start again at different times, and less and less often. */
    private static void pause(int round) {
        int longest = Math.min(SHORTEST_PAUSE_MILLIS << Math.min(round, MOST_DOUBLINGS), LONGEST_PAUSE_MILLIS);
        Uninterrupted.sleep(Duration.ofMillis(1 + ThreadLocalRandom.current().nextInt(longest)));
    }

    private void makeDirectory(KeyringLocation at, boolean mayCreate) throws IOException {
        if (Files.notExists(at.directory())) {
            requireCreation(at, mayCreate);
            Directories.make(disk, at.directory());
        }
    }

    void requireCreation(KeyringLocation at, boolean mayCreate) {
        recovery.requireCreation(at, mayCreate);
    }

    KeyringException restless() {
        return recovery.restless();
    }
}
