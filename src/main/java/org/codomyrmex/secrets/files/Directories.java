// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Directories for files that must not be lost with them. */
public final class Directories {

    private Directories() {}

    /**
     * Makes a directory, and those above it that are missing; only their owner can enter them.
     *
     * @param disk where
     * @param directory an absolute path
     * @throws IOException where that fails
     */
    public static void make(Disk disk, Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent == null) {
            throw new NoSuchFileException(directory.toString());
        }
        if (!Files.isDirectory(parent)) {
            make(disk, parent);
        }
        disk.makeDirectory(directory);
    }

    /**
     * Makes a directory itself durable: its name, and the names of those above it, any of which may have been made just
     * now, here or by another process. Ends at the first that this process may not open.
     *
     * @param disk where
     * @param directory an absolute path
     * @throws IOException where that fails
     */
    public static void forceAbove(Disk disk, Path directory) throws IOException {
        for (Path above = directory.getParent(); above != null; above = above.getParent()) {
            try {
                disk.forceDirectory(above);
            } catch (AccessDeniedException notOurs) {
                return;
            }
        }
    }
}
