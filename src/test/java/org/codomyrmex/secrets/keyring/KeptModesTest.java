// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.files.OtherUser.ALICE;
import static org.codomyrmex.secrets.files.OtherUser.GROUP;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OtherProcess;
import org.codomyrmex.secrets.files.OtherUser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Owner, group and mode as people set them, before and after a change by a user without rights. Root can open every file,
 * so root lets another user do it.
 */
@Timeout(60)
class KeptModesTest {

    @TempDir
    static Path parent;

    private static boolean root;
    private static OtherProcess user;
    private static int directories;

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());
    private final String ids = String.join(" ", ring.keyIds());
    private KeyringFiles files;

    @BeforeAll
    static void startProcess() throws Exception {
        root = OtherUser.isRoot();
        if (root) {
            OtherUser.assumeStartable();
            user = ALICE.start(OtherUser.readableClassPath(parent), KeyringProcess.class);
        } else {
            user = OtherProcess.java(KeyringProcess.class);
        }
        assertThat(user.hear()).isEqualTo("ready");
    }

    @AfterAll
    static void endProcess() {
        if (user != null) {
            user.close();
        }
    }

    @BeforeEach
    void writeFiles() throws IOException {
        files = KeyringFiles.below(parent, "directory-" + directories++).with(ring);
        FileModes.chmod(0700, files.directory);
        if (root) {
            ALICE.own(files.directory, files.ring, files.keyFile);
        }
    }

    private void assertRotatesAndKeeps(String... ownerships) {
        assertThat(user.ask("open " + files.keyFile)).isEqualTo(ids);
        String once = user.ask("rotate " + files.keyFile);
        assertThat(once).endsWith(ids).hasSize(3 * 16 + 2);
        String twice = user.ask("rotate " + files.keyFile);
        assertThat(twice).endsWith(once).hasSize(4 * 16 + 3);
        assertThat(user.ask("open " + files.keyFile)).isEqualTo(twice);
        assertThat(List.of(FileModes.ownership(files.ring), FileModes.ownership(files.keyFile)))
                .containsExactly(ownerships);
        assertThat(FileModes.mode(files.lock)).isEqualTo("0600");
    }

    @ParameterizedTest
    @ValueSource(ints = {0400, 0440, 0600, 0640, 0660})
    void filesOpenAndRotateWithTheModeThatTheyHave(int mode) throws IOException {
        FileModes.chmod(mode, files.ring, files.keyFile);
        assertRotatesAndKeeps(FileModes.ownership(files.ring), FileModes.ownership(files.keyFile));
    }

    @Test
    void eachOfTheTwoFilesKeepsItsOwnMode() throws IOException {
        FileModes.chmod(0400, files.ring);
        FileModes.chmod(0640, files.keyFile);
        assertRotatesAndKeeps(FileModes.ownership(files.ring), FileModes.ownership(files.keyFile));
    }

    @ParameterizedTest
    @ValueSource(ints = {0400, 0440})
    void aLoneKeyFileWithoutWritePermissionBecomesARing(int mode) throws IOException {
        Files.delete(files.ring);
        FileModes.chmod(mode, files.keyFile);

        assertThat(user.ask("open " + files.keyFile)).isEqualTo(ring.primary().id());
        assertThat(user.ask("rotate " + files.keyFile)).endsWith(ring.primary().id());

        assertThat(FileModes.mode(files.keyFile)).isEqualTo("%04o".formatted(mode));
        assertThat(FileModes.mode(files.ring))
                .as("who can read the key file can read its ring")
                .isEqualTo(mode == 0400 ? "0400" : "0440");
    }

    @ParameterizedTest
    @ValueSource(ints = {0400, 0440})
    void aRingWithoutWritePermissionGetsItsKeyFileAgain(int mode) throws IOException {
        FileModes.chmod(mode, files.ring);
        Files.delete(files.keyFile);

        assertThat(user.ask("open " + files.keyFile)).isEqualTo(ids);

        assertThat(files.keyFile).hasContent(ring.primary().reveal());
        assertThat(FileModes.openToOthers(files.directory)).isEmpty();
    }

    @Test
    void theGroupOfTheFilesIsKept() throws Exception {
        OtherUser.assumeStartable();
        FileModes.chgrp(GROUP, files.ring, files.keyFile);
        FileModes.chmod(0640, files.ring, files.keyFile);
        String before = ALICE.uid() + ":" + GROUP + " 0640";
        assertRotatesAndKeeps(before, before);
    }

    @Test
    void rightsOfOthersAreDropped() throws IOException {
        FileModes.chmod(0644, files.ring, files.keyFile);
        String ownership = FileModes.ownership(files.ring).replace("0644", "0640");
        assertRotatesAndKeeps(ownership, ownership);
    }

    @Test
    void rightsOfOthersAreDroppedWithAWarning() throws IOException {
        KeyringFiles own = KeyringFiles.below(parent, "own-" + directories++).with(ring);
        FileModes.chmod(0646, own.ring);
        FileModes.chmod(0604, own.keyFile);
        try (RecordedLog log = new RecordedLog()) {
            FileKeyringSource.at(own.keyFile).update(present -> present.rotatedTo(FernetKey.generate()));

            assertThat(log.warningsIn(own.directory))
                    .anySatisfy(warning -> assertThat(warning).contains(own.ring.toString(), "rw-r--rw-"))
                    .anySatisfy(warning -> assertThat(warning).contains(own.keyFile.toString(), "rw----r--"));
        }
        assertThat(FileModes.mode(own.ring)).isEqualTo("0640");
        assertThat(FileModes.mode(own.keyFile)).isEqualTo("0600");
    }

    @ParameterizedTest
    @ValueSource(ints = {0600, 0640, 0440})
    void rootKeepsOwnerGroupAndModeOfTheRingOfAnotherUser(int mode) throws Exception {
        OtherUser.assumeStartable();
        FileModes.chgrp(GROUP, files.ring, files.keyFile);
        FileModes.chmod(mode, files.ring, files.keyFile);
        String before = FileModes.ownership(files.ring);

        List<String> rotated = FileKeyringSource.at(files.keyFile)
                .update(present -> present.rotatedTo(FernetKey.generate()))
                .keyIds();

        assertThat(FileModes.ownership(files.ring)).isEqualTo(before);
        assertThat(FileModes.ownership(files.keyFile)).isEqualTo(before);
        assertThat(FileModes.owner(files.lock)).isEqualTo(ALICE.uid());
        assertThat(FileModes.mode(files.lock)).isEqualTo("0600");
        assertThat(user.ask("open " + files.keyFile)).isEqualTo(String.join(" ", rotated));
        assertThat(user.ask("rotate " + files.keyFile)).endsWith(String.join(" ", rotated));
    }
}
