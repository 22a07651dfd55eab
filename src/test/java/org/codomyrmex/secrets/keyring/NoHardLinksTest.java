// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file system without hard links, on which the process is killed before each operation of the first creation. */
class NoHardLinksTest {

    @TempDir
    Path parent;

    /** Stands for the end of the process: nothing more happens to a file. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class DyingDisk extends WatchedDisk {

        private final int last;
        private final boolean supported;
        private int done;

        DyingDisk(int last, boolean supported) {
            this.last = last;
            this.supported = supported;
        }

        @Override
        protected boolean waitsForMedium() {
            return false;
        }

        @Override
        protected void before(Operation operation, Path file) throws FileSystemException {
            if (done++ >= last) {
                throw new Killed();
            }
            if (operation == Operation.LINK) {
                if (supported) {
                    throw new FileSystemException(file.toString(), null, "Operation not permitted");
                }
                throw new UnsupportedOperationException("no hard links");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aKilledCreationLeavesNothingThatTheNextOpeningDoesNotRepair(boolean supported) {
        DyingDisk whole = new DyingDisk(Integer.MAX_VALUE, supported);
        KeyringFiles.below(parent, "whole").source(whole).load(true);
        assertThat(whole.done).isGreaterThan(15);
        for (int last = 0; last < whole.done; last++) {
            KeyringFiles files = KeyringFiles.below(parent, "killed-" + last);
            FileKeyringSource dying = files.source(new DyingDisk(last, supported));
            assertThat(catchThrowable(() -> dying.load(true)))
                    .as("killed before " + last)
                    .isInstanceOf(Killed.class);
            String ring = Files.exists(files.ring) ? KeyringFiles.describe(files.ring) : "";

            FileKeyringSource next = files.source(new DyingDisk(Integer.MAX_VALUE, supported));
            Keyring opened = next.load(true);

            assertThat(opened.keyIds()).as("killed before " + last).hasSize(1);
            if (!ring.isEmpty()) {
                assertThat(KeyringFiles.describe(files.ring))
                        .as("a ring that was made is kept")
                        .isEqualTo(ring);
            }
            assertThat(next.update(UnaryOperator.identity())).isEqualTo(opened);
            files.assertWritten(opened);
        }
    }
}
