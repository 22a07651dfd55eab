// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;

/**
 * A lock file's lock, in two steps: first inside this JVM, then against other processes.
 *
 * <p>The order matters. A POSIX lock belongs to the process, and closing any channel on the file drops it, so a second
 * thread must not even open the file while the first one holds the lock. Two class loaders do not share a static, but
 * every class loader shares the system properties: whoever puts the file's name there first holds the lock inside the
 * JVM.
 */
final class FileLocks {

    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final String PREFIX = "org.codomyrmex.secrets.lock:";

    private FileLocks() {}

    /** Makes a lock file where it is missing. */
    interface Making {
        void make() throws IOException;
    }

    /** Takes the lock of a lock file; nothing in this JVM touches the file before it is this one's turn. */
    static Closeable take(Path lockFile, Making making, Duration deadline) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        Closeable inside = takeInside(lockFile, deadline, end);
        try {
            making.make();
            return takeOutside(inside, lockFile, deadline, end);
        } catch (IOException | RuntimeException | Error failed) {
            inside.close();
            throw failed;
        }
    }

    private static Closeable takeInside(Path lockFile, Duration deadline, long end) throws IOException {
        Properties shared = System.getProperties();
        String name = PREFIX + lockFile;
        String holder = UUID.randomUUID().toString();
        Closeable release = () -> shared.remove(name, holder);
        while (shared.putIfAbsent(name, holder) != null) {
            pause(lockFile, "another thread of this process (system property " + name + ")", deadline, end);
        }
        return release;
    }

    private static Closeable takeOutside(Closeable inside, Path lockFile, Duration deadline, long end)
            throws IOException {
        if (!Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(
                    lockFile.toString(), null, "is not a regular file; remove it, and it is made again");
        }
        // Opened for both, a pipe in its place would not make this thread wait for its other end.
        FileChannel channel = FileChannel.open(
                lockFile, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        Closeable release = () -> {
            try (inside) {
                channel.close();
            }
        };
        try {
            while (!isTaken(channel, lockFile)) {
                pause(lockFile, "another process", deadline, end);
            }
            return release;
        } catch (IOException | RuntimeException | Error failed) {
            channel.close();
            throw failed;
        }
    }

    private static boolean isTaken(FileChannel channel, Path lockFile) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldInside) {
            // Somebody in this JVM holds it without having asked as above, or the system properties were replaced.
            return false;
        } catch (IOException failed) {
            FileSystemException named = new FileSystemException(
                    lockFile.toString(),
                    null,
                    "cannot be locked (" + failed.getMessage()
                            + "); keep the keyring on a file system that supports file locks");
            named.initCause(failed);
            throw named;
        }
    }

    private static void pause(Path lockFile, String holder, Duration deadline, long end) throws LockTimeoutException {
        if (System.nanoTime() - end >= 0) {
            throw new LockTimeoutException(lockFile, holder, deadline);
        }
        Uninterrupted.sleep(PAUSE);
    }
}
