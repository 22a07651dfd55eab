// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who owns a file and who may do what with it, where the file system knows POSIX modes.
 *
 * @param owner the owning user
 * @param group the owning group
 * @param mode the permissions
 * @param required whether a file that cannot be given them must not be made; if not, it is its maker's alone
 */
public record Ownership(UserPrincipal owner, GroupPrincipal group, Set<PosixFilePermission> mode, boolean required) {

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /**
     * Makes an ownership.
     *
     * @param owner the owning user
     * @param group the owning group
     * @param mode the permissions, copied
     * @param required whether a file that cannot be given them must not be made
     */
    public Ownership {
        mode = Set.copyOf(mode);
    }

    Ownership(UserPrincipal owner, GroupPrincipal group, Set<PosixFilePermission> mode) {
        this(owner, group, mode, true);
    }

    /**
     * Reads the ownership of a file.
     *
     * @param file the file; links are followed
     * @return empty where there is no such file, or where its file system has no POSIX modes
     * @throws IOException where it cannot be found out
     */
    public static Optional<Ownership> of(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return Optional.empty();
        }
        try {
            PosixFileAttributes found = view.readAttributes();
            return Optional.of(new Ownership(found.owner(), found.group(), found.permissions(), true));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /**
     * The ownership for a new file that stands for the same thing as this one: the same owner and group, and the same
     * mode unless everybody could read that. It is not required: the file that is there stays as it is.
     *
     * @return the ownership, which may be for the owner alone
     */
    public Ownership forSibling() {
        return new Ownership(owner, group, readableByOthers() ? OWNER_ONLY : mode, false);
    }

    /**
     * Whether every user of the machine may read or write the file.
     *
     * @return true where any permission is given to others
     */
    public boolean readableByOthers() {
        return mode.stream().anyMatch(OTHERS::contains);
    }

    /**
     * Whether every user of the machine may write the file, or put files into the directory.
     *
     * @return true for modes such as 0777
     */
    public boolean writableByOthers() {
        return mode.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /**
     * Whether the group may read the file.
     *
     * @return true for modes such as 0640
     */
    public boolean readableByGroup() {
        return mode.contains(PosixFilePermission.GROUP_READ);
    }

    /**
     * The mode as {@code ls} prints it.
     *
     * @return nine characters such as {@code rw-r-----}
     */
    public String modeText() {
        return PosixFilePermissions.toString(mode);
    }
}
