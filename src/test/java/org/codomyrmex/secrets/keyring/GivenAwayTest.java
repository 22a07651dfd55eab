// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OpenFiles;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root gives new files to the owner of the old ones. Nobody becomes that owner by exchanging a file for a moment. */
class GivenAwayTest {

    private static final int MALLORY = 65533;

    @TempDir
    Path parent;

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());
    private KeyringFiles files;
    private Path own;
    private Path aside;

    @BeforeEach
    void putFilesIntoHisDirectory() throws IOException {
        files = KeyringFiles.below(parent, "mallorys").with(ring);
        assumeTrue(Files.getAttribute(files.ring, "unix:uid").equals(0), "only root gives files away");
        own = Files.write(files.directory.resolve("own"), new byte[] {1});
        aside = files.directory.resolve("aside");
        Files.setAttribute(own, "unix:uid", MALLORY);
        Files.setAttribute(files.directory, "unix:uid", MALLORY);
    }

    /** Exchanges the ring after the last read under the lock, and puts it back when the change begins again or writes. */
    private final class Exchanging extends WatchedDisk {

        private final List<Object> ownersAtWrite = new ArrayList<>();
        private boolean locked;
        private boolean exchanged;

        @Override
        protected void after(Operation operation, Path file) throws IOException {
            locked |= operation == Operation.LOCK;
            if (operation == Operation.READ && file.equals(files.keyFile) && locked && !exchanged) {
                exchanged = true;
                Files.move(files.ring, aside);
                Files.move(own, files.ring);
            }
        }

        @Override
        protected void before(Operation operation, Path file) throws IOException {
            if (operation == Operation.WRITE) {
                ownersAtWrite.add(Files.getAttribute(file, "unix:uid"));
            }
            if ((operation == Operation.LOCK || operation == Operation.WRITE) && Files.exists(aside)) {
                Files.move(files.ring, own);
                Files.move(aside, files.ring);
            }
        }
    }

    @Test
    void noKeyIsWrittenIntoAFileOfWhoeverExchangedTheRing() throws IOException {
        Exchanging disk = new Exchanging();

        Keyring rotated = files.source(disk).update(present -> present.rotatedTo(FernetKey.generate()));

        assertThat(disk.exchanged).isTrue();
        assertThat(disk.ownersAtWrite).hasSizeGreaterThanOrEqualTo(2).containsOnly(0);
        assertThat(rotated.keyIds()).containsAll(ring.keyIds());
        for (Path file : List.of(files.ring, files.keyFile)) {
            assertThat(Files.getAttribute(file, "unix:uid")).as("%s", file).isEqualTo(0);
        }
    }

    @Test
    void theOwnerOfAnOpenedFileIsNotThatOfItsName() throws IOException {
        byte[] content = Files.readAllBytes(files.ring);
        assertThat(OpenFiles.ownerOf(files.ring, read -> Arrays.equals(read, content)))
                .isEqualTo(Ownership.of(files.ring));
        assertThat(OpenFiles.ownerOf(own, read -> Arrays.equals(read, content))).isEmpty();
    }
}
