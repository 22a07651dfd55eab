// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemDiskTest {

    private static final byte[] CONTENT = "content".getBytes(US_ASCII);

    private final Disk disk = Disk.system();

    @TempDir
    Path directory;

    @AfterEach
    void leavesNoInterruptBehind() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void readsAFileUpToTheLimitAndNoByteMore() throws IOException {
        Path file = file("file", CONTENT);

        assertThat(disk.read(file, CONTENT.length)).isEqualTo(CONTENT);
        assertThatExceptionOfType(FileTooLargeException.class)
                .isThrownBy(() -> disk.read(file, CONTENT.length - 1))
                .withMessage(file + " is larger than 6 bytes");
        assertThat(disk.read(file("empty", new byte[0]), 0)).isEmpty();
    }

    @Test
    void readsNothingThroughALink() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file("file", CONTENT));

        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> disk.read(link, 100))
                .withMessage(link + ": is a symbolic link");
    }

    @Test
    void onlyAFileThatIsProvablyAbsentIsNoSuchFile() throws IOException {
        Path loop = directory.resolve("loop");
        Files.createSymbolicLink(loop, loop);

        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> disk.read(directory.resolve("absent"), 100));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> disk.read(directory.resolve("absent").resolve("file"), 100));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> disk.read(directory, 100))
                .withMessageContaining("is not a regular file")
                .isNotInstanceOf(NoSuchFileException.class);
        // Nothing can be below a file; since Java 25 that is NoSuchFileException, which is true as well.
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> disk.read(file("file", CONTENT).resolve("below"), 100));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> disk.read(loop, 100))
                .isNotInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aNameExistsAlsoWhereItIsALinkToNothing() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nothing"));

        assertThat(disk.exists(link)).isTrue();
        assertThat(disk.exists(directory)).isTrue();
        assertThat(disk.exists(directory.resolve("nothing"))).isFalse();
    }

    @Test
    void aNewFileIsForItsOwnerAloneAndHoldsWhatIsWritten() throws IOException {
        Path file = directory.resolve("new");
        try (Disk.Output out = disk.create(file, Optional.empty())) {
            assertThat(mode(file)).isEqualTo("rw-------");
            out.write(CONTENT);
            out.write(CONTENT);
            out.force();
        }
        assertThat(file).hasContent("contentcontent");
        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void aNewFileIsGivenTheModeAskedForWhateverTheUmask() throws IOException {
        Ownership own = Ownership.of(file("model", CONTENT)).orElseThrow();
        Ownership wide = new Ownership(own.owner(), own.group(), PosixFilePermissions.fromString("rw-rw-rw-"));

        disk.create(directory.resolve("wide"), Optional.of(wide)).close();

        assertThat(mode(directory.resolve("wide"))).isEqualTo("rw-rw-rw-");
        assertThat(Ownership.of(directory.resolve("wide"))).hasValue(wide);
    }

    @Test
    void whatStandsThereIsNeverCreatedAgain() throws IOException {
        Path file = file("file", CONTENT);
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nothing"));

        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> disk.create(file, Optional.empty()));
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> disk.create(link, Optional.empty()));
        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(directory.resolve("nothing")).doesNotExist();
    }

    @Test
    void aLinkTakesOnlyAFreeName() throws IOException {
        Path file = file("file", CONTENT);
        Path taken = file("taken", new byte[0]);

        disk.link(file, directory.resolve("second"));

        assertThat(Files.isSameFile(file, directory.resolve("second"))).isTrue();
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> disk.link(file, taken));
        assertThat(taken).isEmptyFile();
    }

    @Test
    void aRenameReplacesWhatStandsThere() throws IOException {
        Path from = file("from", CONTENT);
        Path to = file("to", new byte[0]);

        disk.rename(from, to);

        assertThat(from).doesNotExist();
        assertThat(to).hasBinaryContent(CONTENT);
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> disk.rename(from, to));
        assertThat(to).hasBinaryContent(CONTENT);
    }

    @Test
    void removingANameTwiceIsNoError() throws IOException {
        Path file = file("file", CONTENT);

        disk.unlink(file);
        disk.unlink(file);

        assertThat(file).doesNotExist();
    }

    @Test
    void forcesFilesAndDirectories() throws IOException {
        Path file = file("file", CONTENT);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

        assertThatNoException().isThrownBy(() -> disk.force(file));
        assertThatNoException().isThrownBy(() -> disk.forceDirectory(directory));
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> disk.force(directory.resolve("absent")));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> disk.forceDirectory(directory.resolve("absent")));
        assertThat(file).hasBinaryContent(CONTENT);
    }

    @Test
    void aNewDirectoryIsForItsOwnerAloneAndAnExistingOneIsKept() throws IOException {
        Path made = directory.resolve("made");
        disk.makeDirectory(made);
        assertThat(mode(made)).isEqualTo("rwx------");

        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-x---"));
        disk.makeDirectory(made);
        assertThat(mode(made)).isEqualTo("rwxr-x---");

        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> disk.makeDirectory(file("file", CONTENT)));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> disk.makeDirectory(directory.resolve("absent").resolve("below")));
    }

    @Test
    void aNewLockFileIsGivenTheOwnershipAskedFor() throws IOException {
        Ownership own = Ownership.of(file("model", CONTENT)).orElseThrow();
        Ownership group = new Ownership(own.owner(), own.group(), PosixFilePermissions.fromString("rw-rw----"));
        Path lockFile = directory.resolve("lock");

        disk.lock(lockFile, Optional.of(group), Duration.ZERO).close();
        disk.lock(lockFile, Optional.empty(), Duration.ZERO).close();

        assertThat(Ownership.of(lockFile)).hasValue(group);
    }

    @Test
    void aLockFileReachedThroughALinkedDirectoryIsTheSame() throws IOException {
        Path link =
                Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(directory.resolve("real")));
        try (var held = disk.lock(link.resolve("lock"), Optional.empty(), Duration.ZERO)) {
            assertThat(held).isNotNull();
            assertThatExceptionOfType(LockTimeoutException.class)
                    .isThrownBy(() ->
                            disk.lock(directory.resolve("real").resolve("lock"), Optional.empty(), Duration.ZERO));
        }
        assertThat(directory.resolve("real").resolve("lock")).isEmptyFile();
    }

    @Test
    void knowsADirectoryThatCanBeWritten() {
        assertThat(disk.isWritable(directory)).isTrue();
        assertThat(disk.isWritable(directory.resolve("absent"))).isFalse();
    }

    @Test
    void everyOperationGoesOnWithAPendingInterruptAndKeepsIt() throws IOException {
        Path file = directory.resolve("file");
        Thread.currentThread().interrupt();
        try (Disk.Output out = disk.create(file, Optional.empty())) {
            out.write(CONTENT);
            out.force();
        }
        disk.force(file);
        disk.link(file, directory.resolve("second"));
        disk.rename(directory.resolve("second"), directory.resolve("third"));
        disk.unlink(directory.resolve("third"));
        disk.makeDirectory(directory.resolve("made"));
        disk.forceDirectory(directory);
        disk.lock(directory.resolve("lock"), Optional.empty(), Duration.ofSeconds(5))
                .close();
        assertThat(disk.read(file, 100)).isEqualTo(CONTENT);
        assertThat(disk.exists(file)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }
}
