// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read the files: what is kept, what is warned of, what is refused. */
class PermissionsTest {

    private static final int NOBODY = 65534;

    private final FernetKey primary = FernetKey.generate();
    private final FernetKey next = FernetKey.generate();
    private final Keyring ring = Keyring.of(primary, FernetKey.generate());

    @TempDir
    Path directory;

    private KeyringFiles files;
    private RecordedLog log;

    @BeforeEach
    void startLog() {
        files = new KeyringFiles(directory);
        log = new RecordedLog();
    }

    @AfterEach
    void stopLog() {
        log.close();
    }

    private static void chmod(String mode, Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private void rotate() {
        files.source().update(present -> present.rotatedTo(next));
        files.assertWritten(ring.rotatedTo(next));
    }

    @Test
    void aGroupThatMayReadStillMayAfterARotation() throws IOException {
        files.with(ring);
        chmod("rw-r-----", files.ring, files.keyFile);

        rotate();

        assertThat(List.of(mode(files.ring), mode(files.keyFile))).containsOnly("rw-r-----");
        assertThat(mode(files.lock)).as("whoever can open it can hold it").isEqualTo("rw-------");
        String group = Ownership.of(files.ring).orElseThrow().group().getName();
        assertThat(log.warningsIn(directory))
                .as("named once for each file")
                .hasSize(2)
                .allSatisfy(warning -> assertThat(warning).contains("the group " + group, "rw-r-----"))
                .anySatisfy(warning -> assertThat(warning).contains(files.ring + " can be read"))
                .anySatisfy(warning -> assertThat(warning).contains(files.keyFile + " can be read"));
    }

    @Test
    void ownerAndGroupAreKeptByARotation() throws IOException {
        files.with(ring);
        for (Path file : List.of(files.ring, files.keyFile)) {
            assumeTrue(gaveAway(file), "only root may give files away");
        }

        rotate();

        for (Path file : List.of(files.ring, files.keyFile, files.lock)) {
            assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(NOBODY);
            assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(NOBODY);
            assertThat(mode(file)).isEqualTo("rw-------");
        }
    }

    private static boolean gaveAway(Path file) {
        try {
            Files.setAttribute(file, "unix:uid", NOBODY);
            Files.setAttribute(file, "unix:gid", NOBODY);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void aRotationThatCannotKeepTheOwnerIsRefusedBeforeAnythingIsReplaced() {
        files.with(ring);
        Map<String, String> state = files.state();
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            public Output create(Path file, Optional<Ownership> ownership) throws IOException {
                if (files.isRingTemporary(file)) {
                    throw new AccessDeniedException(file.toString(), null, "cannot be given to user root");
                }
                return super.create(file, ownership);
            }
        });

        KeyringException refusal =
                catchThrowableOfType(KeyringException.class, () -> source.update(present -> present.rotatedTo(next)));

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal)
                .hasMessageContainingAll(
                        files.keyFile.toString(), "cannot be given to user root", "Nothing was changed");
        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void anAdoptedKeyFileThatTheWorldCanReadGetsARingForItsOwnerAloneAndIsClosedWhenItIsReplaced() throws IOException {
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(primary));
        chmod("rw-r--r--", files.keyFile);
        FileKeyringSource source = files.source();

        assertThat(source.load(true)).isEqualTo(Keyring.of(primary));
        source.load(true);
        source.load(false);

        assertThat(mode(files.ring)).isEqualTo("rw-------");
        assertThat(mode(files.lock)).isEqualTo("rw-------");
        assertThat(mode(files.keyFile)).isEqualTo("rw-r--r--");
        assertThat(log.warningsIn(directory)).hasSize(2);
        assertThat(log.warningsIn(directory).get(0))
                .contains(
                        files.keyFile + " is open to every user of this machine (mode rw-r--r--)",
                        "chmod o= " + files.keyFile);
        assertThat(log.warningsIn(directory).get(1))
                .contains("There was no ring beside the key file " + files.keyFile, primary.id());
        source.update(present -> present.rotatedTo(next));
        assertThat(mode(files.keyFile)).as("group and others").isEqualTo("rw-r-----");
        assertThat(mode(files.ring)).isEqualTo("rw-------");
        assertThat(log.warningsIn(directory)
                        .subList(2, log.warningsIn(directory).size()))
                .singleElement()
                .asString()
                .contains(files.keyFile
                        + " is no longer open to every user of this machine; its former mode was rw-r--r--");
    }

