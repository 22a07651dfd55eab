// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
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

    /** Takes the lock of an existing lock file. */
    static Closeable take(Path lockFile, Duration deadline) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        Closeable inside = takeInside(lockFile, deadline, end);
        try {
            return takeOutside(inside, lockFile, deadline, end);
        } catch (IOException | RuntimeException | Error failed) {
            inside.close();
            throw failed;
        }
    }

    private static Closeable takeInside(Path lockFile, Duration deadline, long end) throws IOException {
        Properties shared = System.getProperties();
        String name = PREFIX + lockFile.toRealPath();
        String holder = UUID.randomUUID().toString();
        while (shared.putIfAbsent(name, holder) != null) {
            pause(lockFile, deadline, end);
        }
        return () -> shared.remove(name, holder);
    }

    private static Closeable takeOutside(Closeable inside, Path lockFile, Duration deadline, long end)
            throws IOException {
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            while (lock == null) {
                pause(lockFile, deadline, end);
                lock = channel.tryLock();
            }
        } catch (IOException | RuntimeException | Error failed) {
            channel.close();
            throw failed;
        }
        return () -> {
            try (inside) {
                channel.close();
            }
        };
    }

    private static void pause(Path lockFile, Duration deadline, long end) throws LockTimeoutException {
        if (System.nanoTime() - end >= 0) {
            throw new LockTimeoutException(lockFile, deadline);
        }
        Uninterrupted.sleep(PAUSE);
    }
}
