// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.READ_ONLY;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.files.Directories;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.StagedFile;
import org.codomyrmex.secrets.files.Uninterrupted;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.jspecify.annotations.Nullable;

/**
 * The protocol by which a ring and its key file are loaded, changed, sealed, unsealed and cleared of a key. Whoever
 * changes anything holds the lock and has recovered first; the ring is durable before the key file is touched.
 */
final class FileKeyring {

    private static final Duration LOCK_DEADLINE = Duration.ofSeconds(30);
    static final Duration SETTLING = Duration.ofMillis(100);
    private static final Duration SETTLING_PAUSE = Duration.ofMillis(10);

    private final Disk disk;
    private final Path asked;
    private final RingForm form;
    private final KeyringReports reports;
    private final Duration settling;
    private final Recovery recovery;

    /** The digest of the ring that is known to be durable. */
    private volatile byte @Nullable [] seen;

    FileKeyring(Disk disk, Path asked, RingForm form, KeyringReports reports, Duration settling) {
        this.disk = disk;
        this.asked = asked;
        this.form = form;
        this.reports = reports;
        this.settling = settling;
        this.recovery = new Recovery(disk, asked, reports);
    }

    /** What form a ring is to be found in. */
    private interface Reading {
        RingForm at(KeyringLocation at) throws IOException;
    }

    /** What is done under the lock with a whole keyring; empty: the key file changed meanwhile, recover and come again. */
    private interface Step {
        Optional<Keyring> apply(KeyringLocation at, Found whole) throws IOException;
    }

    Keyring load(boolean mayCreate) throws IOException {
        for (int look = 0; look < Recovery.LOOKS; look++) {
            KeyringLocation at = KeyringLocation.of(asked);
            Found found = Found.at(at, disk, form);
            if (found.isWhole() && found.isSealed() == form.isSealed()) {
                try {
                    return firstUse(at, found);
                } catch (NoSuchFileException removed) {
                    at.requireMoved(asked, removed);
                    continue;
                }
            }
            if (at.moved(asked) || (found.keyFile() == KeyFile.MALFORMED && settles(at))) {
                continue;
            }
            reports.requireForm(at, found, form);
            if (found.isNothing()) {
                recovery.requireCreation(at, mayCreate);
            }
            if (Files.isDirectory(at.directory()) && !at.isReplaceable(disk)) {
                return asItStands(at, found);
            }
            return locked(mayCreate, here -> form, (here, whole) -> Optional.of(whole.ring()));
        }
        throw recovery.restless();
    }

    Keyring update(UnaryOperator<Keyring> change) throws IOException {
        return changed(ring -> KeyringChange.grown(ring, change));
    }

    Keyring destroy(String keyId, BooleanSupplier forbid) throws IOException {
        return changed(ring -> KeyringChange.without(ring, keyId, forbid));
    }

    private Keyring changed(UnaryOperator<Keyring> change) throws IOException {
        List<Path> replaced = new ArrayList<>();
        return reported(replaced, form, here -> form, (at, whole) -> {
            Keyring next = change.apply(whole.ring());
            return next.equals(whole.ring()) ? Optional.of(next) : replace(at, whole, next, form, replaced);
        });
    }

    /** Gives the ring another form: plain, or sealed anew. What it is now is plain, or in this source's own form. */
    Keyring put(RingForm target) throws IOException {
        List<Path> replaced = new ArrayList<>();
        Reading reading = at -> {
            boolean sealed = Found.at(at, disk, RingForm.PLAIN).isSealed();
            return !sealed ? RingForm.PLAIN : replaced.isEmpty() ? form : target;
        };
        Keyring ring = reported(replaced, target, reading, (at, whole) -> {
            boolean done = !replaced.isEmpty() || !target.isSealed();
            return done && whole.isSealed() == target.isSealed()
                    ? Optional.of(whole.ring())
                    : replace(at, whole, whole.ring(), target, replaced);
        });
        if (!replaced.isEmpty()) {
            reports.changedForm(replaced.get(0), target);
        }
        return ring;
    }

