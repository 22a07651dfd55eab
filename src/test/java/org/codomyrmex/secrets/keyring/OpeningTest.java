// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a keyring is opened, when one is created, and when neither. */
class OpeningTest {

    @TempDir
    Path directory;

    private KeyringFiles files;

    @BeforeEach
    void nameFiles() {
        files = new KeyringFiles(directory);
    }

    private static KeyringException refused(FileKeyringSource source) {
        return catchThrowableOfType(KeyringException.class, () -> source.load(true));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aKeyringIsCreatedWithItsDirectoriesForItsOwnerAlone() throws IOException {
        KeyringFiles deep = new KeyringFiles(directory.resolve("one").resolve("two"));

        Keyring created = deep.source().load(true);

        assertThat(created.keyIds()).hasSize(1);
        deep.assertWritten(created);
        assertThat(mode(directory.resolve("one"))).isEqualTo("rwx------");
        assertThat(mode(deep.directory)).isEqualTo("rwx------");
        assertThat(List.of(mode(deep.ring), mode(deep.keyFile), mode(deep.lock)))
                .containsOnly("rw-------");
        assertThat(KeyringFiles.listed(deep.directory)).containsExactlyInAnyOrder(deep.ring, deep.keyFile, deep.lock);
        assertThat(deep.openedWithoutATouch()).isEqualTo(created);
    }

    @Test
    void creatingIsToldOnceNamingBothFiles() {
        try (RecordedLog log = new RecordedLog()) {
            FileKeyringSource source = files.source();
            source.load(true);
            source.load(true);

            assertThat(log.newsIn(directory))
                    .singleElement()
                    .asString()
                    .contains("Created", files.ring.toString(), files.keyFile + " its mirror", "Back up both");
            assertThat(log.warningsIn(directory)).isEmpty();
        }
    }

    @Test
    void anExistingDirectoryKeepsItsMode() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        files.source().load(true);

        assertThat(mode(directory)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void everyCreatedKeyIsAnother() {
        KeyringFiles one = KeyringFiles.below(directory, "one");
        KeyringFiles two = KeyringFiles.below(directory, "two");

        assertThat(one.source().load(true)).isNotEqualTo(two.source().load(true));
    }

    @Test
    void whereNothingMayBeCreatedAnAbsentKeyringIsAnErrorAndNothingIsMade() throws IOException {
        KeyringFiles deep = new KeyringFiles(directory.resolve("one").resolve("two"));

        for (KeyringFiles absent : List.of(files, deep)) {
            KeyringException refusal = catchThrowableOfType(KeyringException.class, absent::opened);

            assertThat(refusal.reason()).isEqualTo(Reason.ABSENT);
            assertThat(refusal)
                    .hasNoCause()
                    .hasMessageContainingAll(
                            absent.keyFile.toString(),
                            absent.ring.toString(),
                            "creating one is not allowed here",
                            "backup");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void changingAnAbsentKeyringCreatesNone() {
        assertThat(catchThrowableOfType(
                                KeyringException.class,
                                () -> files.source().update(ring -> ring.rotatedTo(FernetKey.generate())))
                        .reason())
                .isEqualTo(Reason.ABSENT);
        assertThat(catchThrowableOfType(
                                KeyringException.class, () -> files.source().destroy("0123456789abcdef", () -> true))
                        .reason())
                .isEqualTo(Reason.ABSENT);

        assertThat(files.ring).doesNotExist();
        assertThat(files.keyFile).doesNotExist();
    }

    @Test
    void aLockFileWithoutAKeyringIsNoKeyring() throws IOException {
        Files.createFile(files.lock);

        assertThat(catchThrowableOfType(KeyringException.class, files::opened).reason())
                .isEqualTo(Reason.ABSENT);
        assertThat(files.source().load(true).keyIds()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secrets.key", "secrets.key.ring"})
    void aDirectoryInThePlaceOfAFileIsAnErrorAndNothingIsCreated(String name) throws IOException {
        Path inTheWay = Files.createDirectory(directory.resolve(name));

        KeyringException refusal = refused(files.source());

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal).hasMessageContainingAll(inTheWay + ": is not a regular file", files.keyFile.toString());
        assertThat(KeyringFiles.listed(directory)).containsExactly(inTheWay);
    }

    @Test
    void aFileInThePlaceOfTheDirectoryIsAnError() throws IOException {
        KeyringFiles below = new KeyringFiles(Files.createFile(directory.resolve("file")));

        KeyringException refusal = refused(below.source());

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal).hasMessageContaining(below.keyFile.toString());
        assertThat(below.directory).isEmptyFile();
    }

    /** The n-th reading of a file is denied, be it before or after the lock was taken. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void whereAFileCannotBeReadNothingIsCreated(int allowed) {
        int[] reads = new int[1];
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (operation == Operation.READ && !file.toString().endsWith(".tmp") && reads[0]++ >= allowed) {
                    throw new AccessDeniedException(file.toString());
                }
            }
        });

        KeyringException refusal = refused(source);

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal)
                .hasMessageContainingAll(files.keyFile.toString(), "AccessDeniedException", "secrets.key")
                .hasCauseInstanceOf(AccessDeniedException.class);
        if (allowed < 4) {
            assertThat(files.ring).doesNotExist();
            assertThat(files.keyFile).doesNotExist();
        }
    }

    @Test
    void aKeyThatCannotBeReadIsNeverReplacedByANewOne() throws IOException {
        FernetKey key = FernetKey.generate();
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(key));
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (operation == Operation.READ && file.equals(files.keyFile)) {
                    throw new IOException("Input/output error");
                }
            }
        });

        assertThat(refused(source).reason()).isEqualTo(Reason.UNAVAILABLE);

        assertThat(files.ring).doesNotExist();
        assertThat(files.source().load(true)).isEqualTo(Keyring.of(key));
    }

    @Test
    void aRingIsUsedOnlyAfterItsDirectoryHasBeenForcedOnce() {
        files.with(Keyring.of(FernetKey.generate()));
        List<Path> forced = new ArrayList<>();
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void after(Operation operation, Path file) {
                if (operation == Operation.FORCE_DIRECTORY && file.equals(files.directory)) {
                    forced.add(file);
                }
            }
        });

        source.load(false);
        assertThat(forced).containsExactly(files.directory);
        source.load(false);
        source.load(false);
        assertThat(forced).hasSize(1);

        files.source().update(ring -> ring.rotatedTo(FernetKey.generate()));
        source.load(false);
        assertThat(forced).hasSize(2);
    }

    @Test
    void aSourceIsNamedByItsPathAndOpensNothingByItself() {
        Path relative = Path.of("some", "secrets.key");
        FileKeyringSource source = FileKeyringSource.at(relative);

        assertThat(source.keyFile()).isEqualTo(relative.toAbsolutePath());
        assertThat(source).hasToString("FileKeyringSource[" + relative.toAbsolutePath() + "]");
        assertThat(source.withStrictPermissions())
                .hasToString("FileKeyringSource[" + relative.toAbsolutePath() + ", strict]");
        assertThat(source.withStrictPermissions().keyFile()).isEqualTo(source.keyFile());
        assertThat(relative.getParent()).doesNotExist();
    }

    @Test
    void aPathThatNamesNoFileIsTheCallersMistake() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileKeyringSource.at(directory.resolve("secrets\n.key")))
                .withMessageContainingAll("keyFile has a control character");
        URI zip = URI.create("jar:" + directory.resolve("files.zip").toUri());
        try (FileSystem elsewhere = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FileKeyringSource.at(elsewhere.getPath("secrets.key")))
                    .withMessageContainingAll("keyFile is not on the default file system", "of this machine");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileKeyringSource.at(Path.of("")))
                .withMessageContainingAll("keyFile", "empty", "expected the path of a file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileKeyringSource.at(Path.of("/")))
                .withMessageContainingAll("keyFile", "/", "expected the path of a file");
        assertThatNullPointerException()
                .isThrownBy(() -> FileKeyringSource.at(null))
                .withMessage("keyFile");
        assertThatNullPointerException()
                .isThrownBy(() -> files.source().update(null))
                .withMessage("change");
        assertThatNullPointerException()
                .isThrownBy(() -> files.source().destroy(null, () -> true))
                .withMessage("keyId");
        assertThatNullPointerException()
                .isThrownBy(() -> files.source().destroy("0123456789abcdef", null))
                .withMessage("forbid");
    }
}
