// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codomyrmex.secrets.SecretManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real mounts, as containers make them, each in a mount namespace of its own. Needs Linux and root. */
class MountTest {

    @TempDir
    Path directory;

    private Path source;
    private Path mounted;
    private String token;

    @BeforeEach
    void makeKeyring() throws IOException, InterruptedException {
        assumeTrue(canMount(), "skipped: mounts can be made by root on Linux only");
        source = Files.createDirectory(directory.resolve("source"));
        mounted = Files.createDirectory(directory.resolve("mounted"));
        try (SecretManager manager = new SecretManager(source.resolve("secrets.key"))) {
            manager.rotateKey();
            token = manager.encrypt("canary-value");
        }
    }

    private static boolean canMount() throws IOException, InterruptedException {
        try {
            return new ProcessBuilder("unshare", "--mount", "true").start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    @Test
    void aReadOnlyMountOfTheDirectoryIsReadAndNotRotated() throws Exception {
        List<String> said =
                runWith("mount --bind " + source + " " + mounted + " && mount -o remount,bind,ro " + mounted);
        assertThat(said).contains("reads canary-value", "writes canary-written", "keys 2", "still reads canary-value");
        assertThat(said)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("refuses READ_ONLY")
                        .contains("The directory " + mounted + " cannot be listed or written"));
        assertNothingChanged();
    }

    @Test
    void aReadOnlyMountOfAKeyFileAloneIsReadAsOneKey() throws Exception {
        Files.delete(source.resolve("secrets.key.ring"));
        Files.delete(source.resolve("secrets.key.lock"));
        List<String> said =
                runWith("mount --bind " + source + " " + mounted + " && mount -o remount,bind,ro " + mounted);
        assertThat(said).contains("reads canary-value", "keys 1", "still reads canary-value");
        assertThat(said).anySatisfy(line -> assertThat(line).startsWith("refuses READ_ONLY"));
    }

    @Test
    void aSingleMountedFileIsReadAndGetsNoRingBesideIt() throws Exception {
        Files.createFile(mounted.resolve("secrets.key"));
        List<String> said =
                runWith("mount --bind " + source.resolve("secrets.key") + " " + mounted.resolve("secrets.key"));
        assertThat(said).contains("reads canary-value", "writes canary-written", "keys 1", "still reads canary-value");
        assertThat(said)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("refuses READ_ONLY")
                        .contains("The file " + mounted.resolve("secrets.key") + " is mounted on its own"));
        try (var beside = Files.list(mounted)) {
            assertThat(beside).containsExactly(mounted.resolve("secrets.key"));
        }
        assertNothingChanged();
    }

    private void assertNothingChanged() {
        try (SecretManager manager = new SecretManager(source.resolve("secrets.key"))) {
            assertThat(manager.listKeys()).hasSize(2);
            assertThat(manager.decrypt(token)).isEqualTo("canary-value");
        }
    }

    private List<String> runWith(String mount) throws IOException, InterruptedException {
        List<String> within = List.of("unshare", "--mount", "sh", "-c", mount + " && exec \"$@\"", "sh");
        String keyFile = mounted.resolve("secrets.key").toString();
        try (Program program = Program.startWithin(within, MountedProgram.class, keyFile, token)) {
            List<String> said = program.remainingLines();
            assertThat(program.awaitExit()).isZero();
            return said;
        }
    }
}
