// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.function.Predicate;

/** Directories of files that must neither be lost nor be replaced by another user. */
public final class Directories {

    private static final int STICKY = 0b1_000_000_000;
    private static final int WRITABLE_BY_GROUP_OR_OTHERS = 0b10_010;

    private Directories() {}

    /**
     * Makes a directory, and those above it that are missing; only their owner can enter them.
     *
     * @param disk where
     * @param directory an absolute path
     * @throws IOException if that fails
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
     * now, here or by another process. Stops at the first one that this process may not open or that cannot be forced.
     *
     * @param disk where
     * @param directory an absolute path
     * @throws IOException if that fails
     */
    public static void forceAbove(Disk disk, Path directory) throws IOException {
        for (Path above = directory.getParent(); above != null; above = above.getParent()) {
            try {
                disk.forceDirectory(above);
            } catch (NoSuchFileException removed) {
                throw removed;
            } catch (IOException notOursOrNotPossible) {
                return;
            }
        }
    }

    /**
     * Tells who else can put files into a directory.
     *
     * @param directory an existing directory
     * @param trusted the users that the caller trusts, besides root and this process's user
     * @return for example {@code group staff can write to it (mode rwxrwxr-x)}; empty if nobody else can, or if that is
     *     unknown
     * @throws IOException if it cannot be read
     */
    public static Optional<String> whoElseWrites(Path directory, Predicate<UserPrincipal> trusted) throws IOException {
        return whoElseWrites(directory, trusted, true);
    }

    private static Optional<String> whoElseWrites(
            Path directory, Predicate<UserPrincipal> trusted, boolean alsoIfSticky) throws IOException {
        Optional<Ownership> found = Ownership.of(directory);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Ownership ownership = found.get();
        UserPrincipal owner = ownership.owner();
        if (!ProcessUser.is(owner) && !trusted.test(owner) && !ProcessUser.isOwnedByRoot(directory)) {
            return Optional.of("it belongs to user " + owner.getName());
        }
        int mode;
        try {
            mode = (Integer) Files.getAttribute(directory, "unix:mode");
        } catch (NoSuchFileException removed) {
            // A mounted volume was swapped, so whatever is read next in it is missing too.
            return Optional.empty();
        }
        if ((mode & WRITABLE_BY_GROUP_OR_OTHERS) == 0 || (!alsoIfSticky && (mode & STICKY) != 0)) {
            return Optional.empty();
        }
        return Optional.of((ownership.isWritableByOthers()
                        ? "every user"
                        : "group " + ownership.group().getName()) + " can write to it (mode " + ownership.modeText()
                + ")");
    }

    /**
     * Names the first parent directory in which another user can replace a part of the path.
     *
     * @param directory a real path
     * @param trusted the users that the caller trusts, besides root and this process's user
     * @return for example {@code /srv: group staff can write to it (mode rwxrwxr-x)}; empty if there is none
     * @throws IOException if one cannot be read
     */
    public static Optional<String> openAbove(Path directory, Predicate<UserPrincipal> trusted) throws IOException {
        for (Path above = directory.getParent(); above != null; above = above.getParent()) {
            Optional<String> who =
                    Files.exists(above) ? whoElseWrites(above.toRealPath(), trusted, false) : Optional.empty();
            if (who.isPresent()) {
                return Optional.of(above + ": " + who.get());
            }
        }
        return Optional.empty();
    }
}
