// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OtherProcess;
import org.codomyrmex.secrets.files.OtherUser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the system denies to a process of another user, which only root can start. */
@Timeout(60)
class UnprivilegedTest {

    private static final int NOBODY = OtherUser.ALICE.uid();

    @TempDir
    static Path parent;

    private static OtherProcess nobody;

    private static int cases;

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());
    private KeyringFiles files;

    @BeforeAll
    static void startProcess() throws Exception {
        OtherUser.assumeStartable();
        nobody = OtherUser.ALICE.start(OtherUser.readableClassPath(parent), KeyringProcess.class);
        assertThat(nobody.hear()).isEqualTo("ready");
    }

    @AfterAll
    static void endProcess() {
        if (nobody != null) {
            nobody.close();
        }
    }

    @BeforeEach
    void writeFiles() throws IOException {
        files = KeyringFiles.below(parent, "case-" + cases++).with(ring);
    }

    private static void chmod(String mode, Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        }
    }

    private static void give(Path... paths) throws IOException {
        OtherUser.ALICE.own(paths);
    }

    private String ids() {
        return String.join(" ", ring.keyIds());
    }

    @Test
    void filesThatMayNotBeReadAreAnErrorAndNoKeyIsCreated() throws IOException {
        chmod("rwxrwxrwx", files.directory);
        Map<String, String> state = files.state();

        assertThat(nobody.ask("create " + files.keyFile))
                .startsWith("refused UNAVAILABLE")
                .contains("AccessDeniedException", files.ring.toString());
        Files.delete(files.ring);
        assertThat(nobody.ask("create " + files.keyFile))
                .startsWith("refused UNAVAILABLE")
                .contains("AccessDeniedException", files.keyFile.toString());

        state.remove("secrets.key.ring");
        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void aDirectoryThatMayNotBeEnteredIsAnError() throws IOException {
        chmod("rwx------", files.directory);

        assertThat(nobody.ask("create " + files.keyFile))
                .startsWith("refused UNAVAILABLE")
                .contains("AccessDeniedException", files.keyFile.toString());
    }

    @Test
    void aDirectoryThatMayNotBeWrittenIsUsedAsItStands() throws IOException {
        chmod("rwxr-xr-x", files.directory);
        give(files.ring, files.keyFile);
        Map<String, String> state = files.state();

        assertThat(nobody.ask("create " + files.keyFile)).isEqualTo(ids());
        assertThat(nobody.ask("rotate " + files.keyFile))
                .startsWith("refused READ_ONLY")
                .contains(files.directory.toString());
        assertThat(files.state()).isEqualTo(state);

        Files.delete(files.keyFile);
        assertThat(nobody.ask("create " + files.keyFile)).isEqualTo(ids());
        assertThat(files.keyFile).doesNotExist();
        assertThat(files.lock).doesNotExist();
    }

    @Test
    void aRotationThatCannotKeepTheOwnerIsRefusedBeforeAnythingIsReplaced() throws IOException {
        chmod("rwxrwxrwx", files.directory);
        for (Path file : List.of(files.ring, files.keyFile)) {
            Files.setAttribute(file, "unix:gid", NOBODY);
            chmod("rw-r-----", file);
        }
        Map<String, String> state = files.state();

        assertThat(nobody.ask("open " + files.keyFile)).isEqualTo(ids());
        assertThat(nobody.ask("rotate " + files.keyFile))
                .startsWith("refused UNAVAILABLE")
                .contains("cannot be given to user root", "Nothing was changed");

        assertThat(files.state()).isEqualTo(state);
    }

    /** A ring made of it would be root's too, and only root gives files to root. The key is used as it stands. */
    @Test
    void aKeyFileOfRootIsUsedAloneByAUserWhoCannotGiveARingToRoot() throws IOException {
        give(files.directory);
        Files.delete(files.ring);
        chmod("rw-r--r--", files.keyFile);
        Map<String, String> state = files.state();

        assertThat(nobody.ask("open " + files.keyFile)).isEqualTo(ring.primary().id());
        assertThat(nobody.ask("rotate " + files.keyFile))
                .startsWith("refused UNAVAILABLE")
                .contains("cannot be given to user root", "Nothing was changed");

        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void anOwnKeyFileIsAdoptedIntoARingOfOnesOwn() throws IOException {
        give(files.directory, files.keyFile);
        Files.delete(files.ring);
        String key = KeyringFiles.describe(files.keyFile);

        assertThat(nobody.ask("open " + files.keyFile)).isEqualTo(ring.primary().id());

        assertThat(Files.getAttribute(files.ring, "unix:uid")).isEqualTo(NOBODY);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.ring)))
                .isEqualTo("rw-------");
        assertThat(KeyringFiles.describe(files.keyFile)).isEqualTo(key);
        assertThat(nobody.ask("rotate " + files.keyFile))
                .endsWith(" " + ring.primary().id());
    }

    @Test
    void whoOwnsTheFilesMayRotateThemAndRootGivesThemBackToTheOwner() throws IOException {
        give(files.directory, files.ring, files.keyFile);

        assertThat(nobody.ask("rotate " + files.keyFile)).endsWith(ids());
        files.source().update(present -> present.rotatedTo(FernetKey.generate()));
        assertThat(nobody.ask("rotate " + files.keyFile)).endsWith(ids()).hasSize(5 * 16 + 4);

        for (Path file : List.of(files.ring, files.keyFile, files.lock)) {
            assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(NOBODY);
        }
    }
}
