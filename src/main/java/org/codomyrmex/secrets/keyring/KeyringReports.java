// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.LOCKED;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.SEALED;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    private final boolean strict;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    KeyringReports(boolean strict) {
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
                    "Created a keyring: {} is sealed by an envelope of the kind {}. Back up both, the ring and what opens"
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
                form.isSealed() ? "sealed by an envelope of the kind " + form.kind() : "plain");
    }

    /** Refuses files that were found in the other form, once there is nothing left to recover in their own. */
    void requireForm(KeyringLocation at, Found found, RingForm form) {
        if (found.isSealed() || found.isWhole() || found.isLoneKey()) {
            requireSameForm(at, found, form);
        }
    }

    void requireSameForm(KeyringLocation at, Found found, RingForm form) {
        if (found.isSealed() && !form.isSealed()) {
            throw new KeyringException(
                    SEALED,
                    "The ring " + at.ring()
                            + " is sealed, and this source was given no envelope to open it with. Give it"
                            + " one with withEnvelope, or to the default manager with the setting for a KMS key or a"
                            + " passphrase file.");
        }
        boolean plain = found.ringFile() == RingFile.PLAIN || found.isLoneKey();
        if (plain && form.isSealed()) {
            throw new KeyringException(
                    SEALED,
                    "The keyring " + at.keyFile() + " is plain, and this source was given an envelope of the kind "
                            + form.kind() + ". Seal it once with seal(envelope), or open it without an envelope.");
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

    void unrecovered(KeyringLocation at) {
        warnOnce(obstacle(at) + ", so the keyring " + at.keyFile()
                + " is used as it stands. Its key cannot be rotated here.");
    }

    /** Warns of what others can read or replace, or refuses it. */
    void checkPermissions(KeyringLocation at) throws IOException {
        Optional<Ownership> directory = Ownership.of(at.directory());
        if (directory.isPresent() && directory.get().writableByOthers()) {
            warnOrRefuse("The directory " + at.directory() + " can be written by every user of this machine (mode "
                    + directory.get().modeText()
                    + "), who could put another key in place. Take that away with: chmod o-w "
                    + at.directory());
        }
        for (Path file : List.of(at.ring(), at.keyFile())) {
            Optional<Ownership> found = Ownership.of(file);
            if (found.isPresent() && found.get().readableByOthers()) {
                warnOrRefuse("The key material in " + file + " is open to every user of this machine (mode "
                        + found.get().modeText() + "). Take that away with: chmod o= " + file);
            } else if (found.isPresent() && found.get().readableByGroup()) {
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
                + " exists, and none may be created here. Restore them from a backup, or name the right key file.";
    }

    String readOnly(KeyringLocation at) {
        return obstacle(at) + ", so the keyring " + at.keyFile()
                + " can be neither created nor changed. Give this process a directory that it can write.";
    }

    private static String obstacle(KeyringLocation at) {
        return at.mountedFile()
                .map(file -> "The file " + file + " is mounted on its own, without its directory")
                .orElse("The directory " + at.directory() + " cannot be written");
    }

    /** The error of a row of the table that refuses. */
    KeyringException refusal(KeyringLocation at, Found found) {
        Row row = RecoveryTable.rowFor(found);
        String advice = row.advice()
                .replace("{ring}", at.ring().toString())
                .replace("{keyFile}", at.keyFile().toString());
        if (found.isSealed() && found.keyFile() == KeyFile.OTHER_KEY) {
            advice = advice.replace("{keyId}", found.key().id())
                    .replace("{primaryId}", found.ring().primary().id());
        }
        String subject = switch (found.ringFile()) {
            case MALFORMED -> "The ring " + at.ring() + " is no keyring: " + found.ringProblem() + ". ";
            case ABSENT, PLAIN, SEALED ->
                found.keyProblem().isEmpty()
                        ? ""
                        : "The key file " + at.keyFile() + " is no Fernet key: " + found.keyProblem() + ". ";
        };
        return new KeyringException(Objects.requireNonNullElse(row.reason(), UNAVAILABLE), subject + advice);
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
        String sealed = form.isSealed() ? ", sealed by an envelope of the kind " + form.kind() : "";
        return "The new keyring is in place in " + ring + sealed
                + ", and the next opening finishes what is left to do.";
    }

    static KeyringException failed(Path asked, IOException failed) {
        if (failed instanceof LockTimeoutException) {
            return new KeyringException(
                    LOCKED,
                    "The lock on the keyring " + asked + " was not to be had: " + failed.getMessage()
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
