// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    @BeforeEach
    void nameFiles() {
        target = directory.resolve("file");
    }

    private StagedFile stage(Disk disk) throws IOException {
        return StagedFile.stage(disk, target, NEW, Optional.empty());
    }

    private List<Path> names() throws IOException {
        try (var names = Files.list(directory)) {
            return names.toList();
        }
    }

    private Path temporary() throws IOException {
        return names().stream()
                .filter(name -> name.getFileName().toString().matches("file\\.[0-9a-f]{16}\\.tmp"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void neverStandsUnderTheSameNameTwice() throws IOException {
        Set<Path> used = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            StagedFile staged = stage(Disk.system());
            assertThat(used.add(temporary())).isTrue();
            staged.close();
        }
    }

    @Test
    void findsAndRemovesTheTemporariesOfOthers() throws IOException {
        Path killed = Files.write(directory.resolve("file.0123456789abcdef.tmp"), OLD);
        List<Path> unrelated = List.of(
                Files.write(directory.resolve("file.0123456789abcde.tmp"), OLD),
                Files.write(directory.resolve("file.tmp"), OLD),
                Files.write(directory.resolve("file.0123456789abcdef.tmp.bak"), OLD),
                Files.write(directory.resolve("another.0123456789abcdef.tmp"), OLD));
        assertThat(StagedFile.temporariesOf(Disk.system(), directory, target)).containsExactly(killed);
        try (StagedFile staged = stage(Disk.system())) {
            staged.removeOthers(directory, target);
            assertThat(killed).doesNotExist();
            assertThat(staged.replaceTarget()).isTrue();
        }
        assertThat(target).hasBinaryContent(NEW);
        assertThat(unrelated).allSatisfy(file -> assertThat(file).hasBinaryContent(OLD));
    }

    @Test
    void cannotTakeItsPlaceOnceAnotherWriterHasRemovedIt() throws IOException {
        Files.write(target, OLD);
        try (StagedFile staged = stage(Disk.system())) {
            Files.delete(temporary());
            assertThat(staged.replaceTarget()).isFalse();
            assertThat(staged.takeFreePlace()).isFalse();
        }
        assertThat(target).hasBinaryContent(OLD);
    }

    @Test
    void isWrittenThroughTheFileItMadeWhateverStandsUnderItsNameMeanwhile() throws IOException {
        Path elsewhere = Files.write(directory.resolve("elsewhere"), OLD);
        Disk exchanging = new WatchedDisk() {
            @Override
            protected void after(Operation operation, Path file) throws IOException {
                if (operation == Operation.CREATE) {
                    Files.delete(file);
                    Files.createSymbolicLink(file, elsewhere);
                }
            }
        };
        assertThatIOException().isThrownBy(() -> stage(exchanging)).withMessageContaining("is a symbolic link");
        assertThat(elsewhere).hasBinaryContent(OLD);
    }

    @Test
    void isWrittenWholeBesideAnInterruptAndKeepsTheFlag() throws IOException {
        Disk interrupting = new WatchedDisk() {
            private boolean interrupted;

            @Override
            protected void before(Operation operation, Path file) {
                if (operation == Operation.WRITE && !interrupted) {
                    interrupted = true;
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (StagedFile staged = stage(interrupting)) {
            assertThat(Thread.interrupted()).as("the flag").isTrue();
            assertThat(names()).as("the first attempt is removed").hasSize(1);
            staged.replaceTarget();
        }
        assertThat(target).hasBinaryContent(NEW);
    }

    @Test
    void isCompleteBesideTheTargetBeforeItTakesItsPlace() throws IOException {
        Files.write(target, OLD);
        try (StagedFile staged = stage(Disk.system())) {
            assertThat(temporary()).hasBinaryContent(NEW);
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
                .withMessageMatching(target + "\\.[0-9a-f]{16}\\.tmp: reads back differently from what was written");
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
        assertThatIOException().isThrownBy(() -> stage(disk)).withMessageContaining(target.toString());
        assertThat(names()).isEmpty();
    }

    @Test
    void takesAFreePlaceByALink() throws IOException {
        try (StagedFile staged = stage(Disk.system())) {
            assertThat(staged.takeFreePlace()).isTrue();
            assertThat(Files.isSameFile(target, temporary())).isTrue();
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
    void withoutHardLinksAFreePlaceIsTakenByARename(boolean unsupported) throws IOException {
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
}
