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
 * New content for a file: complete, durable and read back, under a temporary name beside it, ready to take its place in
 * one step. A temporary name is never used twice, so whoever removes all temporaries stops every writer that has not
 * renamed his yet.
 */
public final class StagedFile implements AutoCloseable {

    private static final int NAME_BYTES = 8;
    private static final Pattern ENDING = Pattern.compile("\\.[0-9a-f]{16}\\.tmp");

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
     * Writes the content under a temporary name. An interrupt of the thread does not disturb it: the flag is set again at
     * the end.
     *
     * @param disk where
     * @param target the file whose place it will take
     * @param content all of the new content; not kept
     * @param ownership owner, group and mode of the new file; empty: this process's user alone
     * @return the staged file; closing it removes the temporary unless it took its place
     * @throws IOException if it cannot be written, or does not read back as it was written; nothing has changed then
     */
    public static StagedFile stage(Disk disk, Path target, byte[] content, Optional<Ownership> ownership)
            throws IOException {
        return Uninterrupted.get(() -> {
            StagedFile staged = new StagedFile(disk, target, newTemporary(target));
            // If it cannot be created it is not removed either: it may be another program's.
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

    private static Path newTemporary(Path target) {
        byte[] name = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(name);
        return target.resolveSibling(target.getFileName() + "." + HexFormat.of().formatHex(name) + ".tmp");
    }

    /**
     * Lists the temporaries of some files of one directory: of writers that are at work, or that were killed.
     *
     * @param disk where
     * @param directory the directory of the files
     * @param targets the files
     * @return the temporaries; empty if there are none
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
            throw new FileSystemException(temporary.toString(), null, "does not read back as it was written");
        }
    }

    /**
     * Takes the target's place, whatever stands there. It is durable once the directory has been forced.
     *
     * @return false if another process removed the temporary; nothing has changed then
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
     * @return false if another program was quicker, or removed the temporary; its file is untouched
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
     * Removes all temporaries of some files but this one: other writers that have not renamed theirs yet cannot do so any
     * more, even if the lock between them was lost.
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

    /** Removes the temporary, unless it took the target's place. If that fails, the next holder of the lock removes it. */
    @Override
    public void close() {
        if (!inPlace) {
            try {
                disk.unlink(temporary);
            } catch (IOException left) {
                // Whatever matters has happened or has failed already.
            }
        }
    }
}