    private Keyring reported(List<Path> replaced, RingForm target, Reading reading, Step step) throws IOException {
        try {
            return locked(false, reading, step);
        } catch (IOException failed) {
            throw KeyringReports.halfDone(asked, replaced, target, failed);
        } catch (KeyringException refused) {
            throw replaced.isEmpty() ? refused : KeyringReports.halfDone(replaced, target, refused);
        }
    }

    @SuppressWarnings("try") // the lock is held, not used
    private Keyring locked(boolean mayCreate, Reading reading, Step step) throws IOException {
        for (int look = 0; look < Recovery.LOOKS; look++) {
            KeyringLocation at = KeyringLocation.of(asked);
            makeDirectory(at, mayCreate);
            if (!at.isReplaceable(disk)) {
                throw new KeyringException(READ_ONLY, reports.readOnly(at));
            }
            RingForm expected;
            try (Closeable held = disk.lock(at.lockFile(), at.ringOwnership(), LOCK_DEADLINE)) {
                if (at.moved(asked)) {
                    continue;
                }
                expected = reading.at(at);
                Found whole = recovery.recover(at, expected, mayCreate);
                if (whole.isWhole()) {
                    firstUse(at, whole);
                    Optional<Keyring> done = step.apply(at, whole);
                    if (done.isPresent()) {
                        return done.get();
                    }
                    continue;
                }
            } catch (NoSuchFileException removed) {
                at.requireMoved(asked, removed);
                continue;
            }
            if (!settles(at)) {
                Found still = Found.at(at, disk, expected);
                if (still.keyFile() == KeyFile.MALFORMED) {
                    throw reports.refusal(at, still);
                }
            }
        }
        throw recovery.restless();
    }

    /** Ring first, key file second, each durable; both are staged before either is touched. */
    private Optional<Keyring> replace(
            KeyringLocation at, Found whole, Keyring next, RingForm target, List<Path> replaced) throws IOException {
        boolean sameMirror = whole.isSealed() == target.isSealed()
                && (target.isSealed() || next.primary().equals(whole.ring().primary()));
        try (StagedFile ring = at.stageRing(disk, target.ringFile(next, at.ring()));
                StagedFile key = sameMirror ? null : at.stageKeyFile(disk, target.keyFile(next))) {
            ring.replaceTarget();
            replaced.add(at.ring());
            // Before any other program can read the new key from the key file, the ring with it must be durable.
            disk.forceDirectory(at.directory());
            if (key != null) {
                if (!Found.at(at, disk, RingForm.PLAIN).sameKeyFileAs(whole)) {
                    return Optional.empty();
                }
                key.replaceTarget();
                disk.forceDirectory(at.directory());
            }
            return Optional.of(next);
        }
    }

    private Keyring firstUse(KeyringLocation at, Found found) throws IOException {
        reports.checkPermissions(at);
        byte[] digest = found.ringDigest();
        if (!MessageDigest.isEqual(digest, seen)) {
            at.makeDurable(disk);
            seen = digest;
        }
        return found.ring();
    }

    private Keyring asItStands(KeyringLocation at, Found found) throws IOException {
        reports.checkPermissions(at);
        reports.requireSameForm(at, found, form);
        if (found.ringFile() == RingFile.PLAIN || found.isSealed()) {
            reports.unrecovered(at);
            return found.ring();
        }
        if (found.isLoneKey()) {
            reports.unrecovered(at);
            return Keyring.of(found.key());
        }
        if (found.ringFile() == RingFile.ABSENT && found.keyFile() == KeyFile.ABSENT) {
            throw new KeyringException(READ_ONLY, reports.readOnly(at));
        }
        throw reports.refusal(at, found);
    }

    private void makeDirectory(KeyringLocation at, boolean mayCreate) throws IOException {
        if (Files.notExists(at.directory())) {
            recovery.requireCreation(at, mayCreate);
            Directories.make(disk, at.directory());
        }
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
