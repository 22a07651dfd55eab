// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * New content for a file: complete, durable and read back, under a temporary name beside it, and waiting to take its
 * place in one step. Whoever stages holds the lock on the file; the temporary's name is fixed, so that what a crash
 * leaves behind is found and removed by the next holder.
 */
public final class StagedFile implements AutoCloseable {

    private static final String SUFFIX = ".tmp";

    private final Disk disk;
    private final Path target;
    private final byte[] content;
    private final Optional<Ownership> ownership;
    private boolean inPlace;

    private StagedFile(Disk disk, Path target, byte[] content, Optional<Ownership> ownership) {
        this.disk = disk;
        this.target = target;
        this.content = content.clone();
        this.ownership = ownership;
    }

    /**
     * Writes the content under the temporary name.
     *
     * @param disk where
     * @param target the file whose place it will take
     * @param content all of the new content
     * @param ownership owner, group and mode of the new file; empty: this process's owner alone
     * @return the staged file; closing it removes the temporary unless it took its place
     * @throws IOException where it cannot be written, or does not read back as it was written; nothing has changed then
     */
    public static StagedFile stage(Disk disk, Path target, byte[] content, Optional<Ownership> ownership)
            throws IOException {
        StagedFile staged = new StagedFile(disk, target, content, ownership);
        // What cannot be created is not removed either: it may be another program's.
        Disk.Output created = disk.create(temporaryOf(target), ownership);
        try {
            staged.write(temporaryOf(target), created);
            return staged;
        } catch (IOException | RuntimeException | Error failed) {
            staged.close();
            throw failed;
        }
    }

    /**
     * The name under which new content for a file is staged.
     *
     * @param target the file
     * @return its sibling
     */
    public static Path temporaryOf(Path target) {
        return target.resolveSibling(target.getFileName() + SUFFIX);
    }

    private void write(Path file, Disk.Output created) throws IOException {
        try (Disk.Output out = created) {
            out.write(content);
            out.force();
        }
        if (!MessageDigest.isEqual(content, disk.read(file, content.length))) {
            throw new FileSystemException(file.toString(), null, "does not read back as it was written");
        }
    }

    /**
     * Takes the target's place, whatever stands there. It is durable once the directory has been forced.
     *
     * @throws IOException where the rename fails; nothing has changed then
     */
    public void replaceTarget() throws IOException {
        disk.rename(temporaryOf(target), target);
        inPlace = true;
    }

    /**
     * Takes the target's place if it is free. It is durable once the directory has been forced.
     *
     * @return false where another program was quicker; its file is untouched
     * @throws IOException where it fails otherwise
     */
    public boolean takeFreePlace() throws IOException {
        try {
            disk.link(temporaryOf(target), target);
            return true;
        } catch (FileAlreadyExistsException quicker) {
            return false;
        } catch (AccessDeniedException | NoSuchFileException failed) {
            throw failed;
        } catch (FileSystemException | UnsupportedOperationException noHardLinks) {
            return createIfAbsent();
        }
    }

    private boolean createIfAbsent() throws IOException {
        Disk.Output created;
        try {
            created = disk.create(target, ownership);
        } catch (FileAlreadyExistsException quicker) {
            return false;
        }
        try {
            write(target, created);
            return true;
        } catch (IOException | RuntimeException | Error failed) {
            removeHalf(failed);
            throw failed;
        }
    }

    /** Takes back what was begun in place, unless another program has written a content of its own there meanwhile. */
    private void removeHalf(Throwable failed) {
        try {
            byte[] half = disk.read(target, content.length);
            if (MessageDigest.isEqual(half, Arrays.copyOf(content, half.length))) {
                disk.unlink(target);
            }
        } catch (IOException left) {
            failed.addSuppressed(left);
        }
    }

    /** Removes the temporary, unless it took the target's place. A temporary that stays is removed by the next holder. */
    @Override
    public void close() {
        if (inPlace) {
            return;
        }
        try {
            disk.unlink(temporaryOf(target));
        } catch (IOException left) {
            // The next holder of the lock removes it; what matters has happened or has failed already.
        }
    }
}
