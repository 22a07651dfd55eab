// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The disk of this machine. Links are not followed, and each file is written through the channel that created it. */
final class SystemDisk implements Disk {

    static final Disk INSTANCE = new SystemDisk();

    private static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private static final Duration SHARING_VIOLATION = Duration.ofSeconds(5);
    private static final int SPARE_BYTES = 4096;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private SystemDisk() {}

    @Override
    public byte[] read(Path file, int limitBytes) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (!found.isRegularFile()) {
            throw new FileSystemException(
                    file.toString(), null, found.isSymbolicLink() ? "is a symbolic link" : "is not a regular file");
        }
        if (found.size() > limitBytes) {
            throw new FileTooLargeException(file, limitBytes);
        }
        // Room to grow: another program may write a key file while it is being read.
        byte[] buffer = new byte[(int) Math.min(limitBytes, 2 * found.size() + SPARE_BYTES) + 1];
        try (InputStream in = Files.newInputStream(file, NOFOLLOW_LINKS)) {
            int length = in.readNBytes(buffer, 0, buffer.length);
            if (length == buffer.length) {
                throw grown(file, length, limitBytes);
            }
            return Arrays.copyOf(buffer, length);
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    private static IOException grown(Path file, int length, int limitBytes) {
        return length > limitBytes
                ? new FileTooLargeException(file, limitBytes)
                : new FileSystemException(file.toString(), null, "grew while it was being read; try again");
    }

    @Override
    public boolean exists(Path file) throws IOException {
        try {
            Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    @Override
    public List<Path> list(Path directory, Predicate<String> names) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, file -> names.test(String.valueOf(file.getFileName())))) {
            files.forEach(found::add);
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
        return found;
    }

    @Override
    public boolean isWritable(Path directory) {
        return Files.isWritable(directory) && Files.isReadable(directory);
    }

    @Override
    public Output create(Path file, Optional<Ownership> ownership) throws IOException {
        Optional<Path> accessList = ownership.flatMap(Ownership::accessList);
        if (accessList.isPresent()) {
            return new Channel(file, PrivateCopy.create(accessList.get(), file, copy -> give(copy, ownership.get())));
        }
        FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OwnerOnly.file(file));
        try {
            if (ownership.isPresent()) {
                give(file, ownership.get());
            }
            return new Channel(file, channel);
        } catch (IOException | RuntimeException | Error failed) {
            channel.close();
            Files.deleteIfExists(file);
            throw failed;
        }
    }

    private static PosixFileAttributeView posix(Path file) {
        return Files.getFileAttributeView(file, PosixFileAttributeView.class, NOFOLLOW_LINKS);
    }

    private static void give(Path file, Ownership wanted) throws IOException {
        PosixFileAttributeView view = posix(file);
        if (view == null) {
            return;
        }
        Ownership found = Ownership.of(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
        if (!found.owner().equals(wanted.owner())) {
            try {
                view.setOwner(wanted.owner());
            } catch (IOException refused) {
                throw notGiven(file, wanted);
            }
        }
        if (!found.group().equals(wanted.group())) {
            try {
                view.setGroup(wanted.group());
            } catch (IOException refused) {
                if (wanted.exact()) {
                    throw notGiven(file, wanted);
                }
                return;
            }
        }
        view.setPermissions(wanted.modeWithoutOthers());
    }

    private static AccessDeniedException notGiven(Path file, Ownership wanted) {
        return new AccessDeniedException(
                file.toString(),
                null,
                "cannot be given to user " + wanted.owner().getName() + " and group "
                        + wanted.group().getName() + ", which own the file beside it; run this process as that user");
    }

    @Override
    public void force(Path file) throws IOException {
        Uninterrupted.run(() -> {
            try (FileChannel channel = openToForce(file)) {
                channel.force(true);
            }
        });
    }

    private static FileChannel openToForce(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
        } catch (FileSystemException readOnly) {
            return FileChannel.open(file, StandardOpenOption.READ, NOFOLLOW_LINKS);
        }
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        Files.createLink(link, existing);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        long end = System.nanoTime() + SHARING_VIOLATION.toNanos();
        while (true) {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return;
            } catch (FileSystemException busy) {
                // On Windows a file that any program has open cannot be replaced until it is closed.
                if (!WINDOWS || System.nanoTime() - end >= 0) {
                    throw busy;
                }
                Uninterrupted.sleep(PAUSE);
            }
        }
    }

    @Override
    public void unlink(Path file) throws IOException {
        PrivateCopy.remove(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (WINDOWS) {
            return;
        }
        Uninterrupted.run(() -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        });
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, OwnerOnly.directory(directory));
        } catch (FileAlreadyExistsException exists) {
            if (!Files.isDirectory(directory)) {
                throw exists;
            }
        }
    }

    @Override
    public Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) throws IOException {
        Path directory = lockFile.toAbsolutePath().getParent();
        Path real = directory == null ? lockFile : directory.toRealPath().resolve(lockFile.getFileName());
        return FileLocks.take(real, () -> makeLockFile(real, ownership), deadline);
    }

    /**
     * Anyone who can open the lock file can hold the lock forever, so only its owner may open it, even if it was more
     * open before.
     */
    private void makeLockFile(Path lockFile, Optional<Ownership> ownership) throws IOException {
        Optional<Ownership> found = exists(lockFile) ? Ownership.of(lockFile) : Optional.empty();
        if (found.isPresent() && (found.get().isOpenToGroup() || found.get().isOpenToOthers())) {
            posix(lockFile).setPermissions(Ownership.OWNER_ONLY);
        }
        if (!exists(lockFile)) {
            try {
                create(lockFile, ownership.map(Ownership::forOwnerAlone)).close();
            } catch (FileAlreadyExistsException quicker) {
                // Another process created it, which is just as good.
            }
        }
    }

    private record Channel(Path file, FileChannel out) implements Output {

        @Override
        public void write(byte[] content) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(content);
            try {
                while (left.hasRemaining()) {
                    out.write(left);
                }
            } catch (IOException failed) {
                throw named(failed);
            }
        }

        @Override
        public void force() throws IOException {
            try {
                out.force(true);
            } catch (IOException failed) {
                throw named(failed);
            }
        }

        /** Names the file: a channel's exception does not, for example if the disk is full. */
        private IOException named(IOException failed) {
            if (failed instanceof ClosedByInterruptException) {
                return failed;
            }
            FileSystemException named = new FileSystemException(file.toString(), null, failed.getMessage());
            named.initCause(failed);
            return named;
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
