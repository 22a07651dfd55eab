// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.files.OtherUser.ALICE;
import static org.codomyrmex.secrets.files.OtherUser.GROUP;
import static org.codomyrmex.secrets.files.OtherUser.MALLORY;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose a new keyring is: the directory's owner's, or nobody's. */
@Timeout(60)
class CreationOwnerTest {

    @TempDir
    static Path parent;

    private static TwoUsers users;

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
    void makeDirectory() throws IOException {
        files = users.newFiles();
    }

    private void assertCreatedFor(String owner) {
        for (Path file : new Path[] {files.ring, files.keyFile, files.lock}) {
            assertThat(FileModes.ownership(file)).as("%s", file).isEqualTo(owner + " 0600");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0777, 01777, 02775, 0770})
    void noKeyringIsCreatedInTheDirectoryOfAnotherUser(int mode) throws IOException {
        MALLORY.own(files.directory);
        FileModes.chgrp(GROUP, files.directory);
        FileModes.chmod(mode, files.directory);

        assertThat(users.alice.ask("create " + files.keyFile))
                .startsWith("refused ")
                .contains(files.directory + ": belongs to user " + MALLORY.uid(), "cannot give files away");

        assertThat(KeyringFiles.listed(files.directory)).isEmpty();
    }

    /** As Kubernetes makes a volume with an {@code fsGroup}. */
    @Test
    void aKeyringIsCreatedInADirectoryOfRootThatTheGroupCanWrite() throws IOException {
        FileModes.chgrp(GROUP, files.directory);
        FileModes.chmod(02775, files.directory);

        String id = users.alice.ask("create " + files.keyFile);

        assertThat(id).matches("[0-9a-f]{16}");
        assertCreatedFor(ALICE.uid() + ":" + GROUP);
        assertThat(users.alice.ask("rotate " + files.keyFile)).endsWith(" " + id);
        assertCreatedFor(ALICE.uid() + ":" + GROUP);
    }

    @Test
    void aStrictSourceCreatesNothingInADirectoryThatTheGroupCanWrite() throws IOException {
        FileModes.chgrp(GROUP, files.directory);
        FileModes.chmod(02775, files.directory);

        assertThat(users.alice.ask("strictly create " + files.keyFile))
                .startsWith("refused UNAVAILABLE ")
                .contains("directory " + files.directory);

        assertThat(KeyringFiles.listed(files.directory)).isEmpty();
    }

    @Test
    void whatRootCreatesIsTheDirectorysOwners() throws IOException {
        ALICE.own(files.directory);

        String id = FileKeyringSource.at(files.keyFile).load(true).primary().id();

        for (Path file : new Path[] {files.ring, files.keyFile, files.lock}) {
            assertThat(FileModes.owner(file)).as("%s", file).isEqualTo(ALICE.uid());
            assertThat(FileModes.mode(file)).as("%s", file).isEqualTo("0600");
        }
        assertThat(users.alice.ask("open " + files.keyFile)).isEqualTo(id);
        assertThat(users.alice.ask("rotate " + files.keyFile)).endsWith(" " + id);
    }
}
