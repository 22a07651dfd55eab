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
 * Whom new files of a keyring belong to. A change of the ring neither shuts out nor admits anybody, but for every other
 * user of the machine, and no key is given to anybody but the ring's owner.
 */
final class FileOwners {

    private FileOwners() {}

    /** The file under a name is not the one that was read: start again. */
    static final class ExchangedException extends FileSystemException {

        private static final long serialVersionUID = 1L;

        ExchangedException(Path file) {
            super(file.toString(), null, "was exchanged while it was read");
        }
    }

    /**
     * For a new ring: all that the present one has, or the owner of the key file or of the directory.
     *
     * @param ringDigest of the ring whose keys go into the new one
     * @param keyFileDigest of the key file whose key goes into a first ring
     */
    static Optional<Ownership> ofNewRing(KeyringLocation at, byte[] ringDigest, byte[] keyFileDigest)
            throws IOException {
        Optional<Ownership> ring = verified(at.ring(), ringDigest);
        return ring.isPresent()
                ? Optional.of(kept(ring.get(), at, at.ring()))
                : ofOwner(at, verified(at.keyFile(), keyFileDigest));
    }

    /**
     * For a new key file: what the present one has, if it is the ring owner's; otherwise what the ring has.
     *
     * @param ringDigest of the ring whose primary key goes into the key file
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
     * Keys are given to the owner of the file that they were read from. If that is not this process's user, its name is not
     * enough: whoever can write the directory may have put a file of his own there since.
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
            // Volumes are often root's and writable for a group; root can see everything anyway.
            return Optional.empty();
        }
        if (!ProcessUser.isRoot()) {
            throw new AccessDeniedException(
                    at.directory().toString(),
                    null,
                    "belongs to user " + directory.get().owner().getName()
                            + ", so a keyring in it would too, and this process cannot give files away; run it as that"
                            + " user, or name a directory of its own");
        }
        return directory.map(Ownership::forOwnerAlone);
    }

    /**
     * Java shows no POSIX access control list and can carry one only by copying the file that has it, which is not safe
     * where others can exchange the copy. Without group permissions a list admits nobody.
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
                    "has permissions for its group (mode " + present.modeText() + "), and of the directory "
                            + at.directory() + " " + who.get() + ", so these permissions cannot be kept safely; take"
                            + " away one of the two with chmod");
        }
        return present.withAccessListOf(file);
    }

    /** Whether a key that another program wrote into the key file is taken over: not from just anybody. */
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

    /** The owner of the ring, whom its directory may belong to. */
    static Predicate<UserPrincipal> ownersOf(KeyringLocation at) throws IOException {
        Optional<Ownership> ring = Ownership.of(at.ring());
        return user -> ring.isPresent() && ring.get().owner().equals(user);
    }
}
