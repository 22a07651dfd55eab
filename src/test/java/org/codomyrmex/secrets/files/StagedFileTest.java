// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StagedFileTest {

    private static final byte[] OLD = "old content".getBytes(US_ASCII);
    private static final byte[] NEW = "the new content".getBytes(US_ASCII);

    @TempDir
    Path directory;

    private Path target;
    private Path temporary;

    @BeforeEach
    void nameFiles() {
        target = directory.resolve("file");
        temporary = directory.resolve("file.tmp");
    }

    private StagedFile stage(Disk disk) throws IOException {
        return StagedFile.stage(disk, target, NEW, Optional.empty());
    }

    private List<Path> names() throws IOException {
        try (var names = Files.list(directory)) {
            return names.toList();
        }
    }

    @Test
    void standsUnderAFixedNameBesideItsTarget() {
        assertThat(StagedFile.temporaryOf(target)).isEqualTo(temporary);
    }

    @Test
    void isCompleteBesideTheTargetBeforeItTakesItsPlace() throws IOException {
        Files.write(target, OLD);
        try (StagedFile staged = stage(Disk.system())) {
            assertThat(temporary).hasBinaryContent(NEW);
            assertThat(target).hasBinaryContent(OLD);

            staged.replaceTarget();
        }
        assertThat(target).hasBinaryContent(NEW);
        assertThat(names()).containsExactly(target);
    }

    @Test
    void isForcedAndThenReadBackBeforeItTakesItsPlace() throws IOException {
        List<WatchedDisk.Operation> done = new ArrayList<>();
        Disk disk = new WatchedDisk() {
            @Override
            protected void after(Operation operation, Path file) {
                done.add(operation);
            }
        };
        try (StagedFile staged = stage(disk)) {
            staged.replaceTarget();
        }
        assertThat(done)
                .containsExactly(
                        WatchedDisk.Operation.CREATE,
                        WatchedDisk.Operation.WRITE,
                        WatchedDisk.Operation.FORCE_CONTENT,
                        WatchedDisk.Operation.CLOSE,
                        WatchedDisk.Operation.READ,
                        WatchedDisk.Operation.RENAME);
    }

    @Test
    void closingItWithoutAPlaceRemovesIt() throws IOException {
        Files.write(target, OLD);
        stage(Disk.system()).close();

        assertThat(target).hasBinaryContent(OLD);
        assertThat(names()).containsExactly(target);
    }

    @Test
    void closingItAfterItTookItsPlaceLeavesTheTemporaryOfTheNextHolder() throws IOException {
        StagedFile staged = stage(Disk.system());
        staged.replaceTarget();
        Files.write(temporary, OLD);

        staged.close();

        assertThat(temporary).hasBinaryContent(OLD);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 14})
    void aWriteThatIsCorruptedIsFoundByReadingItBack(int damaged) throws IOException {
        Files.write(target, OLD);
        Disk disk = new WatchedDisk() {
            @Override
            protected byte[] written(Path file, byte[] content) {
                byte[] other = content.clone();
                other[damaged] ^= 1;
                return other;
            }
        };
        assertThatIOException()
                .isThrownBy(() -> stage(disk))
                .withMessage(temporary + ": does not read back as it was written");
        assertThat(target).hasBinaryContent(OLD);
        assertThat(names()).containsExactly(target);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 14, 16, 400})
    void aWriteOfAnotherLengthIsFoundByReadingItBack(int length) throws IOException {
        Disk disk = new WatchedDisk() {
            @Override
            protected byte[] written(Path file, byte[] content) {
                return Arrays.copyOf(content, length);
            }
        };
        assertThatIOException().isThrownBy(() -> stage(disk)).withMessageContaining(temporary.toString());
        assertThat(names()).isEmpty();
    }

    @Test
    void refusesATemporaryThatLiesThereAlready() throws IOException {
        Files.write(temporary, OLD);

        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> stage(Disk.system()));
        assertThat(temporary).as("it may be another program's").hasBinaryContent(OLD);
    }

    @Test
    void takesAFreePlaceByALink() throws IOException {
        try (StagedFile staged = stage(Disk.system())) {
            assertThat(staged.takeFreePlace()).isTrue();
            assertThat(Files.isSameFile(target, temporary)).isTrue();
        }
        assertThat(target).hasBinaryContent(NEW);
        assertThat(names()).containsExactly(target);
    }

    @Test
    void leavesAPlaceThatIsTaken() throws IOException {
        Files.write(target, OLD);
        try (StagedFile staged = stage(Disk.system())) {
            assertThat(staged.takeFreePlace()).isFalse();
        }
        assertThat(target).hasBinaryContent(OLD);
        assertThat(names()).containsExactly(target);
    }

    /** A disk without hard links, which says so in one of the ways in which that is said. */
    private static class Unlinked extends WatchedDisk {

        private final boolean unsupported;

        Unlinked(boolean unsupported) {
            this.unsupported = unsupported;
        }

        @Override
        public void link(Path existing, Path link) throws IOException {
            if (unsupported) {
                throw new UnsupportedOperationException();
            }
            throw new FileSystemException(link.toString(), existing.toString(), "Operation not permitted");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutHardLinksAFreePlaceIsTakenByCreatingTheFile(boolean unsupported) throws IOException {
        try (StagedFile staged = stage(new Unlinked(unsupported))) {
            assertThat(staged.takeFreePlace()).isTrue();
        }
        assertThat(target).hasBinaryContent(NEW);
        assertThat(names()).containsExactly(target);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutHardLinksAPlaceThatIsTakenIsLeft(boolean unsupported) throws IOException {
        Files.write(target, OLD);
        try (StagedFile staged = stage(new Unlinked(unsupported))) {
            assertThat(staged.takeFreePlace()).isFalse();
        }
        assertThat(target).hasBinaryContent(OLD);
    }

    @Test
    void withoutHardLinksAWriteThatFailsHalfWayLeavesNoHalfFile() throws IOException {
        Disk disk = new Unlinked(true) {
            @Override
            protected byte[] written(Path file, byte[] content) {
                return file.equals(target) ? Arrays.copyOf(content, 3) : content;
            }

            @Override
            protected void after(Operation operation, Path file) throws IOException {
                if (operation == Operation.WRITE && file.equals(target)) {
                    throw new IOException("No space left on device");
                }
            }
        };
        try (StagedFile staged = stage(disk)) {
            assertThatIOException().isThrownBy(staged::takeFreePlace).withMessage("No space left on device");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void aDirectoryThatMayNotBeWrittenIsNoFileSystemWithoutHardLinks() throws IOException {
        Disk disk = new WatchedDisk() {
            @Override
            public void link(Path existing, Path link) throws IOException {
                throw new AccessDeniedException(link.toString());
            }
        };
        try (StagedFile staged = stage(disk)) {
            assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(staged::takeFreePlace);
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void whatIsGivenIsCopied() throws IOException {
        byte[] given = NEW.clone();
        Disk disk = new Unlinked(true);
        try (StagedFile staged = StagedFile.stage(disk, target, given, Optional.empty())) {
            Arrays.fill(given, (byte) 0);
            staged.takeFreePlace();
        }
        assertThat(target).hasBinaryContent(NEW);
    }
}
