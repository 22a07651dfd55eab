// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.LOCKED;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.SEALED;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.codomyrmex.secrets.files.Directories;
import org.codomyrmex.secrets.files.LockTimeoutException;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.codomyrmex.secrets.keyring.RecoveryTable.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is said about a keyring's files, as errors and as warnings: names of files and ids of keys, never a key. */
final class KeyringReports {

    private static final Logger LOG = LoggerFactory.getLogger(FileKeyringSource.class);

    private final Path asked;
    private final boolean strict;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    KeyringReports(Path asked, boolean strict) {
        this.asked = asked;
        this.strict = strict;
    }

    /** Says a warning once; a manager looks at its files every second. */
    private void warnOnce(String warning) {
        if (said.add(warning)) {
            LOG.warn(warning);
        }
    }

    void created(KeyringLocation at, RingForm form) {
        if (form.isSealed()) {
            LOG.info(
                    "Created a keyring: {} is sealed by an envelope of kind {}. Back up both, the ring and what opens"
                            + " the envelope.",
                    at.ring(),
                    form.kind());
        } else {
            LOG.info("Created a keyring: {} is the truth, {} its mirror. Back up both.", at.ring(), at.keyFile());
        }
    }

    void changedForm(Path ring, RingForm form) {
        LOG.info(
                "The ring {} is {} now. Its backups still are what it was.",
                ring,
                form.isSealed() ? "sealed by an envelope of kind " + form.kind() : "plain");
    }

    /** Refuses files in the wrong form, once they have been recovered in their own. */
    void requireForm(KeyringLocation at, Found found, RingForm form) {
        if (found.isSealed() || found.isWhole() || found.isLoneKey()) {
            requireSameForm(at, found, form);
        }
    }

    void requireSameForm(KeyringLocation at, Found found, RingForm form) {
        if (found.isSealed() && !form.isSealed()) {
            throw new KeyringException(
                    SEALED,
                    "The ring " + at.ring() + " is sealed by an envelope of kind "
                            + found.header().map(SealedRing.Header::kind).orElse("unknown")
                            + ", but this source has no envelope. Give it one with withEnvelope, or configure a KMS key"
                            + " or a passphrase file for the default manager.");
        }
        boolean plain = found.ringFile() == RingFile.PLAIN || found.isLoneKey();
        if (plain && !form.acceptsPlain()) {
            throw new KeyringException(
                    SEALED,
                    "The keyring " + at.keyFile() + " is plain, but this source has an envelope of kind "
                            + form.kind() + ". Seal it once with seal(envelope), accept it until then with"
                            + " acceptingPlain(), or open it without an envelope.");
        }
        if (plain && form.isSealed()) {
            warnOnce("The keyring " + at.keyFile() + " is still plain, although this source has an envelope of kind "
                    + form.kind() + ". It is used as it is; seal it with seal(envelope).");
        }
    }

    void otherProgramWroteKey(KeyringLocation at, Found found) {
        LOG.warn(
                "Another program wrote key {} into {}. It is the primary key now; the former primary {} is retired and"
                        + " still decrypts.",
                found.key().id(),
                at.keyFile(),
                found.ring().primary().id());
    }

    void adoptedLoneKey(KeyringLocation at, Found found) {
        LOG.warn(
                "There was no ring beside the key file {}; created one from its key {}. If there was a ring before,"
                        + " restore it from a backup; otherwise nothing encrypted under its other keys can be read.",
                at.keyFile(),
                found.key().id());
    }

    void unrecovered(KeyringLocation at) {
        warnOnce(obstacle(at) + ", so the keyring " + at.keyFile()
                + " is used as it stands. Its key cannot be rotated here.");
    }

    /** The ring is used as it stands; a change to it fails with the same error. */
    void notRecovered(KeyringLocation at, Exception failed) {
        String why = failed instanceof IOException io ? words(io) : String.valueOf(failed.getMessage());
        warnOnce("The keyring " + at.keyFile() + " is used as it stands, because its files could not be recovered. "
                + why);
    }

    void directoryNotForced(KeyringLocation at, IOException failed) {
        warnOnce("The directory " + at.directory() + " cannot be forced to disk (" + words(failed)
                + "). If its file system can lose renames in a power failure, move the keyring to another"
                + " one.");
    }

    void closedToOthers(Path file, Ownership former) {
        LOG.warn(
                "{} is no longer open to every user of this machine; its former mode was {}.", file, former.modeText());
    }

    /** Warns of anything that others can read or replace, or refuses it. */
    void checkPermissions(KeyringLocation at) throws IOException {
        Predicate<UserPrincipal> trusted = FileOwners.ownersOf(at);
        Optional<String> writers = Directories.whoElseWrites(at.directory(), trusted);
        if (writers.isPresent()) {
            warnOrRefuse("Others can replace the keys in the directory " + at.directory() + ": " + writers.get()
                    + ". Remove that access with chmod or chown.");
        }
        Optional<String> above = Directories.openAbove(at.directory(), trusted);
        if (above.isEmpty() && !at.directory().equals(asked.getParent())) {
            // Links lead there, which whoever can write to their directories can turn.
            above = Directories.openAbove(asked, trusted);
        }
        if (above.isPresent()) {
            warnOrRefuse("Others can replace the directory " + at.directory() + ", because of " + above.get()
                    + ". Remove that access with chmod or chown.");
        }
        for (Path file : List.of(at.ring(), at.keyFile())) {
            Optional<Ownership> found = Ownership.of(file);
            if (found.isPresent() && found.get().isOpenToOthers()) {
                warnOrRefuse("The key material in " + file + " is open to every user of this machine (mode "
                        + found.get().modeText() + "). Remove that access with: chmod o= " + file);
            } else if (found.isPresent() && found.get().isOpenToGroup()) {
                warnOnce("The key material in " + file + " can be read by the group "
                        + found.get().group().getName() + " (mode "
                        + found.get().modeText() + ").");
            }
        }
    }

