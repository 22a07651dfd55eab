// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.files.OtherUser.ALICE;
import static org.codomyrmex.secrets.files.OtherUser.GROUP;
import static org.codomyrmex.secrets.files.OtherUser.GUEST;
import static org.codomyrmex.secrets.files.OtherUser.MALLORY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OtherProcess;
import org.codomyrmex.secrets.files.OtherUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A POSIX access list on the ring or the key file: a rotation neither shuts out nor admits anybody. */
class AccessListTest {

    private static final String GUEST_READS = "u:" + GUEST.uid() + ":r";

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());

    @TempDir
    Path parent;

    private KeyringFiles files;

    @BeforeEach
    void writeFiles() throws Exception {
        files = KeyringFiles.below(parent, "keyring").with(ring);
        FileModes.chmod(0700, files.directory);
        AccessLists.assumeSupported(files.ring);
    }

    private Keyring rotated() {
        return FileKeyringSource.at(files.keyFile).update(present -> present.rotatedTo(FernetKey.generate()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"u:1234:r,m::r", "u:1234:rw,m::r", "u:1234:r,u:1235:rw,g:1236:r,m::rw", "g:1236:r,g::r,m::r"})
    void theListOfEachFileSurvivesARotationExactly(String list) throws Exception {
        AccessLists.set(files.ring, list.split(","));
        AccessLists.set(files.keyFile, list.split(","));
        List<String> before = List.of(AccessLists.of(files.ring), AccessLists.of(files.keyFile));
        assertThat(before).allSatisfy(text -> assertThat(text).contains("mask::"));

        assertThat(rotated().keyIds()).hasSize(3);
        assertThat(rotated().keyIds()).hasSize(4);

        assertThat(List.of(AccessLists.of(files.ring), AccessLists.of(files.keyFile)))
                .isEqualTo(before);
        assertThat(FileModes.mode(files.lock)).isEqualTo("0600");
    }

    /** Such a list cannot be seen, and whoever it names can do nothing. */
    @Test
    void aListWhoseMaskAdmitsNobodyIsNotKeptAndNobodyIsAdmitted() throws Exception {
        AccessLists.set(files.ring, "u:1234:r", "m::-");
        AccessLists.set(files.keyFile, "u:1234:r", "m::-");

        assertThat(rotated().keyIds()).hasSize(3);

        assertThat(List.of(AccessLists.of(files.ring), AccessLists.of(files.keyFile)))
                .allSatisfy(text -> assertThat(text).contains("user::rw-", "group::---", "other::---"))
                .noneMatch(text -> text.contains("user:1234:r"));
        assertThat(reads(GUEST, files.ring)).isFalse();
    }

    @Test
    void theListOfOneFileDoesNotSpreadToTheOther() throws Exception {
        AccessLists.set(files.keyFile, GUEST_READS);
        List<String> before = List.of(AccessLists.of(files.ring), AccessLists.of(files.keyFile));

        rotated();

        assertThat(List.of(AccessLists.of(files.ring), AccessLists.of(files.keyFile)))
                .isEqualTo(before);
    }

    @Test
    void theListSurvivesADestruction() throws Exception {
        AccessLists.set(files.ring, GUEST_READS);
        String before = AccessLists.of(files.ring);

        FileKeyringSource.at(files.keyFile).destroy(ring.retired().get(0).id(), () -> true);

        assertThat(files.ring).hasContent(ring.primary().reveal() + "\n");
        assertThat(AccessLists.of(files.ring)).isEqualTo(before);
    }

    @Test
    void aKeyFileThatIsWrittenAgainAdmitsNobodyForTheSakeOfTheMask() throws Exception {
        AccessLists.set(files.ring, GUEST_READS);
        Files.delete(files.keyFile);

        assertThat(FileKeyringSource.at(files.keyFile).load(false)).isEqualTo(ring);

        assertThat(files.keyFile).hasContent(ring.primary().reveal());
        assertThat(AccessLists.of(files.keyFile)).contains("group::---");
    }

    @ParameterizedTest
    @ValueSource(ints = {0770, 0777, 01777})
    void inADirectoryThatOthersCanWriteTheRotationIsRefusedBeforeAnythingChanges(int mode) throws Exception {
        AccessLists.set(files.ring, GUEST_READS);
        FileModes.chmod(mode, files.directory);
        Map<String, String> state = files.state();
        String before = AccessLists.of(files.ring);

        KeyringException refusal = catchThrowableOfType(KeyringException.class, this::rotated);

        assertThat(refusal).hasMessageContainingAll(files.directory.toString(), "othing was changed");
        assertThat(files.state()).isEqualTo(state);
        assertThat(AccessLists.of(files.ring)).isEqualTo(before);
        assertThat(FileKeyringSource.at(files.keyFile).load(false)).isEqualTo(ring);
    }

    @Test
    void aDefaultListOfTheDirectoryAdmitsNobodyToANewKeyring() throws Exception {
        KeyringFiles created = KeyringFiles.below(parent, "created");
        AccessLists.set(created.directory, "d:" + GUEST_READS, "d:g::r", "d:o::r", "d:m::r");

        FileKeyringSource.at(created.keyFile).load(true);

        for (Path file : List.of(created.ring, created.keyFile, created.lock)) {
            assertThat(FileModes.mode(file)).as("%s", file).isEqualTo("0600");
        }
    }

    private void giveToAlice() throws IOException, InterruptedException {
        OtherUser.assumeStartable();
        FileModes.chmod(0755, parent);
        FileModes.chmod(0711, files.directory);
        ALICE.own(files.directory, files.ring, files.keyFile);
        FileModes.chgrp(GROUP, files.ring, files.keyFile);
    }

    private static boolean reads(OtherUser user, Path file) {
        return user.can("cat", file.toString());
    }

    @Test
    void whoCouldReadTheRingStillCanAndNobodyElse() throws Exception {
        giveToAlice();
        AccessLists.set(files.ring, GUEST_READS, "m::r");
        String before = AccessLists.of(files.ring);
        try (OtherProcess alice = ALICE.start(OtherUser.readableClassPath(parent), KeyringProcess.class)) {
            assertThat(alice.hear()).isEqualTo("ready");
            assertThat(alice.ask("rotate " + files.keyFile)).endsWith(String.join(" ", ring.keyIds()));
        }
        assertThat(reads(GUEST, files.ring)).as("guest reads the ring").isTrue();
        assertThat(reads(MALLORY, files.ring)).as("group reads the ring").isFalse();
        assertThat(AccessLists.of(files.ring)).isEqualTo(before);

        rotated();

        assertThat(AccessLists.of(files.ring)).as("rotated by root").isEqualTo(before);
    }

    /** A new file takes the default list of its directory, and a mode of 0640 then is a mask that lets all of it in. */
    @Test
    void aDefaultListOfTheDirectoryAdmitsNobodyToARotatedRing() throws Exception {
        giveToAlice();
        FileModes.chmod(0640, files.ring, files.keyFile);
        AccessLists.set(files.directory, "d:" + GUEST_READS);
        assertThat(reads(GUEST, files.ring)).isFalse();
        Map<String, String> state = files.state();
        try {
            rotated();
        } catch (KeyringException refused) {
            assertThat(refused).hasMessageContaining("othing was changed");
            assertThat(files.state()).isEqualTo(state);
        }
        assertThat(reads(GUEST, files.ring)).as("guest reads the ring").isFalse();
        assertThat(reads(GUEST, files.keyFile)).as("guest reads the key file").isFalse();
        assertThat(reads(MALLORY, files.ring)).as("group reads the ring").isTrue();
    }
}
