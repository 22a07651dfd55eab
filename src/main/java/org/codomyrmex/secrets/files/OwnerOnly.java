// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The attributes that let only its owner use a new file or directory, given in the call that creates it: POSIX modes
 * 0600 and 0700, or, where there are none, an access list with a single entry.
 */
final class OwnerOnly {

    private static final Set<PosixFilePermission> DIRECTORY_MODE = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private OwnerOnly() {}

    static FileAttribute<?>[] file(Path file) throws IOException {
        return attributes(file, Ownership.OWNER_ONLY);
    }

    static FileAttribute<?>[] directory(Path directory) throws IOException {
        return attributes(directory, DIRECTORY_MODE);
    }

    private static FileAttribute<?>[] attributes(Path created, Set<PosixFilePermission> mode) throws IOException {
        Set<String> views = created.getFileSystem().supportedFileAttributeViews();
        if (views.contains("posix")) {
            return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)};
        }
        if (views.contains("acl") && Files.getFileStore(parent(created)).supportsFileAttributeView("acl")) {
            return new FileAttribute<?>[] {new OwnerAcl(owner(created))};
        }
        return new FileAttribute<?>[0];
    }

    private static UserPrincipal owner(Path created) throws IOException {
        return created.getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName(System.getProperty("user.name", ""));
    }

    private static Path parent(Path created) {
        Path parent = created.toAbsolutePath().getParent();
        return parent == null ? created : parent;
    }

    /** The access list with one entry; the attribute's name is the one that {@link AclFileAttributeView} defines. */
    private record OwnerAcl(UserPrincipal owner) implements FileAttribute<List<AclEntry>> {

        @Override
        public String name() {
            return "acl:acl";
        }

        @Override
        public List<AclEntry> value() {
            return List.of(AclEntry.newBuilder()
                    .setType(AclEntryType.ALLOW)
                    .setPrincipal(owner)
                    .setPermissions(EnumSet.allOf(AclEntryPermission.class))
                    .build());
        }
    }
}