    private void warnOrRefuse(String open) {
        if (strict) {
            throw new KeyringException(UNAVAILABLE, open);
        }
        warnOnce(open);
    }

    String absent(KeyringLocation at) {
        String link = at.linkToNothing() ? " (which a link leads to)" : "";
        return "There is no keyring: neither " + at.keyFile() + link + " nor " + at.ring()
                + " exists, and creating one is not allowed here. Restore them from a backup, or name the right key file.";
    }

    String readOnly(KeyringLocation at) {
        return obstacle(at) + ", so the keyring " + at.keyFile()
                + " can be neither created nor changed. Give this process a directory that it can write.";
    }

    String lockDenied(KeyringLocation at) {
        return "This process may not open the lock file " + at.lockFile() + ", so the keyring " + at.keyFile()
                + " cannot be changed. Run this process as the user that owns the keyring.";
    }

    private static String obstacle(KeyringLocation at) {
        return at.mountedFile()
                .map(file -> "The file " + file + " is mounted on its own, without its directory")
                .orElse("The directory " + at.directory() + " cannot be listed or written to");
    }

    KeyringException sealedRingGone(KeyringLocation at) {
        return new KeyringException(
                ABSENT,
                "The sealed ring " + at.ring()
                        + ", which this process has used, is gone or damaged. Nothing was put in its"
                        + " place. Restore it from a backup.");
    }

    KeyringException plainInPlaceOfSealed(KeyringLocation at) {
        return new KeyringException(
                SEALED,
                "A plain ring has replaced the sealed ring " + at.ring()
                        + " that this process has used. Restore the sealed ring from a backup. If it was unsealed on purpose,"
                        + " restart this process without the envelope.");
    }

    /** The error of a row of the table that refuses. */
    KeyringException refusal(KeyringLocation at, Found found) {
        Row row = RecoveryTable.rowFor(found);
        String advice = row.advice()
                .replace("{ring}", at.ring().toString())
                .replace("{keyFile}", at.keyFile().toString());
        if (found.keyFile() == KeyFile.FOREIGN_KEY) {
            advice = advice.replace("{owner}", ownerOf(at.keyFile()));
        }
        if (found.isSealed() && (found.keyFile() == KeyFile.OTHER_KEY || found.keyFile() == KeyFile.FOREIGN_KEY)) {
            advice = advice.replace("{keyId}", found.key().id())
                    .replace("{primaryId}", found.ring().primary().id());
        }
        String subject = switch (found.ringFile()) {
            case MALFORMED -> "The ring " + at.ring() + " is not a keyring: " + found.ringProblem() + ". ";
            case ABSENT, PLAIN, SEALED ->
                found.keyProblem().isEmpty()
                        ? ""
                        : "The key file " + at.keyFile() + " is not a Fernet key: " + found.keyProblem() + ". ";
        };
        return new KeyringException(Objects.requireNonNullElse(row.reason(), UNAVAILABLE), subject + advice);
    }

    private static String ownerOf(Path file) {
        try {
            return Ownership.of(file).map(found -> found.owner().getName()).orElse("unknown");
        } catch (IOException gone) {
            return "unknown";
        }
    }

    /** The error of a change that failed before or after it replaced a ring. */
    static KeyringException halfDone(Path asked, List<Path> replaced, RingForm form, IOException failed) {
        if (failed instanceof LockTimeoutException && replaced.isEmpty()) {
            return failed(asked, failed);
        }
        String state = replaced.isEmpty()
                ? "Nothing was changed: the former keyring is in place."
                : inPlace(replaced.get(0), form);
        return new KeyringException(
                UNAVAILABLE, "The keyring " + asked + " could not be changed: " + words(failed) + ". " + state, failed);
    }

    /** The same where what came after the ring was refused. */
    static KeyringException halfDone(List<Path> replaced, RingForm form, KeyringException refused) {
        return new KeyringException(
                refused.reason(), refused.getMessage() + " " + inPlace(replaced.get(0), form), refused);
    }

    private static String inPlace(Path ring, RingForm form) {
        String sealed = form.isSealed() ? ", sealed by an envelope of kind " + form.kind() : "";
        return "The new keyring is in place in " + ring + sealed
                + ", and the next opening finishes what is left to do.";
    }

    static KeyringException failed(Path asked, IOException failed) {
        if (failed instanceof LockTimeoutException) {
            return new KeyringException(
                    LOCKED,
                    "The lock on the keyring " + asked + " could not be taken: " + failed.getMessage()
                            + ". Look for a process that hangs while it rotates keys.",
                    failed);
        }
        return new KeyringException(
                UNAVAILABLE,
                "The keyring " + asked + " cannot be used: " + words(failed)
                        + ". The files must be regular files that this process can read, in a directory with room.",
                failed);
    }

    /** An input or output error in words; a bare path in a message says what kind it was only by its type. */
    private static String words(IOException failed) {
        return failed.getClass().getSimpleName() + ": " + failed.getMessage();
    }
}
