// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.READ_ONLY;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

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
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Directories;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.StagedFile;
import org.codomyrmex.secrets.files.Uninterrupted;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.jspecify.annotations.Nullable;

/**
 * The protocol by which a ring and its key file are loaded, recovered, changed and cleared of a key. Whoever changes
 * anything holds the lock and has recovered first; the ring is durable before the key file is touched.
 */
final class FileKeyring {

    private static final Duration LOCK_DEADLINE = Duration.ofSeconds(30);
    static final Duration SETTLING = Duration.ofMillis(100);
    private static final Duration SETTLING_PAUSE = Duration.ofMillis(10);

    /** How often files that change between two looks are looked at again before that is an error. */
    private static final int LOOKS = 32;

    private final Disk disk;
    private final Path asked;
    private final KeyringReports reports;
    private final Duration settling;

    /** The digest of the ring that is known to be durable. */
    private volatile byte @Nullable [] seen;

    FileKeyring(Disk disk, Path asked, KeyringReports reports, Duration settling) {
        this.disk = disk;
        this.asked = asked;
        this.reports = reports;
        this.settling = settling;
    }

    /** What is done under the lock with a whole keyring; empty: the key file changed meanwhile, recover and come again. */
    private interface Step {
        Optional<Keyring> apply(KeyringLocation at, Found whole) throws IOException;
    }

