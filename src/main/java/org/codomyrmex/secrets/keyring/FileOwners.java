// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.codomyrmex.secrets.files.Directories;
import org.codomyrmex.secrets.files.OpenFiles;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.files.ProcessUser;

/**
 * Decides who owns the new files of a keyring. A change to the ring gives nobody access and takes it from nobody,
 * except that other users of the machine lose theirs, and no key is given to anyone but the ring's owner.
 */
final class FileOwners {

    private FileOwners() {}

    /** The file under this name is no longer the one that was read, so the caller must start again. */
    static final class ExchangedException extends FileSystemException {

        private static final long serialVersionUID = 1L;

        ExchangedException(Path file) {
            super(file.toString(), null, "was replaced while it was being read; try again");
        }
    }

    /**
     * For a new ring: the ownership of the present one, or else the owner of the key file or of the directory.
     *
     * @param ringDigest the digest of the ring whose keys go into the new one
     * @param keyFileDigest the digest of the key file whose key goes into a first ring
     */
    static Optional<Ownership> ofNewRing(KeyringLocation at, byte[] ringDigest, byte[] keyFileDigest)
            throws IOException {
        Optional<Ownership> ring = verified(at.ring(), ringDigest);
        return ring.isPresent()
                ? Optional.of(kept(ring.get(), at, at.ring()))
                : ofOwner(at, verified(at.keyFile(), keyFileDigest));
    }

    /**
     * For a new key file: the ownership of the present one if the ring's owner owns it; otherwise that of the ring.
     *
     * @param ringDigest the digest of the ring whose primary key goes into the key file
     */
    static Optional<Ownership> ofNewKeyFile(KeyringLocation at, byte[] ringDigest) throws IOException {
        Optional<Ownership> ring = verified(at.ring(), ringDigest);
        Optional<Ownership> keyFile = Ownership.of(at.keyFile());
        if (ring.isEmpty()) {
            throw new NoSuchFileException(at.ring().toString());
        }
        if (keyFile.isPresent() && keyFile.get().owner().equals(ring.get().owner())) {
            return Optional.of(kept(keyFile.get(), at, at.keyFile()));
        }
        return Optional.of(kept(ring.get(), at, at.ring()).forSibling());
    }

    /** For a new lock file: its owner alone may open it. */
    static Optional<Ownership> ofNewLock(KeyringLocation at) throws IOException {
        Optional<Ownership> ring = Ownership.of(at.ring());
        return (ring.isPresent() ? ring : ofOwner(at, Ownership.of(at.keyFile()))).map(Ownership::forOwnerAlone);
    }

    /**
     * Keys are given to the owner of the file that they were read from. If that is not this process's user, the file's
     * name is not enough: anyone who can write to the directory may have put their own file there since.
     */
    private static Optional<Ownership> verified(Path file, byte[] digest) throws IOException {
        Optional<Ownership> byName = Ownership.of(file);
        if (byName.isEmpty() || ProcessUser.is(byName.get().owner())) {
            return byName;
        }
        Optional<Ownership> read =
                OpenFiles.ownerOf(file, content -> Arrays.equals(KeyringText.digest(content), digest));
        if (!read.equals(byName)) {
            throw new ExchangedException(file);
        }
        return read;
    }

    private static Optional<Ownership> ofOwner(KeyringLocation at, Optional<Ownership> keyFile) throws IOException {
        if (keyFile.isPresent()) {
            return keyFile.map(Ownership::forSibling);
        }
        Optional<Ownership> directory = Ownership.of(at.directory());
        if (directory.isEmpty()
                || ProcessUser.is(directory.get().owner())
                || (!ProcessUser.isRoot() && ProcessUser.isOwnedByRoot(at.directory()))) {
            // Volumes often belong to root and are writable by a group; root can read everything anyway.
            return Optional.empty();
        }
        if (!ProcessUser.isRoot()) {
            throw new AccessDeniedException(
                    at.directory().toString(),
                    null,
                    "belongs to user " + directory.get().owner().getName()
                            + ", so a keyring in it must belong to that user, too, and this process cannot give files"
                            + " away; run it as that user, or choose a directory that its own user owns");
        }
        return directory.map(Ownership::forOwnerAlone);
    }

    /**
     * Java cannot read a POSIX access control list and can preserve one only by copying the file that has it, which is
     * not safe if others can replace the copy. Without group permissions a list grants nothing.
     */
    private static Ownership kept(Ownership present, KeyringLocation at, Path file) throws IOException {
        if (!present.isOpenToGroup()) {
            return present;
        }
        Optional<String> who = Directories.whoElseWrites(at.directory(), ownersOf(at));
        if (who.isPresent()) {
            throw new AccessDeniedException(
                    file.toString(),
                    null,
                    "has permissions for its group (mode " + present.modeText()
                            + "), which cannot be kept safely because of the directory " + at.directory() + ": "
                            + who.get() + "; remove one of the two permissions with chmod");
        }
        return present.withAccessListOf(file);
    }

    /** Whether a key that another program wrote to the key file may be adopted; only some owners are trusted. */
    static boolean mayAdoptKeyFile(KeyringLocation at) throws IOException {
        Optional<Ownership> keyFile = Ownership.of(at.keyFile());
        if (keyFile.isEmpty()) {
            return true;
        }
        UserPrincipal owner = keyFile.get().owner();
        Optional<Ownership> directory = Ownership.of(at.directory());
        return ProcessUser.is(owner)
                || ProcessUser.isOwnedByRoot(at.keyFile())
                || (directory.isPresent() && directory.get().owner().equals(owner));
    }

    /** A sealed ring is worth nothing to its owner, who may have put a copy of his own there; a plain one is. */
    static void requireOwnerForPlain(KeyringLocation at) throws IOException {
        Optional<Ownership> ring = Ownership.of(at.ring());
        Optional<Ownership> directory = Ownership.of(at.directory());
        if (ring.isPresent()
                && !ProcessUser.is(ring.get().owner())
                && !ProcessUser.isOwnedByRoot(at.ring())
                && !directory.map(Ownership::owner).equals(ring.map(Ownership::owner))) {
            throw new AccessDeniedException(
                    at.ring().toString(),
                    null,
                    "belongs to user " + ring.get().owner().getName()
                            + ", who owns neither the directory nor this process, and would get the plain keys; run this"
                            + " process as that user, or change the owner of the ring");
        }
    }

    /** Trusts the owner of the ring, who may also own its directory. */
    static Predicate<UserPrincipal> ownersOf(KeyringLocation at) throws IOException {
        Optional<Ownership> ring = Ownership.of(at.ring());
        return user -> ring.isPresent() && ring.get().owner().equals(user);
    }
}
