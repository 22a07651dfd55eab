// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.codomyrmex.secrets.files.Directories;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.MountPoints;
import org.codomyrmex.secrets.files.StagedFile;

/**
 * Where the files of one keyring really are. Links are followed to their end, so that a link and its target have one
 * ring and one lock.
 *
 * @param directory the real directory of the key file
 * @param keyFile the key file, the mirror for other Fernet programs
 * @param ring the keyring, the truth
 * @param lockFile stands for the lock on both
 * @param linkToNothing whether the name that was asked for is a link whose target is not there
 */
record KeyringLocation(Path directory, Path keyFile, Path ring, Path lockFile, boolean linkToNothing) {

    private static final int MAXIMUM_LINKS = 40;

    static KeyringLocation of(Path asked) throws IOException {
        try {
            return resolved(asked);
        } catch (NoSuchFileException turned) {
            // A link was turned between two looks at it.
            return resolved(asked);
        }
    }

    private static KeyringLocation resolved(Path asked) throws IOException {
        Path file = asked.toAbsolutePath();
        if (Files.exists(file)) {
            return beside(file.toRealPath(), false);
        }
        boolean link = Files.isSymbolicLink(file);
        for (int followed = 0; Files.isSymbolicLink(file); followed++) {
            if (followed == MAXIMUM_LINKS) {
                throw new FileSystemLoopException(asked.toString());
            }
            file = file.resolveSibling(Files.readSymbolicLink(file));
        }
        Path directory = directoryOf(file);
        Path real = realOf(directory);
        return beside(real.resolve(file.getFileName()), link);
    }

    /** The real directory, of which some may not exist yet; links before that are followed. */
    private static Path realOf(Path directory) throws IOException {
        if (Files.exists(directory)) {
            return directory.toRealPath();
        }
        Path above = directory.getParent();
        Path name = directory.getFileName();
        if (above == null || name == null) {
            return directory;
        }
        if (name.toString().equals("..")) {
            throw new FileSystemException(
                    directory.toString(),
                    null,
                    "goes up from a directory that does not exist; write the path without it");
        }
        return realOf(above).resolve(name).normalize();
    }

    /** Whether the files are elsewhere now: a link was turned. */
    boolean moved(Path asked) throws IOException {
        return !of(asked).equals(this);
    }

    /** Files vanish where a mounted volume is swapped and its former version removed; anywhere else that is an error. */
    void requireMoved(Path asked, NoSuchFileException removed) throws IOException {
        if (!moved(asked)) {
            throw removed;
        }
    }

    /** What is built on a ring must not be undone by a power loss: whoever put it there may not have forced it. */
    void makeDurable(Disk disk, KeyringReports reports) throws IOException {
        try {
            disk.force(ring);
        } catch (FileSystemException failed) {
            // A process that can write here must be able to force the file; a reader need not.
            if (disk.isWritable(directory)) {
                throw failed;
            }
        }
        if (forceDirectory(disk, reports)) {
            Directories.forceAbove(disk, directory);
        }
    }

    /**
     * Forces the directory, if the file system can; Java does not report why a force failed.
     *
     * @return whether it was forced
     */
    boolean forceDirectory(Disk disk, KeyringReports reports) throws IOException {
        try {
            disk.forceDirectory(directory);
            return true;
        } catch (AccessDeniedException notListable) {
            return false;
        } catch (NoSuchFileException removed) {
            throw removed;
        } catch (IOException failed) {
            reports.directoryNotForced(this, failed);
            return false;
        }
    }

    /** The temporary files of writers that are at work or were killed; none if the directory cannot be listed. */
    List<Path> temporaries(Disk disk) throws IOException {
        try {
            return StagedFile.temporariesOf(disk, directory, ring, keyFile);
        } catch (AccessDeniedException | NoSuchFileException notListable) {
            return List.of();
        }
    }

    /** Whether new files can replace these. */
    boolean isReplaceable(Disk disk) {
        return disk.isWritable(directory) && mountedFile().isEmpty();
    }

    /** The ring or key file, if it is a mount of its own, as containers make of a single file. */
    Optional<Path> mountedFile() {
        return Stream.of(ring, keyFile).filter(MountPoints::contains).findFirst();
    }

    private static KeyringLocation beside(Path keyFile, boolean linkToNothing) {
        return new KeyringLocation(
                directoryOf(keyFile), keyFile, sibling(keyFile, ".ring"), sibling(keyFile, ".lock"), linkToNothing);
    }

    private static Path directoryOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    private static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
