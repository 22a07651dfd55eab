// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * New content for a file: complete, durable, verified by reading it back, and ready to replace the file in one step.
 * Until then it is stored beside the file under a temporary name. Temporary names are never reused, so removing all
 * temporary files stops every writer that has not renamed its own yet.
 */
public final class StagedFile implements AutoCloseable {

    private static final int NAME_BYTES = 8;
    private static final Pattern ENDING = Pattern.compile("\\.[0-9a-f]{16}\\.tmp$");

    private final Disk disk;
    private final Path target;
    private final Path temporary;
    private boolean inPlace;

    private StagedFile(Disk disk, Path target, Path temporary) {
        this.disk = disk;
        this.target = target;
        this.temporary = temporary;
    }

    /**
     * Writes the content under a temporary name. An interrupt of the thread does not abort it; the interrupt status is
     * set again at the end.
     *
     * @param disk where
     * @param target the file whose place it will take
     * @param content the complete new content; not kept
     * @param ownership owner, group and mode of the new file; if empty, only this process's user has access
     * @return the staged file; closing it removes the temporary file unless it has replaced the target
     * @throws IOException if it cannot be written, or reads back differently; nothing has changed then
     */
    public static StagedFile stage(Disk disk, Path target, byte[] content, Optional<Ownership> ownership)
            throws IOException {
        return Uninterrupted.get(() -> {
            StagedFile staged = new StagedFile(disk, target, newTemporary(target));
            // A file that could not be created is not removed either: it may belong to another program.
            Disk.Output created = disk.create(staged.temporary, ownership);
            try {
                staged.write(content, created);
                return staged;
            } catch (IOException | RuntimeException | Error failed) {
                staged.close();
                throw failed;
            }
        });
    }

    /** One more name beside a temporary, of the same target. */
    static Path anotherTemporary(Path temporary) {
        String name = String.valueOf(temporary.getFileName());
        return newTemporary(temporary.resolveSibling(ENDING.matcher(name).replaceFirst("")));
    }

    private static Path newTemporary(Path target) {
        byte[] name = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(name);
        return target.resolveSibling(target.getFileName() + "." + HexFormat.of().formatHex(name) + ".tmp");
    }

    /**
     * Lists the temporary files of some files in one directory. Their writers are still at work, or were killed.
     *
     * @param disk where
     * @param directory the directory of the files
     * @param targets the files
     * @return the temporary files; empty if there are none
     * @throws IOException if the directory cannot be listed
     */
    public static List<Path> temporariesOf(Disk disk, Path directory, Path... targets) throws IOException {
        return disk.list(directory, name -> Arrays.stream(targets).anyMatch(target -> isTemporaryOf(target, name)));
    }

    private static boolean isTemporaryOf(Path target, String name) {
        String targetName = String.valueOf(target.getFileName());
        return name.startsWith(targetName)
                && ENDING.matcher(name.substring(targetName.length())).matches();
    }

    private void write(byte[] content, Disk.Output created) throws IOException {
        try (Disk.Output out = created) {
            out.write(content);
            out.force();
        }
        byte[] back = disk.read(temporary, content.length);
        boolean same = MessageDigest.isEqual(content, back);
        Arrays.fill(back, (byte) 0);
        if (!same) {
            throw new FileSystemException(temporary.toString(), null, "reads back differently from what was written");
        }
    }

    /**
     * Takes the target's place, whatever stands there. It is durable once the directory has been forced.
     *
     * @return false if another process removed the temporary file; nothing has changed then
     * @throws IOException if the rename fails; nothing has changed then
     */
    public boolean replaceTarget() throws IOException {
        try {
            disk.rename(temporary, target);
            inPlace = true;
            return true;
        } catch (NoSuchFileException removed) {
            return false;
        }
    }

    /**
     * Takes the target's place if it is free. It is durable once the directory has been forced.
     *
     * @return false if another program was faster, or removed the temporary file; its file is untouched
     * @throws IOException if it fails otherwise
     */
    public boolean takeFreePlace() throws IOException {
        try {
            disk.link(temporary, target);
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException quicker) {
            return false;
        } catch (AccessDeniedException failed) {
            throw failed;
        } catch (FileSystemException | UnsupportedOperationException noHardLinks) {
            return !disk.exists(target) && replaceTarget();
        }
    }

    /**
     * Removes all temporary files of some files except this one, so that other writers that have not renamed theirs yet
     * can no longer do so, even if the lock between them was lost.
     *
     * @param directory the directory of the files
     * @param targets the files
     * @throws IOException if one cannot be removed
     */
    public void removeOthers(Path directory, Path... targets) throws IOException {
        List<Path> others = new ArrayList<>(temporariesOf(disk, directory, targets));
        others.remove(temporary);
        for (Path other : others) {
            disk.unlink(other);
        }
    }

    /**
     * Removes the temporary file unless it has replaced the target. If that fails, the next holder of the lock removes
     * it.
     */
    @Override
    public void close() {
        if (!inPlace) {
            try {
                disk.unlink(temporary);
            } catch (IOException left) {
                // Everything that matters has already succeeded or failed.
            }
        }
    }
}
