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
 * Puts new files of a keyring in place, one durable step each. Whoever uses it holds the lock, but does not rely on it: a
 * lock can be lost. Each file is compared with what was read just before it is replaced, and once a ring is in place no
 * other writer's temporary is left that could replace it. Where something else was found nothing is replaced, and the
 * caller starts again.
 */
final class KeyringWriter {

    private final Disk disk;
    private final KeyringLocation at;
    private final KeyringReports reports;

    /** Whether the file system could force the directory before anything was changed; if so, it must do so afterwards. */
    private final boolean forces;

    private boolean ringReplaced;

    /** Of the ring that this writer has put in place. */
    private byte[] ringDigest = RingTrace.NO_DIGEST;

    private KeyringWriter(Disk disk, KeyringLocation at, KeyringReports reports, boolean forces) {
        this.disk = disk;
        this.at = at;
        this.reports = reports;
        this.forces = forces;
    }

    /** Removes what killed or overtaken writers left, and makes durable what is there. */
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

    /** Refuses while nothing is changed yet what would be refused once the ring is in place. */
    void requireKeyFileKept(Found found) throws IOException {
        Optional<Ownership> ring = FileOwners.ofNewRing(at, found.ringDigest(), found.keyFileDigest());
        Optional<Ownership> keyFile = FileOwners.ofNewKeyFile(at, found.ringDigest());
        // The owner is the ring's; whether a file can be given the group is seen only by giving it.
        if (keyFile.isPresent() && !keyFile.map(Ownership::group).equals(ring.map(Ownership::group))) {
            StagedFile.stage(disk, at.keyFile(), new byte[0], keyFile).close();
        }
    }

    /** Makes the ring's content durable in place of the one found; false: somebody else was quicker. */
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
