// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/** The user that this process runs as, as the file system sees it. */
public final class ProcessUser {

    /** Linux shows the effective user as the owner of this directory; the name in a system property proves nothing. */
    private static final Path SELF = Path.of("/proc/self");

    private static final Optional<UserPrincipal> CURRENT = find();

    private ProcessUser() {}

    private static Optional<UserPrincipal> find() {
        try {
            return Optional.of(
                    Files.exists(SELF)
                            ? Files.getOwner(SELF)
                            : FileSystems.getDefault()
                                    .getUserPrincipalLookupService()
                                    .lookupPrincipalByName(System.getProperty("user.name", "")));
        } catch (IOException | UnsupportedOperationException unknown) {
            return Optional.empty();
        }
    }

    /**
     * Whether this process runs as a user.
     *
     * @param user the user
     * @return true also if that cannot be determined
     */
    public static boolean is(UserPrincipal user) {
        return CURRENT.isEmpty() || CURRENT.get().equals(user);
    }

    /**
     * Whether this process runs as root, which can give files to any user.
     *
     * @return false also if that cannot be determined
     */
    public static boolean isRoot() {
        return Files.exists(SELF) && isOwnedByRoot(SELF);
    }

    /**
     * Whether root owns a file.
     *
     * @param file the file or directory; links are followed
     * @return false also if that cannot be determined
     */
    public static boolean isOwnedByRoot(Path file) {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(file, "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return false;
        }
    }
}