    Keyring load(boolean mayCreate) throws IOException {
        for (int look = 0; look < LOOKS; look++) {
            KeyringLocation at = KeyringLocation.of(asked);
            Found found = Found.at(at, disk);
            if (found.isWhole()) {
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
            if (found.isNothing()) {
                requireCreation(at, mayCreate);
            }
            if (Files.isDirectory(at.directory()) && !at.isReplaceable(disk)) {
                return asItStands(at, found, mayCreate);
            }
            return locked(mayCreate, (here, whole) -> Optional.of(whole.ring()));
        }
        throw restless();
    }

    Keyring update(UnaryOperator<Keyring> change) throws IOException {
        return changed(ring -> KeyringChange.grown(ring, change));
    }

    Keyring destroy(String keyId, BooleanSupplier forbid) throws IOException {
        return changed(ring -> KeyringChange.without(ring, keyId, forbid));
    }

    private Keyring changed(UnaryOperator<Keyring> change) throws IOException {
        List<Path> replaced = new ArrayList<>();
        try {
            return locked(false, (at, whole) -> {
                Keyring next = change.apply(whole.ring());
                return next.equals(whole.ring()) ? Optional.of(next) : replace(at, whole, next, replaced);
            });
        } catch (IOException failed) {
            throw KeyringReports.halfDone(asked, replaced, failed);
        } catch (KeyringException refused) {
            throw replaced.isEmpty() ? refused : KeyringReports.halfDone(replaced, refused);
        }
    }

    @SuppressWarnings("try") // the lock is held, not used
    private Keyring locked(boolean mayCreate, Step step) throws IOException {
        for (int look = 0; look < LOOKS; look++) {
            KeyringLocation at = KeyringLocation.of(asked);
            makeDirectory(at, mayCreate);
            if (!at.isReplaceable(disk)) {
                throw new KeyringException(READ_ONLY, reports.readOnly(at));
            }
            try (Closeable held = disk.lock(at.lockFile(), at.ringOwnership(), LOCK_DEADLINE)) {
                if (at.moved(asked)) {
                    continue;
                }
                Found whole = recover(at, mayCreate);
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
                Found still = Found.at(at, disk);
                if (still.keyFile() == KeyFile.MALFORMED) {
                    throw reports.refusal(at, still);
                }
            }
        }
        throw restless();
    }

    /** Carries out the table until nothing is left to do. Returns what is not whole only where the key file is malformed. */
    private Found recover(KeyringLocation at, boolean mayCreate) throws IOException {
        for (int look = 0; look < LOOKS; look++) {
            disk.unlink(StagedFile.temporaryOf(at.ring()));
            disk.unlink(StagedFile.temporaryOf(at.keyFile()));
            // Makes durable what the last round did, or what another process left when it was killed.
            disk.forceDirectory(at.directory());
            Found found = Found.at(at, disk);
            reports.checkPermissions(at);
            switch (RecoveryTable.rowFor(found).action()) {
                case NOTHING -> {
                    return found;
                }
                case WRITE_KEY_FILE -> {
                    disk.force(at.ring());
                    writeKeyFile(at, found);
                }
                case PUT_KEY_IN_FRONT -> {
                    disk.force(at.keyFile());
                    replaceRing(at, found.ring().rotatedTo(found.key()));
                    reports.otherProgramWroteKey(at, found);
                }
                case ADOPT_KEY -> {
                    disk.force(at.keyFile());
                    Directories.forceAbove(disk, at.directory());
                    replaceRing(at, Keyring.of(found.key()));
                }
                case CREATE -> {
                    if (at.moved(asked)) {
                        throw new NoSuchFileException(at.keyFile().toString());
                    }
                    requireCreation(at, mayCreate);
                    Directories.forceAbove(disk, at.directory());
                    replaceRing(at, Keyring.of(FernetKey.generate()));
                    reports.created(at);
                }
                case REFUSE -> {
                    if (found.keyFile() == KeyFile.MALFORMED && found.ringFile() != RingFile.MALFORMED) {
                        return found;
                    }
                    throw reports.refusal(at, found);
                }
            }
        }
        throw restless();
    }

    private void replaceRing(KeyringLocation at, Keyring next) throws IOException {
        try (StagedFile ring = stageRing(at, next)) {
            ring.replaceTarget();
        }
    }

    private void writeKeyFile(KeyringLocation at, Found found) throws IOException {
        try (StagedFile key = stageKeyFile(at, found.ring())) {
            if (found.keyFile() == KeyFile.ABSENT) {
                key.takeFreePlace();
            } else if (Found.at(at, disk).sameKeyFileAs(found)) {
                key.replaceTarget();
            }
        }
    }

    /** Ring first, key file second, each durable; both are staged before either is touched. */
    private Optional<Keyring> replace(KeyringLocation at, Found whole, Keyring next, List<Path> replaced)
            throws IOException {
        boolean samePrimary = next.primary().equals(whole.ring().primary());
        try (StagedFile ring = stageRing(at, next);
                StagedFile key = samePrimary ? null : stageKeyFile(at, next)) {
            ring.replaceTarget();
            replaced.add(at.ring());
            // Before any other program can read the new key from the key file, the ring with it must be durable.
            disk.forceDirectory(at.directory());
            if (key != null) {
                if (!Found.at(at, disk).sameKeyFileAs(whole)) {
                    return Optional.empty();
                }
                key.replaceTarget();
                disk.forceDirectory(at.directory());
            }
            return Optional.of(next);
        }
    }

    private StagedFile stageRing(KeyringLocation at, Keyring keyring) throws IOException {
        return StagedFile.stage(disk, at.ring(), KeyringText.ringFile(keyring), at.ringOwnership());
    }

    private StagedFile stageKeyFile(KeyringLocation at, Keyring keyring) throws IOException {
        return StagedFile.stage(disk, at.keyFile(), KeyringText.keyFile(keyring), at.keyFileOwnership());
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

    private Keyring asItStands(KeyringLocation at, Found found, boolean mayCreate) throws IOException {
        reports.checkPermissions(at);
        if (found.ringFile() == RingFile.PLAIN) {
            reports.unrecovered(at);
            return found.ring();
        }
        if (found.ringFile() == RingFile.ABSENT && found.keyFile() == KeyFile.OTHER_KEY) {
            reports.unrecovered(at);
            return Keyring.of(found.key());
        }
        if (found.ringFile() == RingFile.ABSENT && found.keyFile() == KeyFile.ABSENT) {
            requireCreation(at, mayCreate);
            throw new KeyringException(READ_ONLY, reports.readOnly(at));
        }
        throw reports.refusal(at, found);
    }

    private void requireCreation(KeyringLocation at, boolean mayCreate) {
        if (!mayCreate || at.linkToNothing()) {
            throw new KeyringException(ABSENT, reports.absent(at));
        }
    }

    private void makeDirectory(KeyringLocation at, boolean mayCreate) throws IOException {
        if (Files.notExists(at.directory())) {
            requireCreation(at, mayCreate);
            Directories.make(disk, at.directory());
        }
    }

    /** Reads a malformed key file again for a while: other programs write it in place, not in one step. */
    private boolean settles(KeyringLocation at) throws IOException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < settling.toNanos()) {
            Uninterrupted.sleep(SETTLING_PAUSE);
            if (Found.at(at, disk).keyFile() != KeyFile.MALFORMED) {
                return true;
            }
        }
        return false;
    }

    private KeyringException restless() {
        return new KeyringException(
                UNAVAILABLE,
                "The keyring " + asked + " kept changing while it was read. Find what writes it without a pause.");
    }
}
