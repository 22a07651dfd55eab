// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
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
import java.util.Locale;
import java.util.Optional;

/** The disk of this machine. Streams, not channels, wherever content is written: an interrupt does not close those. */
final class SystemDisk implements Disk {

    static final Disk INSTANCE = new SystemDisk();

    private static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private static final Duration SHARING_VIOLATION = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private SystemDisk() {}

    @Override
    public byte[] read(Path file, int limitBytes) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(limitBytes + 1);
            if (content.length > limitBytes) {
                throw new FileTooLargeException(file, limitBytes);
            }
            return content;
        }
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
    public boolean isWritable(Path directory) {
        return Files.isWritable(directory);
    }

    @Override
    public Output create(Path file, Optional<Ownership> ownership) throws IOException {
        Files.createFile(file, OwnerOnly.file(file));
        try {
            if (ownership.isPresent()) {
                give(file, ownership.get());
            }
            return new Stream(file, new FileOutputStream(file.toFile()));
        } catch (IOException | RuntimeException | Error failed) {
            Files.deleteIfExists(file);
            throw failed;
        }
    }

    private static void give(Path file, Ownership wanted) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        Ownership found = Ownership.of(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
        try {
            if (!found.owner().equals(wanted.owner())) {
                view.setOwner(wanted.owner());
            }
            if (!found.group().equals(wanted.group())) {
                view.setGroup(wanted.group());
            }
        } catch (IOException refused) {
            if (!wanted.required()) {
                return;
            }
            throw new AccessDeniedException(
                    file.toString(),
                    null,
                    "cannot be given to user " + wanted.owner().getName() + " and group "
                            + wanted.group().getName() + ", which the file beside it belongs to");
        }
        view.setPermissions(wanted.mode());
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
            return FileChannel.open(file, StandardOpenOption.WRITE);
        } catch (FileSystemException readOnly) {
            return FileChannel.open(file, StandardOpenOption.READ);
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
        Files.deleteIfExists(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (WINDOWS) {
            return;
        }
        Uninterrupted.run(() -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                forceNames(channel);
            }
        });
    }

    private static void forceNames(FileChannel directory) throws IOException {
        try {
            directory.force(true);
        } catch (IOException failed) {
            // How file systems that cannot force a directory, and need not, say so: some network and user-space ones.
            if (!"Invalid argument".equals(failed.getMessage())) {
                throw failed;
            }
        }
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

    private void makeLockFile(Path lockFile, Optional<Ownership> ownership) throws IOException {
        if (!exists(lockFile)) {
            try {
                create(lockFile, ownership).close();
            } catch (FileAlreadyExistsException quicker) {
                // Another process made it: it is there, which is all that is wanted.
            }
        }
    }

    private record Stream(Path file, FileOutputStream out) implements Output {

        @Override
        public void write(byte[] content) throws IOException {
            try {
                out.write(content);
            } catch (IOException failed) {
                throw named(failed);
            }
        }

        @Override
        public void force() throws IOException {
            try {
                out.getFD().sync();
            } catch (IOException failed) {
                throw named(failed);
            }
        }

        /** A stream does not say what file it is that the disk has no room for. */
        private IOException named(IOException failed) {
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
