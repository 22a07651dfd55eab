// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory that others can write, or can exchange as a whole: warned of, and refused where that is asked for. */
class OpenDirectoryTest {

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());

    @TempDir
    Path top;

    private Path above;
    private KeyringFiles files;
    private RecordedLog log;

    @BeforeEach
    void makeDirectories() throws IOException {
        above = Files.createDirectory(top.resolve("above"));
        Path between = Files.createDirectory(above.resolve("between"));
        files = KeyringFiles.below(between, "keyring");
        FileModes.chmod(0755, above, between, files.directory);
        log = new RecordedLog();
    }

    @AfterEach
    void stopLog() {
        log.close();
    }

    private String naming(Path directory) {
        return directory.equals(files.directory)
                ? "Others can replace the keys in the directory " + directory + ": "
                : "Others can replace the directory " + files.directory + ", because of " + directory;
    }

    private void assertNamesDirectory(Path directory) {
        FileKeyringSource source = FileKeyringSource.at(files.keyFile);
        Keyring created = source.load(true);
        source.load(false);
        source.update(present -> present.rotatedTo(FernetKey.generate()));

        assertThat(log.warningsIn(top.getParent()))
                .filteredOn(warning -> warning.contains(naming(directory)))
                .as("said once")
                .hasSize(1);

        FileKeyringSource strict = FileKeyringSource.at(files.keyFile).withStrictPermissions();
        Map<String, String> state = files.state();
        for (Runnable use : List.<Runnable>of(
                () -> strict.load(true),
                () -> strict.update(present -> present.rotatedTo(FernetKey.generate())),
                () -> strict.destroy(created.primary().id(), () -> true))) {
            KeyringException refusal = catchThrowableOfType(KeyringException.class, use::run);

            assertThat(refusal).hasMessageContaining(naming(directory));
            assertThat(refusal.reason()).isEqualTo(KeyringException.Reason.UNAVAILABLE);
            assertThat(files.state()).isEqualTo(state);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0777, 0757, 0775, 0770, 01777})
    void aDirectoryThatOthersCanWriteIsNamed(int mode) throws IOException {
        FileModes.chmod(mode, files.directory);
        assertNamesDirectory(files.directory);
    }

    @ParameterizedTest
    @ValueSource(ints = {0777, 0775})
    void aDirectoryFurtherUpThatOthersCanWriteIsNamed(int mode) throws IOException {
        FileModes.chmod(mode, above);
        assertNamesDirectory(above);
    }

    @ParameterizedTest
    @ValueSource(ints = {0777, 01777, 0775})
    void aStrictSourceCreatesNothingThere(int mode) throws IOException {
        FileModes.chmod(mode, files.directory);

        KeyringException refusal = catchThrowableOfType(
                KeyringException.class,
                () -> FileKeyringSource.at(files.keyFile)
                        .withStrictPermissions()
                        .load(true));

        assertThat(refusal).hasMessageContaining(naming(files.directory));
        assertThat(files.ring).doesNotExist();
        assertThat(files.keyFile).doesNotExist();
    }

    @Test
    void aDirectoryFurtherUpWithTheStickyBitIsFine() throws IOException {
        FileModes.chmod(01777, above);
        files.with(ring);

        assertThat(FileKeyringSource.at(files.keyFile).withStrictPermissions().load(true))
                .isEqualTo(ring);
        assertThat(FileKeyringSource.at(files.keyFile).load(false)).isEqualTo(ring);
        assertThat(log.warningsIn(top.getParent())).isEmpty();
    }

    @Test
    void aLinkToTheKeyFileIsJudgedByTheDirectoryThatItLeadsTo() throws IOException {
        files.with(ring);
        Path link = Files.createSymbolicLink(top.resolve("secrets.key"), files.keyFile);
        FileModes.chmod(0777, files.directory);

        assertThat(catchThrowableOfType(
                        KeyringException.class,
                        () -> FileKeyringSource.at(link).withStrictPermissions().load(false)))
                .hasMessageContaining(naming(files.directory));
    }
}
