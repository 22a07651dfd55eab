// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Directories;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.StagedFile;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;

/** Carries out the {@link RecoveryTable} on the files of a keyring. Whoever calls it holds the lock. */
final class Recovery {

    /** How often files that change between two looks are looked at again before that is an error. */
    static final int LOOKS = 32;

    private final Disk disk;
    private final Path asked;
    private final KeyringReports reports;

    Recovery(Disk disk, Path asked, KeyringReports reports) {
        this.disk = disk;
        this.asked = asked;
        this.reports = reports;
    }

    /**
     * Goes on until nothing is left to do. Returns what is not whole only where the key file is malformed.
     *
     * @param form how the ring is to be found; one of the other form is made whole and then refused
     */
    Found recover(KeyringLocation at, RingForm form, boolean mayCreate) throws IOException {
        for (int look = 0; look < LOOKS; look++) {
            disk.unlink(StagedFile.temporaryOf(at.ring()));
            disk.unlink(StagedFile.temporaryOf(at.keyFile()));
            // Makes durable what the last round did, or what another process left when it was killed.
            disk.forceDirectory(at.directory());
            Found found = Found.at(at, disk, form);
            reports.checkPermissions(at);
            reports.requireForm(at, found, form);
            switch (RecoveryTable.rowFor(found).action()) {
                case NOTHING -> {
                    return found;
                }
                case WRITE_KEY_FILE -> {
                    disk.force(at.ring());
                    writeKeyFile(at, found, found.isSealed() ? form : RingForm.PLAIN);
                }
                case PUT_KEY_IN_FRONT -> {
                    disk.force(at.keyFile());
                    replaceRing(at, found.ring().rotatedTo(found.key()), RingForm.PLAIN);
                    reports.otherProgramWroteKey(at, found);
                }
                case ADOPT_KEY -> {
                    disk.force(at.keyFile());
                    Directories.forceAbove(disk, at.directory());
                    replaceRing(at, Keyring.of(found.key()), RingForm.PLAIN);
                }
                case CREATE -> {
                    if (at.moved(asked)) {
                        throw new NoSuchFileException(at.keyFile().toString());
                    }
                    requireCreation(at, mayCreate);
                    Directories.forceAbove(disk, at.directory());
                    replaceRing(at, Keyring.of(FernetKey.generate()), form);
                    reports.created(at, form);
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

    private void replaceRing(KeyringLocation at, Keyring next, RingForm form) throws IOException {
        try (StagedFile ring = at.stageRing(disk, form.ringFile(next, at.ring()))) {
            ring.replaceTarget();
        }
    }

    private void writeKeyFile(KeyringLocation at, Found found, RingForm form) throws IOException {
        try (StagedFile key = at.stageKeyFile(disk, form.keyFile(found.ring()))) {
            if (found.keyFile() == KeyFile.ABSENT) {
                key.takeFreePlace();
            } else if (Found.at(at, disk, RingForm.PLAIN).sameKeyFileAs(found)) {
                key.replaceTarget();
            }
        }
    }

    void requireCreation(KeyringLocation at, boolean mayCreate) {
        if (!mayCreate || at.linkToNothing()) {
            throw new KeyringException(ABSENT, reports.absent(at));
        }
    }

    KeyringException restless() {
        return new KeyringException(
                UNAVAILABLE,
                "The keyring " + asked + " kept changing while it was read. Find what writes it without a pause.");
    }
}
