// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

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
     * @param file the file; a symbolic link is an error
     * @param limitBytes the largest size accepted, in bytes
     * @return the content, which the caller must wipe
     * @throws java.nio.file.NoSuchFileException if there is provably no such file
     * @throws FileTooLargeException if the file is larger than the limit
     * @throws IOException if it cannot be read or is not a regular file
     */
    byte[] read(Path file, int limitBytes) throws IOException;

    /**
     * Whether a file, or a link to one, stands under this name.
     *
     * @param file the name; a link is not followed
     * @return true also for a link to nothing
     * @throws IOException if that cannot be determined
     */
    boolean exists(Path file) throws IOException;

    /**
     * Lists some of the files in a directory.
     *
     * @param directory an existing directory
     * @param names selects files by name
     * @return the selected files
     * @throws IOException if the directory cannot be read
     */
    List<Path> list(Path directory, Predicate<String> names) throws IOException;

    /**
     * Whether files can be listed, created and replaced in a directory.
     *
     * @param directory an existing directory
     * @return false on a read-only file system or without permission
     */
    boolean isWritable(Path directory);

    /**
     * Creates a file that does not exist yet, without following links, and opens it in the same step, so that nothing
     * is ever written to another file. Its owner and permissions are set before it has any content. An interrupt closes
     * it.
     *
     * @param file the new file
     * @param ownership the owner, group and mode of the file; if empty, only this process's user has access. An access
     *     control list is carried over by copying the file that has it, so the directory must be writable only by users
     *     who may read that file
     * @return the open file
     * @throws java.nio.file.FileAlreadyExistsException if the name is already taken
     * @throws IOException if it cannot be created, or cannot be given this owner, group or mode
     */
    Output create(Path file, Optional<Ownership> ownership) throws IOException;

    /**
     * Makes the content of a file that somebody else wrote durable.
     *
     * @param file an existing file
     * @throws IOException if that fails
     */
    void force(Path file) throws IOException;

    /**
     * Gives a file a second name, which must be free: the step that never replaces what another program put there.
     *
     * @param existing the file
     * @param link its new name
     * @throws java.nio.file.FileAlreadyExistsException if the name is already taken
     * @throws UnsupportedOperationException if the file system has no hard links
     * @throws IOException if it fails otherwise
     */
    void link(Path existing, Path link) throws IOException;

    /**
     * Renames a file over another in one step.
     *
     * @param from the file
     * @param to its new name; what stands there is replaced
     * @throws IOException if that fails; then nothing has changed
     */
    void rename(Path from, Path to) throws IOException;

    /**
     * Removes a name; nothing happens where there is none.
     *
     * @param file the name
     * @throws IOException if that fails
     */
    void unlink(Path file) throws IOException;

    /**
     * Makes the names in a directory durable. Does nothing on Windows, which has no such operation.
     *
     * @param directory an existing directory
     * @throws IOException if that fails; an unsupported operation cannot be told apart from a failed one
     */
    void forceDirectory(Path directory) throws IOException;

    /**
     * Makes one directory that only its owner can enter; nothing happens where it exists.
     *
     * @param directory the new directory, in an existing one
     * @throws IOException if that fails
     */
    void makeDirectory(Path directory) throws IOException;

    /**
     * Takes the lock that a lock file stands for, against other threads, class loaders and processes.
     *
     * @param lockFile the lock file; created if it is missing, never deleted, and accessible to its owner only
     * @param ownership the owner of a new lock file; if empty, this process's user
     * @param deadline how long to wait; zero means not at all
     * @return the lock; closing it gives it back
     * @throws LockTimeoutException if the lock was not free in time
     * @throws java.nio.file.AccessDeniedException if this process may not open or create the lock file
     * @throws IOException if the file cannot be opened or the file system has no locks
     */
    Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) throws IOException;

    /** A file being written. */
    interface Output extends Closeable {

        /**
         * Appends bytes.
         *
         * @param content the bytes
         * @throws IOException if that fails
         */
        void write(byte[] content) throws IOException;

        /**
         * Makes what was written durable.
         *
         * @throws IOException if that fails
         */
        void force() throws IOException;
    }
}
