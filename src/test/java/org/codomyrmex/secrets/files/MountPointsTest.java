// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountPointsTest {

    @TempDir
    Path directory;

    @Test
    void whatIsMountedIsKnown() {
        assumeTrue(Files.isReadable(Path.of("/proc/self/mountinfo")), "needs Linux");

        assertThat(MountPoints.contains(Path.of("/proc"))).isTrue();
        assertThat(MountPoints.contains(Path.of("/proc", "self"))).isFalse();
    }

    @Test
    void anOrdinaryOrAbsentFileIsNoMount() throws IOException {
        assertThat(MountPoints.contains(Files.createFile(directory.resolve("a file"))))
                .isFalse();
        assertThat(MountPoints.contains(directory.resolve("absent"))).isFalse();
    }
}
