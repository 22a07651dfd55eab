// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells who owns the file that has a certain content. A name proves nothing: anyone who can write to the directory can
 * put another file there after the content is read and before the owner is. Java cannot query the owner of an open
 * file, but Linux shows the open files of a process as links to the files themselves.
 */
public final class OpenFiles {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private OpenFiles() {}

    /**
     * Opens a file, and tells who owns the opened file, if it has the expected content.
     *
     * @param file the file; a symbolic link is an error
     * @param expected recognizes the content; the array is wiped afterwards
     * @return the ownership; empty if the content is different, or another file has the name by now. On systems other
     *     than Linux, the ownership is looked up by name
     * @throws IOException if the file cannot be opened
     */
    public static Optional<Ownership> ownerOf(Path file, Predicate<byte[]> expected) throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Ownership.of(file);
        }
        return Uninterrupted.get(() -> ownerOfOpened(file, expected));
    }

    private static Optional<Ownership> ownerOfOpened(Path file, Predicate<byte[]> expected) throws IOException {
        try (FileChannel held = FileChannel.open(file, StandardOpenOption.READ, NOFOLLOW_LINKS);
                DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            long size = held.size();
            for (Path descriptor : descriptors) {
                Optional<Ownership> found = ownerOf(descriptor, size, expected);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** The descriptor may belong to another thread, and may be closed or reused at any moment. */
    private static Optional<Ownership> ownerOf(Path descriptor, long size, Predicate<byte[]> expected) {
        try {
            Map<String, Object> before = Files.readAttributes(descriptor, "unix:dev,ino,size,isRegularFile");
            if (!Boolean.TRUE.equals(before.get("isRegularFile"))
                    || !Long.valueOf(size).equals(before.get("size"))) {
                return Optional.empty();
            }
            boolean same;
            try (InputStream in = Files.newInputStream(descriptor)) {
                byte[] content = in.readNBytes((int) size + 1);
                same = expected.test(content);
                Arrays.fill(content, (byte) 0);
            }
            PosixFileAttributes found = Files.readAttributes(descriptor, PosixFileAttributes.class);
            Map<String, Object> after = Files.readAttributes(descriptor, "unix:dev,ino,size,isRegularFile");
            return same && before.equals(after)
                    ? Optional.of(new Ownership(found.owner(), found.group(), found.permissions()))
                    : Optional.empty();
        } catch (IOException closed) {
            return Optional.empty();
        }
    }
}
