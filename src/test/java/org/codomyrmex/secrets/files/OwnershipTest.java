// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnershipTest {

    @TempDir
    Path directory;

    private Ownership withMode(String mode) throws IOException {
        Path file = Files.createTempFile(directory, "file", "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return Ownership.of(file).orElseThrow();
    }

    @Test
    void anAbsentFileHasNone() throws IOException {
        assertThat(Ownership.of(directory.resolve("absent"))).isEmpty();
    }

    @Test
    void aFileSystemWithoutModesHasNoneAndFilesAreMadeThereWithoutAttributes() throws IOException {
        URI zip = URI.create("jar:" + directory.resolve("files.zip").toUri());
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path file = Files.createFile(files.getPath("file"));

            assertThat(Ownership.of(file)).isEmpty();
            assertThat(OwnerOnly.file(file)).isEmpty();
            assertThat(OwnerOnly.directory(file)).isEmpty();
        }
    }

    @Test
    void newFilesAndDirectoriesAreForTheirOwnerAlone() throws IOException {
        assertThat(OwnerOnly.file(directory.resolve("new")))
                .singleElement()
                .satisfies(attribute ->
                        assertThat(attribute.value()).isEqualTo(PosixFilePermissions.fromString("rw-------")));
        assertThat(OwnerOnly.directory(directory.resolve("new")))
                .singleElement()
                .satisfies(attribute ->
                        assertThat(attribute.value()).isEqualTo(PosixFilePermissions.fromString("rwx------")));
    }

    @ParameterizedTest
    @CsvSource({
        "rw-------, false, false",
        "r--------, false, false",
        "rw-r-----, false, true",
        "rw--w----, false, true",
        "rw-r--r--, true, true",
        "rw----r--, true, false",
        "rw-----w-, true, false",
        "rwx-----x, true, false",
    })
    void tellsWhoMayReadOrWrite(String mode, boolean others, boolean group) throws IOException {
        Ownership ownership = withMode(mode);

        assertThat(ownership.modeText()).isEqualTo(mode);
        assertThat(ownership.isOpenToOthers()).isEqualTo(others);
        assertThat(ownership.isOpenToGroup()).isEqualTo(group);
    }

    @ParameterizedTest
    @CsvSource({"rw-r--r--, rw-------", "rw-r-----, rw-r-----", "rw-------, rw-------", "rw-rw---x, rw-------"})
    void aSiblingHasTheSameModeUnlessEverybodyCouldReadIt(String mode, String sibling) throws IOException {
        Ownership ownership = withMode(mode);

        assertThat(ownership.forSibling().modeText()).isEqualTo(sibling);
        assertThat(ownership.forSibling().owner()).isEqualTo(ownership.owner());
        assertThat(ownership.forSibling().group()).isEqualTo(ownership.group());
        assertThat(ownership.exact()).isTrue();
        assertThat(ownership.forSibling().exact()).isFalse();
    }

    @Test
    void tellsWhetherEverybodyMayWrite() throws IOException {
        assertThat(withMode("rw-rw-rw-").isWritableByOthers()).isTrue();
        assertThat(withMode("rwx---rwx").isWritableByOthers()).isTrue();
        assertThat(withMode("rw-rw-r--").isWritableByOthers()).isFalse();
    }

    @Test
    void theModeIsCopied() throws IOException {
        Set<PosixFilePermission> mode = EnumSet.of(PosixFilePermission.OWNER_READ);
        Ownership any = withMode("rw-------");
        Ownership ownership = new Ownership(any.owner(), any.group(), mode);

        mode.add(PosixFilePermission.OTHERS_READ);

        assertThat(ownership.isOpenToOthers()).isFalse();
    }

    @Test
    void aNewFileIsGivenToAnotherOwnerAndGroupWhereThatIsAllowed() throws IOException {
        Path model = Files.createFile(directory.resolve("model"));
        Ownership other = new Ownership(
                principal("65534"),
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName("65534"),
                PosixFilePermissions.fromString("rw-r-----"));
        assumeTrue(mayGiveAway(model, other), "only root may give files away");

        Disk.system().create(directory.resolve("new"), Optional.of(other)).close();

        assertThat(Ownership.of(directory.resolve("new"))).hasValue(other);
    }

    @Test
    void aFileThatCannotBeGivenAwayIsRefusedAndNotMade() throws IOException {
        Path model = Files.createFile(directory.resolve("model"));
        Ownership own = Ownership.of(model).orElseThrow();
        Ownership other = new Ownership(principal("65534"), own.group(), own.mode());
        assumeTrue(!mayGiveAway(model, other), "root may give files away");

        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> Disk.system().create(directory.resolve("new"), Optional.of(other)))
                .withMessageContaining("cannot be given to user");
        assertThat(directory.resolve("new")).doesNotExist();
    }

    private UserPrincipal principal(String name) throws IOException {
        return directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    private static boolean mayGiveAway(Path file, Ownership other) {
        try {
            Files.getFileAttributeView(file, PosixFileAttributeView.class).setOwner(other.owner());
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
