// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * A new file that has another one's access control list. Java can preserve such a list only by copying the file that has it,
 * and gives the copy its mode before its group. So the copy is made in a directory that nobody else can enter, and leaves
 * it, empty, once everybody's rights are right.
 */
final class PrivateCopy {

    private PrivateCopy() {}

    /** Gives a file its owner, group and mode. */
    interface Rights {
        void giveTo(Path file) throws IOException;
    }

    static FileChannel create(Path from, Path file, Rights rights) throws IOException {
        // The name of a temporary file: whoever cleans up after a crash removes it too.
        Path room = StagedFile.anotherTemporary(file);
        Files.createDirectory(room, OwnerOnly.directory(room));
        try {
            Path copy = room.resolve("copy");
            Files.copy(from, copy, StandardCopyOption.COPY_ATTRIBUTES, NOFOLLOW_LINKS);
            FileChannel channel = emptied(copy);
            try {
                rights.giveTo(copy);
                if (Files.exists(file, NOFOLLOW_LINKS)) {
                    throw new FileAlreadyExistsException(file.toString());
                }
                Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
                return channel;
            } catch (IOException | RuntimeException | Error failed) {
                channel.close();
                throw failed;
            }
        } finally {
            remove(room);
        }
    }

    private static FileChannel emptied(Path copy) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(copy, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        Set<PosixFilePermission> mode = EnumSet.copyOf(view.readAttributes().permissions());
        if (mode.add(PosixFilePermission.OWNER_WRITE)) {
            view.setPermissions(mode);
        }
        return FileChannel.open(copy, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING, NOFOLLOW_LINKS);
    }

    /** Removes a file, or the directory of a copy that a crash interrupted. */
    static void remove(Path file) throws IOException {
        if (Files.isDirectory(file, NOFOLLOW_LINKS)) {
            Files.deleteIfExists(file.resolve("copy"));
        }
        Files.deleteIfExists(file);
    }
}
