// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Modes and groups as {@code chmod} and {@code chgrp} set them, the set-group-id and the sticky bit included. */
final class FileModes {

    private static final int BITS = 07777;

    private FileModes() {}

    static void chmod(int mode, Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setAttribute(path, "unix:mode", mode);
        }
    }

    static void chgrp(int group, Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setAttribute(path, "unix:gid", group);
        }
    }

    /** Owner, group and mode, as {@code 65534:65532 0640}; a link's own. */
    static String ownership(Path path) {
        return attribute(path, "unix:uid") + ":" + attribute(path, "unix:gid") + " " + mode(path);
    }

    /** The mode with four octal digits. */
    static String mode(Path path) {
        return String.format("%04o", (int) attribute(path, "unix:mode") & BITS);
    }

    static int owner(Path path) {
        return (int) attribute(path, "unix:uid");
    }

    /** Names of the files in a directory that others than owner and group have any right to. */
    static List<String> openToOthers(Path directory) {
        return KeyringFiles.listed(directory).stream()
                .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                .filter(file -> !mode(file).endsWith("0"))
                .map(file -> file.getFileName().toString())
                .collect(Collectors.toList());
    }

    private static Object attribute(Path path, String name) {
        try {
            return Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
