// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OtherProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the system denies to a process of another user, which only root can start. */
@Timeout(60)
class UnprivilegedTest {

    private static final int NOBODY = 65534;

    @TempDir
    static Path parent;

    private static OtherProcess nobody;
    private static final List<String> AS_NOBODY =
            List.of("/usr/bin/setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--no-new-privs");

    private static int cases;

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());
    private KeyringFiles files;

    @BeforeAll
    static void startProcess() throws Exception {
        assumeTrue(isRoot(), "needs root, who can start processes of others");
        assumeTrue(Files.isExecutable(Path.of(AS_NOBODY.get(0))), "needs setpriv");
        String java = OtherProcess.javaCommand(KeyringProcess.class).get(0);
        assumeTrue(
                new ProcessBuilder(asNobody(List.of("test", "-x", java)))
                                .start()
                                .waitFor()
                        == 0,
                "needs a Java machine that others can start");
        chmod("rwxr-xr-x", parent);
        nobody = OtherProcess.start(asNobody(OtherProcess.javaCommand(readableClassPath(), KeyringProcess.class)));
        assertThat(nobody.hear()).isEqualTo("ready");
    }

    private static List<String> asNobody(List<String> command) {
        return Stream.concat(AS_NOBODY.stream(), command.stream()).toList();
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

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(parent, "unix:uid").equals(0);
    }

    /** The class path, copied to where everybody can read it. */
    private static String readableClassPath() throws IOException {
        Path copy = Files.createDirectory(parent.resolve("classes"));
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            Path to = copy.resolve(Integer.toString(entries.size()));
            if (Files.isDirectory(from) || entry.contains("slf4j-api") || entry.contains("logback")) {
                copy(from, to);
                entries.add(to.toString());
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> found = Files.walk(from)) {
            for (Path path : found.toList()) {
                Path copied = to.resolve(from.relativize(path).toString());
                Files.copy(path, copied, StandardCopyOption.REPLACE_EXISTING);
                chmod(Files.isDirectory(copied) ? "rwxr-xr-x" : "rw-r--r--", copied);
            }
        }
    }

    private static void chmod(String mode, Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        }
    }

    private static void give(Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setAttribute(path, "unix:uid", NOBODY);
            Files.setAttribute(path, "unix:gid", NOBODY);
        }
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

    @Test
    void aKeyFileOfAnotherUserIsAdoptedIntoARingOfOnesOwn() throws IOException {
        give(files.directory);
        Files.delete(files.ring);
        chmod("rw-r--r--", files.keyFile);
        String key = KeyringFiles.describe(files.keyFile);

        assertThat(nobody.ask("open " + files.keyFile)).isEqualTo(ring.primary().id());

        assertThat(Files.getAttribute(files.ring, "unix:uid")).isEqualTo(NOBODY);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.ring)))
                .isEqualTo("rw-------");
        assertThat(nobody.ask("rotate " + files.keyFile))
                .startsWith("refused UNAVAILABLE")
                .contains("cannot be given to user root", "Nothing was changed");
        assertThat(KeyringFiles.describe(files.keyFile)).isEqualTo(key);
        assertThat(nobody.ask("open " + files.keyFile)).isEqualTo(ring.primary().id());
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
