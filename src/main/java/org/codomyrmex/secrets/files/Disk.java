// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Every operation on the disk that durability rests on, one method each, so that a recorder or a fault can stand
 * between the protocol and the file system. Nothing above this seam touches a file in another way.
 *
 * <p>Implementations are thread-safe and finish what they began when the thread is interrupted.
 */
public interface Disk {

    /**
     * The disk of this machine.
     *
     * @return the one implementation that reaches real files
     */
    static Disk system() {
        return SystemDisk.INSTANCE;
    }

    /**
     * Reads a whole regular file.
     *
     * @param file the file; links are followed
     * @param limitBytes the largest size accepted, in bytes
     * @return the content
     * @throws java.nio.file.NoSuchFileException where there is provably no such file
     * @throws FileTooLargeException where the file is larger than the limit
     * @throws IOException where it cannot be read or is not a regular file
     */
    byte[] read(Path file, int limitBytes) throws IOException;

    /**
     * Whether a file, or a link to one, stands under this name.
     *
     * @param file the name; a link is not followed
     * @return true also for a link to nothing
     * @throws IOException where that cannot be found out
     */
    boolean exists(Path file) throws IOException;

    /**
     * Whether files can be made and replaced in a directory.
     *
     * @param directory an existing directory
     * @return false on a read-only file system or without permission
     */
    boolean isWritable(Path directory);

    /**
     * Creates a file that does not exist yet. It is readable by its owner alone before it has any content.
     *
     * @param file the new file
     * @param ownership owner, group and mode it is given; empty: this process's owner, and nobody else
     * @return the open file
     * @throws java.nio.file.FileAlreadyExistsException where something stands there already
     * @throws IOException where it cannot be created, or cannot be given this owner, group or mode
     */
    Output create(Path file, Optional<Ownership> ownership) throws IOException;

    /**
     * Makes the content of a file that somebody else wrote durable.
     *
     * @param file an existing file
     * @throws IOException where that fails
     */
    void force(Path file) throws IOException;

    /**
     * Gives a file a second name, which must be free: the step that never replaces what another program put there.
     *
     * @param existing the file
     * @param link its new name
     * @throws java.nio.file.FileAlreadyExistsException where something stands there already
     * @throws UnsupportedOperationException where the file system has no hard links
     * @throws IOException where it fails otherwise
     */
    void link(Path existing, Path link) throws IOException;

    /**
     * Renames a file over another in one step.
     *
     * @param from the file
     * @param to its new name; what stands there is replaced
     * @throws IOException where that fails; then nothing has changed
     */
    void rename(Path from, Path to) throws IOException;

    /**
     * Removes a name; nothing happens where there is none.
     *
     * @param file the name
     * @throws IOException where that fails
     */
    void unlink(Path file) throws IOException;

    /**
     * Makes the names in a directory durable. Does nothing where the system has no such operation (Windows).
     *
     * @param directory an existing directory
     * @throws IOException where that fails
     */
    void forceDirectory(Path directory) throws IOException;

    /**
     * Makes one directory that only its owner can enter; nothing happens where it exists.
     *
     * @param directory the new directory, in an existing one
     * @throws IOException where that fails
     */
    void makeDirectory(Path directory) throws IOException;

    /**
     * Takes the lock that a lock file stands for, against other threads, class loaders and processes.
     *
     * @param lockFile the lock file; made where it is missing and never deleted
     * @param ownership owner, group and mode a new lock file is given; empty: this process's owner alone
     * @param deadline how long to wait
     * @return the lock; closing it gives it back
     * @throws LockTimeoutException where it was not free in time
     * @throws IOException where the file cannot be opened or the file system has no locks
     */
    Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) throws IOException;

    /** A file being written. */
    interface Output extends Closeable {

        /**
         * Appends bytes.
         *
         * @param content the bytes
         * @throws IOException where that fails
         */
        void write(byte[] content) throws IOException;

        /**
         * Makes what was written durable.
         *
         * @throws IOException where that fails
         */
        void force() throws IOException;
    }
}
