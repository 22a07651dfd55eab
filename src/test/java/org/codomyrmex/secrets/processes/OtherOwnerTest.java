// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import org.codomyrmex.secrets.SecretManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An administrator rotates the keys of another user. Needs Linux and root. */
class OtherOwnerTest {

    private static final List<String> WITHOUT_CHOWN = List.of("setpriv", "--bounding-set=-chown", "--inh-caps=-chown");

    @TempDir
    Path directory;

    private Path keyFile;
    private Path ring;
    private String token;
    private UserPrincipal other;

    @BeforeEach
    void giveFilesToAnotherUser() throws IOException, InterruptedException {
        assumeTrue(canChangeOwners(), "skipped: files are given to another user by root on Linux only");
        keyFile = directory.resolve("secrets.key");
        ring = directory.resolve("secrets.key.ring");
        try (SecretManager manager = new SecretManager(keyFile)) {
            token = manager.encrypt("canary-value");
        }
        other = directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        for (Path file : List.of(keyFile, ring, directory.resolve("secrets.key.lock"))) {
            Files.setOwner(file, other);
        }
    }

    private static boolean canChangeOwners() throws InterruptedException {
        try {
            return System.getProperty("user.name").equals("root")
                    && new ProcessBuilder("setpriv", "--bounding-set=-chown", "true")
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    @Test
    void aRotationThatCannotKeepTheOwnerIsRefusedBeforeAnythingChanges() throws Exception {
        byte[] ringBefore = Files.readAllBytes(ring);
        byte[] keyBefore = Files.readAllBytes(keyFile);
        try (Program program = Program.startWithin(WITHOUT_CHOWN, MountedProgram.class, keyFile.toString(), token)) {
            assertThat(program.remainingLines())
                    .contains("reads canary-value", "still reads canary-value")
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("refuses UNAVAILABLE")
                            .contains("cannot be given to user nobody", "Nothing was changed"));
            assertThat(program.awaitExit()).isZero();
        }
        assertThat(ring).hasBinaryContent(ringBefore);
        assertThat(keyFile).hasBinaryContent(keyBefore);
    }

    @Test
    void aRotationThatCanKeepTheOwnerDoes() throws Exception {
        try (Program program = Program.start(MountedProgram.class, keyFile.toString(), token)) {
            assertThat(program.remainingLines()).contains("rotates");
            assertThat(program.awaitExit()).isZero();
        }
        for (Path file : List.of(keyFile, ring)) {
            assertThat(Files.readAttributes(file, PosixFileAttributes.class).owner())
                    .isEqualTo(other);
        }
    }
}
