// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy has the mode of its original before it has the right group, and holds keys before it is emptied. */
class PrivateCopyTest {

    @TempDir
    Path directory;

    private Path original;
    private Path file;

    @BeforeEach
    void makeOriginal() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "needs POSIX modes");
        original = Files.writeString(directory.resolve("ring"), "former keys");
        Files.setPosixFilePermissions(original, PosixFilePermissions.fromString("r--r-----"));
        file = directory.resolve("ring.0123456789abcdef.tmp");
    }

    private List<Path> others() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(found -> !found.equals(original)).toList();
        }
    }

    @Test
    void nobodyElseReachesItBeforeItsRightsAreRight() throws IOException {
        List<Path> seen = new ArrayList<>();
        try (FileChannel channel = PrivateCopy.create(original, file, copy -> {
            seen.add(copy);
            assertThat(file).doesNotExist();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.getParent())))
                    .isEqualTo("rwx------");
            assertThat(copy.getParent().getFileName().toString()).matches("ring\\.[0-9a-f]{16}\\.tmp");
            assertThat(copy).isEmptyFile();
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--r-----"));
        })) {
            assertThat(channel.size()).isZero();
        }
        assertThat(seen).hasSize(1);
        assertThat(others()).containsExactly(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--r-----");
        assertThat(original).hasContent("former keys");
    }

    @Test
    void nothingIsLeftIfItsRightsCannotBeGiven() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> PrivateCopy.create(original, file, copy -> {
                    throw new IOException("not yours");
                }))
                .withMessage("not yours");
        assertThat(others()).isEmpty();
    }

    @Test
    void whatACrashLeavesIsRemovedLikeATemporaryFile() throws IOException {
        Path room = Files.createDirectory(directory.resolve("ring.fedcba9876543210.tmp"));
        Files.writeString(room.resolve("copy"), "former keys");

        assertThat(StagedFile.temporariesOf(Disk.system(), directory, original)).containsExactly(room);
        Disk.system().unlink(room);

        assertThat(others()).isEmpty();
    }
}
