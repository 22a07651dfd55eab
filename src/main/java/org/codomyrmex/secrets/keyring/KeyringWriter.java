// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.files.StagedFile;

/**
 * Puts new files of a keyring in place, each in one durable step. The caller holds the lock, but safety does not depend
 * on it: a lock can be lost. Just before a file is replaced, it is compared with what was read; if it has changed,
 * nothing is replaced and the caller starts again. Once a ring is in place, no temporary file of another writer is left
 * that could replace it.
 */
final class KeyringWriter {

    private final Disk disk;
    private final KeyringLocation at;
    private final KeyringReports reports;

    /**
     * Whether the directory could be forced before anything was changed; if so, it must be forced after every change.
     */
    private final boolean forces;

    private boolean ringReplaced;

    /** The digest of the ring that this writer has put in place. */
    private byte[] ringDigest = RingTrace.NO_DIGEST;

    private KeyringWriter(Disk disk, KeyringLocation at, KeyringReports reports, boolean forces) {
        this.disk = disk;
        this.at = at;
        this.reports = reports;
        this.forces = forces;
    }

    /** Removes the temporary files of killed or overtaken writers, and makes the names of the files durable. */
    static KeyringWriter begin(Disk disk, KeyringLocation at, KeyringReports reports) throws IOException {
        for (Path temporary : at.temporaries(disk)) {
            disk.unlink(temporary);
        }
        return new KeyringWriter(disk, at, reports, at.forceDirectory(disk, reports));
    }

    /** Whether this writer has put a new ring in place. */
    boolean hasReplacedRing() {
        return ringReplaced;
    }

    void force(Path file) throws IOException {
        disk.force(file);
    }

    /** Fails before anything is changed if the key file could not be replaced once the ring is in place. */
    void requireKeyFileKept(Found found) throws IOException {
        Optional<Ownership> ring = FileOwners.ofNewRing(at, found.ringDigest(), found.keyFileDigest());
        Optional<Ownership> keyFile = FileOwners.ofNewKeyFile(at, found.ringDigest());
        // The owner is the ring's; the only way to know whether a file can be given the group is to try.
        if (keyFile.isPresent() && !keyFile.map(Ownership::group).equals(ring.map(Ownership::group))) {
            StagedFile.stage(disk, at.keyFile(), new byte[0], keyFile).close();
        }
    }

    /** Replaces the ring that was found, durably; false if another writer was faster. */
    boolean putRing(Found found, byte[] content) throws IOException {
        Optional<Ownership> ownership = FileOwners.ofNewRing(at, found.ringDigest(), found.keyFileDigest());
        try (StagedFile staged = StagedFile.stage(disk, at.ring(), content, ownership)) {
            boolean placed = found.ringFile() == Found.RingFile.ABSENT
                    ? staged.takeFreePlace()
                    : isStill(at.ring(), found.ringDigest()) && staged.replaceTarget();
            if (!placed) {
                return false;
            }
            ringReplaced = true;
            ownership.filter(Ownership::isOpenToOthers).ifPresent(former -> reports.closedToOthers(at.ring(), former));
            staged.removeOthers(at.directory(), at.ring(), at.keyFile());
            ringDigest = KeyringText.digest(content);
        }
        forceDirectory();
        return true;
    }

    /** The same for the key file. */
    boolean putKeyFile(Found found, byte[] content) throws IOException {
        Optional<Ownership> former = Ownership.of(at.keyFile());
        byte[] ring = ringReplaced ? ringDigest : found.ringDigest();
        Optional<Ownership> ownership = FileOwners.ofNewKeyFile(at, ring);
        try (StagedFile staged = StagedFile.stage(disk, at.keyFile(), content, ownership)) {
            boolean placed = found.keyFile() == Found.KeyFile.ABSENT
                    ? staged.takeFreePlace()
                    : isStill(at.keyFile(), found.keyFileDigest()) && staged.replaceTarget();
            if (!placed) {
                return false;
            }
            former.filter(Ownership::isOpenToOthers).ifPresent(open -> reports.closedToOthers(at.keyFile(), open));
        }
        forceDirectory();
        return true;
    }

    private boolean isStill(Path file, byte[] digest) throws IOException {
        return Arrays.equals(Found.digestOf(file, disk), digest);
    }

    private void forceDirectory() throws IOException {
        if (forces) {
            disk.forceDirectory(at.directory());
        }
    }
}
