// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Directories;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;

/** Carries out the {@link RecoveryTable} on the files of a keyring. Whoever calls it holds the lock. */
final class Recovery {

    /** How many times files that change while they are being read are read again before it is an error. */
    static final int ROUNDS = 32;

    private final Disk disk;
    private final Path asked;
    private final KeyringReports reports;

    /** The files with nothing left to recover, and the writer for further changes to them. */
    record Recovered(Found found, KeyringWriter writer) {}

    Recovery(Disk disk, Path asked, KeyringReports reports) {
        this.disk = disk;
        this.asked = asked;
        this.reports = reports;
    }

    /**
     * Goes on until nothing is left to do. The files it returns are whole, unless the key file is malformed.
     *
     * @param form the expected form of the ring; a ring in the other form is made whole and then refused
     */
    Recovered recover(KeyringLocation at, RingForm form, boolean mayCreate) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            KeyringWriter writer = KeyringWriter.begin(disk, at, reports);
            Found found = Found.at(at, disk, form);
            reports.checkPermissions(at);
            reports.requireForm(at, found, form);
            switch (RecoveryTable.rowFor(found).action()) {
                case NOTHING -> {
                    return new Recovered(found, writer);
                }
                case WRITE_KEY_FILE -> {
                    writer.force(at.ring());
                    RingForm written = found.isSealed() ? form : RingForm.PLAIN;
                    writer.putKeyFile(found, written.keyFile(found.ring()));
                }
                case PUT_KEY_IN_FRONT -> {
                    writer.force(at.keyFile());
                    if (putRing(writer, at, found, found.ring().rotatedTo(found.key()), RingForm.PLAIN)) {
                        reports.otherProgramWroteKey(at, found);
                    }
                }
                case ADOPT_KEY -> {
                    writer.force(at.keyFile());
                    Directories.forceAbove(disk, at.directory());
                    if (putRing(writer, at, found, Keyring.of(found.key()), RingForm.PLAIN)) {
                        reports.adoptedLoneKey(at, found);
                    }
                }
                case CREATE -> {
                    if (at.moved(asked)) {
                        throw new NoSuchFileException(at.keyFile().toString());
                    }
                    requireCreation(at, mayCreate);
                    Directories.forceAbove(disk, at.directory());
                    if (putRing(writer, at, found, Keyring.of(FernetKey.generate()), form)) {
                        reports.created(at, form);
                    }
                }
                case REFUSE -> {
                    if (found.keyFile() == KeyFile.MALFORMED && found.ringFile() != RingFile.MALFORMED) {
                        return new Recovered(found, writer);
                    }
                    throw reports.refusal(at, found);
                }
            }
        }
        throw restless();
    }

    private static boolean putRing(KeyringWriter writer, KeyringLocation at, Found found, Keyring next, RingForm form)
            throws IOException {
        return writer.putRing(found, form.ringFile(next, Optional.empty(), at.ring()));
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