    @Test
    void aKeyFileThatIsWrittenAgainIsAsOpenAsItsRing() throws IOException {
        files.with(ring);
        chmod("rw-r-----", files.ring);
        Files.delete(files.keyFile);

        assertThat(files.opened()).isEqualTo(ring);

        assertThat(mode(files.keyFile)).isEqualTo("rw-r-----");
    }

    private FileKeyringSource strict() {
        return new FileKeyringSource(Disk.system(), files.keyFile, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-----w-", "rwxrwxrwx"})
    void aStrictSourceRefusesWhatTheWorldCanReadOrWrite(String mode) throws IOException {
        files.with(ring);
        for (Path file : List.of(files.ring, files.keyFile)) {
            chmod("rw-------", files.ring, files.keyFile);
            chmod(mode, file);
            Map<String, String> state = files.state();
            for (Runnable use : List.<Runnable>of(
                    () -> strict().load(true),
                    () -> strict().update(present -> present.rotatedTo(next)),
                    () -> strict().destroy(ring.retired().get(0).id(), () -> true))) {
                KeyringException refusal = catchThrowableOfType(KeyringException.class, use::run);

                assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
                assertThat(refusal).hasMessageContainingAll(mode, "chmod o= " + file);
                assertThat(files.state()).isEqualTo(state);
            }
        }
        assertThat(log.warningsIn(directory)).isEmpty();
    }

    @Test
    void aDirectoryThatTheWorldCanWriteIsWarnedOfOnceAndRefusedByAStrictSource() throws IOException {
        files.with(ring);
        chmod("rwxrwxrwx", directory);
        FileKeyringSource source = files.source();

        source.load(false);
        source.load(false);

        assertThat(log.warningsIn(directory.getParent()))
                .singleElement()
                .asString()
                .contains(
                        "Others can replace the keys in the directory " + directory
                                + ": every user can write to it (mode rwxrwxrwx)",
                        "with chmod or chown");
        assertThat(catchThrowableOfType(KeyringException.class, () -> strict().load(false)))
                .hasMessageContaining(directory + ": every user can write to it (mode rwxrwxrwx)");
    }

    @Test
    void aStrictSourceAdoptsNoKeyThatTheWorldCanRead() throws IOException {
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(primary));
        chmod("rw-r--r--", files.keyFile);
        Map<String, String> state = files.state();

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> strict().load(true));

        assertThat(refusal).hasMessageContaining("chmod o= " + files.keyFile);
        assertThat(files.state()).isEqualTo(state);
        chmod("rw-------", files.keyFile);
        assertThat(strict().load(true)).isEqualTo(Keyring.of(primary));
    }

    @Test
    void aStrictSourceTakesNoKeyFromAKeyFileThatTheWorldCanWrite() throws IOException {
        files.with(ring);
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(next));
        chmod("rw-rw-rw-", files.keyFile);
        Map<String, String> state = files.state();

        assertThat(catchThrowableOfType(KeyringException.class, () -> strict().load(true)))
                .hasMessageContaining("chmod o= " + files.keyFile);

        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void aStrictSourceTakesWhatAGroupCanReadAndWhatItMadeItself() throws IOException {
        assertThat(strict().load(true)).isEqualTo(files.openedWithoutATouch());
        chmod("rw-r-----", files.ring, files.keyFile);

        assertThat(strict().load(true)).isEqualTo(files.openedWithoutATouch());
        assertThat(FileKeyringSource.at(files.keyFile).withStrictPermissions().load(true))
                .isEqualTo(files.openedWithoutATouch());
    }

    @Test
    void aWarningIsSaidOnceHoweverOftenTheFilesAreLookedAt() throws IOException {
        files.with(ring);
        chmod("rw-r--r--", files.ring, files.keyFile);
        FileKeyringSource source = files.source();

        for (int look = 0; look < 5; look++) {
            source.load(false);
        }
        assertThat(log.warningsIn(directory)).hasSize(2);

        files.source().load(false);
        assertThat(log.warningsIn(directory)).as("another source says it again").hasSize(4);
    }
}
