// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A user without any rights, who is a number to the system and a member of one shared group. */
public enum OtherUser {
    /** The one who owns the files in most tests. */
    ALICE(65534),
    /** The one who has no business with them. */
    MALLORY(65533),
    /** A user to whom only an access list can give anything: not in the shared group. */
    GUEST(1234);

    /** The group that Alice and Mallory share. */
    public static final int GROUP = 65532;

    private final int uid;

    OtherUser(int uid) {
        this.uid = uid;
    }

    /** The number, which is also that of the user's own group. */
    public int uid() {
        return uid;
    }

    /** Whether these tests run as root. */
    public static boolean isRoot() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self) && Files.getAttribute(self, "unix:uid").equals(0);
    }

    /** Skips a test unless processes of other users can be started. */
    public static void assumeStartable() throws IOException, InterruptedException {
        assumeTrue(isRoot(), "needs root, who can start processes of other users");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv");
        String java = OtherProcess.javaCommand(OtherUser.class).get(0);
        assumeTrue(ALICE.can("test", "-x", java), "needs a Java runtime that other users can start");
    }

    /** Starts a main class of these tests as this user. */
    public OtherProcess start(String readableClassPath, Class<?> main, String... arguments) {
        return OtherProcess.start(
                command(Stream.concat(OtherProcess.javaCommand(readableClassPath, main).stream(), Stream.of(arguments))
                        .toList()));
    }

    /** Whether this user can run a command with success. */
    public boolean can(String... command) {
        try {
            return new ProcessBuilder(command(List.of(command)))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException failed) {
            return false;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private List<String> command(List<String> command) {
        String groups = this == GUEST ? "--clear-groups" : "--groups=" + GROUP;
        return Stream.concat(
                        Stream.of("/usr/bin/setpriv", "--reuid=" + uid, "--regid=" + uid, groups, "--no-new-privs"),
                        command.stream())
                .toList();
    }

    /** Gives files to this user and the user's own group. */
    public void own(Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Whether a file is this user's. */
    public boolean owns(Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(uid);
    }

    /** Copies the class path to a new directory below one that everybody can enter. */
    public static String readableClassPath(Path parent) throws IOException {
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path copy = Files.createDirectory(parent.resolve("classes"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            Path to = copy.resolve(Integer.toString(entries.size()));
            if (Files.isDirectory(from) || entry.contains("slf4j-api") || entry.contains("logback")) {
                copy(from, to);
                entries.add(to.toString());
            }
        }
        assertThat(entries).as("class path").hasSizeGreaterThanOrEqualTo(3);
        return String.join(File.pathSeparator, entries);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> found = Files.walk(from)) {
            for (Path path : found.toList()) {
                Path copied = to.resolve(from.relativize(path).toString());
                Files.copy(path, copied, StandardCopyOption.REPLACE_EXISTING);
                String mode = Files.isDirectory(copied) ? "rwxr-xr-x" : "rw-r--r--";
                Files.setPosixFilePermissions(copied, PosixFilePermissions.fromString(mode));
            }
        }
    }
}
