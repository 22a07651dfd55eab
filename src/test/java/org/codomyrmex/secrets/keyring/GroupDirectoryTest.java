// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.files.OtherUser.ALICE;
import static org.codomyrmex.secrets.files.OtherUser.GROUP;
import static org.codomyrmex.secrets.files.OtherUser.MALLORY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two members of a group and the ring of one of them: neither shuts the other out. Alice owns it, Mallory may read. */
@Timeout(60)
class GroupDirectoryTest {

    @TempDir
    static Path parent;

    private static TwoUsers users;

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());
    private final String ids = String.join(" ", ring.keyIds());
    private KeyringFiles files;

    @BeforeAll
    static void startProcesses() throws Exception {
        users = TwoUsers.below(parent);
    }

    @AfterAll
    static void endProcesses() {
        if (users != null) {
            users.close();
        }
    }

    @BeforeEach
    void writeFiles() throws IOException {
        files = users.newFiles().with(ring);
        ALICE.own(files.directory, files.ring, files.keyFile);
        FileModes.chgrp(GROUP, files.directory, files.ring, files.keyFile);
        FileModes.chmod(02770, files.directory);
        FileModes.chmod(0660, files.ring, files.keyFile);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMemberWhoOpensFirstDoesNotMakeTheKeyFileAgain(boolean lockOfEarlierTimes) throws IOException {
        Files.delete(files.keyFile);
        if (lockOfEarlierTimes) {
            Files.createFile(files.lock);
            ALICE.own(files.lock);
            FileModes.chgrp(GROUP, files.lock);
            FileModes.chmod(0660, files.lock);
        }
        String ringBefore = KeyringFiles.describe(files.ring);

        assertThat(users.mallory.ask("create " + files.keyFile)).isEqualTo(ids);
        assertThat(users.mallory.ask("open " + files.keyFile)).isEqualTo(ids);

        assertThat(KeyringFiles.listed(files.directory))
                .allSatisfy(
                        file -> assertThat(MALLORY.owns(file)).as("%s", file).isFalse());
        assertThat(users.alice.ask("open " + files.keyFile)).isEqualTo(ids);
        assertThat(KeyringFiles.listed(files.directory))
                .allSatisfy(file -> assertThat(ALICE.owns(file)).as("%s", file).isTrue());
        assertThat(users.mallory.ask("open " + files.keyFile)).isEqualTo(ids);
        assertThat(KeyringFiles.describe(files.ring)).isEqualTo(ringBefore);
    }

    @Test
    void aMemberCannotRotateTheRingOfAnother() throws IOException {
        Map<String, String> state = files.state();

        assertThat(users.mallory.ask("rotate " + files.keyFile))
                .startsWith("refused ")
                .doesNotContain("in place in");

        assertThat(files.state()).isEqualTo(state);
        assertThat(users.alice.ask("open " + files.keyFile)).isEqualTo(ids);
    }

    @ParameterizedTest
    @ValueSource(ints = {0660, 0640})
    void aRingWithGroupPermissionsIsNotRotatedInADirectoryThatTheGroupCanWrite(int mode) throws IOException {
        FileModes.chmod(mode, files.ring, files.keyFile);
        Map<String, String> state = files.state();

        assertThat(users.alice.ask("rotate " + files.keyFile))
                .startsWith("refused ")
                .contains(
                        files.directory.toString(),
                        "remove one of the two permissions with chmod",
                        "othing was changed");

        assertThat(files.state()).isEqualTo(state);
        assertThat(users.mallory.ask("open " + files.keyFile)).isEqualTo(ids);
    }

    @Test
    void theOwnersRingIsRotatedOnceTheGroupCanNoLongerWriteTheDirectory() throws IOException {
        FileModes.chmod(02750, files.directory);
        String before = FileModes.ownership(files.ring);

        String rotated = users.alice.ask("rotate " + files.keyFile);

        assertThat(rotated).endsWith(ids).hasSize(3 * 16 + 2);
        assertThat(users.mallory.ask("open " + files.keyFile)).isEqualTo(rotated);
        assertThat(FileModes.ownership(files.ring)).isEqualTo(before);
        assertThat(FileModes.ownership(files.keyFile)).isEqualTo(before);
    }

    @Test
    void aRingForItsOwnerAloneIsRotatedInADirectoryThatTheGroupCanWrite() throws IOException {
        FileModes.chmod(0600, files.ring, files.keyFile);

        assertThat(users.alice.ask("rotate " + files.keyFile)).endsWith(ids).hasSize(3 * 16 + 2);

        assertThat(FileModes.ownership(files.ring)).isEqualTo(ALICE.uid() + ":" + GROUP + " 0600");
        assertThat(FileModes.owner(files.lock)).isEqualTo(ALICE.uid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"whole", "without key file", "key file of another", "malformed key file"})
    void aRingInADirectoryThatCanOnlyBeEnteredIsUsed(String state) throws IOException {
        FileModes.chgrp(0, files.directory);
        FileModes.chmod(0711, files.directory);
        FileModes.chmod(0640, files.ring, files.keyFile);
        switch (state) {
            case "without key file" -> Files.delete(files.keyFile);
            case "key file of another" -> FileModes.chmod(0600, files.keyFile);
            case "malformed key file" -> Files.writeString(files.keyFile, "no key");
            default -> {}
        }
        Map<String, String> before = files.state();

        assertThat(users.mallory.ask("open " + files.keyFile)).isEqualTo(ids);
        assertThat(users.mallory.ask("create " + files.keyFile)).isEqualTo(ids);
        assertThat(users.mallory.ask("rotate " + files.keyFile)).startsWith("refused ");

        assertThat(files.state()).isEqualTo(before);
        assertThat(files.lock).doesNotExist();
    }
}
