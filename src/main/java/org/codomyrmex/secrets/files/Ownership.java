// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

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
 * Who owns a file and who may do what with it, on a file system that has POSIX modes.
 *
 * @param owner the owning user; a new file that cannot be given to this user is not created
 * @param group the owning group
 * @param mode the permissions; a new file never gets the ones for others
 * @param exact whether creating a new file fails if it cannot be given this group; if false, only its owner then has
 *     access
 * @param accessList a file whose POSIX access control list, if any, a new file takes over
 */
public record Ownership(
        UserPrincipal owner,
        GroupPrincipal group,
        Set<PosixFilePermission> mode,
        boolean exact,
        Optional<Path> accessList) {

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private static final Set<PosixFilePermission> GROUP = EnumSet.of(
            PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE);

    static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /**
     * Makes an ownership.
     *
     * @param owner the owning user
     * @param group the owning group
     * @param mode the permissions, copied
     * @param exact whether the group is required
     * @param accessList the file whose access control list is carried over
     */
    public Ownership {
        mode = Set.copyOf(mode);
    }

    Ownership(UserPrincipal owner, GroupPrincipal group, Set<PosixFilePermission> mode) {
        this(owner, group, mode, true, Optional.empty());
    }

    /**
     * Reads the ownership of a file.
     *
     * @param file the file or directory; a link is not followed
     * @return empty if there is no such file, or its file system has no POSIX modes
     * @throws IOException if it cannot be read
     */
    public static Optional<Ownership> of(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        if (view == null) {
            return Optional.empty();
        }
        try {
            PosixFileAttributes found = view.readAttributes();
            return Optional.of(new Ownership(found.owner(), found.group(), found.permissions()));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /**
     * The ownership for another file that holds the same keys: the same owner and, if possible, the same group. The
     * mode is the same too, unless it is open to every user of the machine.
     *
     * @return the ownership
     */
    public Ownership forSibling() {
        return isOpenToOthers() ? forOwnerAlone() : new Ownership(owner, group, mode, false, accessList);
    }

    /**
     * The same owner, and no permissions for anyone else.
     *
     * @return an ownership with mode 0600
     */
    public Ownership forOwnerAlone() {
        return new Ownership(owner, group, OWNER_ONLY, false, Optional.empty());
    }

    /**
     * The same ownership for a file that also takes over an access control list.
     *
     * @param from the file that may have the list
     * @return the ownership
     */
    public Ownership withAccessListOf(Path from) {
        return new Ownership(owner, group, mode, exact, Optional.of(from));
    }

    /** The permissions without those for others. */
    Set<PosixFilePermission> modeWithoutOthers() {
        EnumSet<PosixFilePermission> kept = EnumSet.noneOf(PosixFilePermission.class);
        mode.stream().filter(permission -> !OTHERS.contains(permission)).forEach(kept::add);
        return kept;
    }

    /**
     * Whether every user of the machine has any permission.
     *
     * @return true for modes such as 0644
     */
    public boolean isOpenToOthers() {
        return mode.stream().anyMatch(OTHERS::contains);
    }

    /** Whether every user of the machine may write to the file, or put files into the directory. */
    boolean isWritableByOthers() {
        return mode.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /**
     * Whether the group has any permission. If the file has an access control list, these bits are its mask, so users
     * named in the list may have it too.
     *
     * @return true for modes such as 0640
     */
    public boolean isOpenToGroup() {
        return mode.stream().anyMatch(GROUP::contains);
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
