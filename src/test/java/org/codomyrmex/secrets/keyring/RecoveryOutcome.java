// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codomyrmex.secrets.files.OtherUser;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;

/** What an opening makes of a state of the two files, without an envelope and with the one that seals the ring. */
enum RecoveryOutcome {
    WHOLE,
    KEY_FILE_WRITTEN,
    KEY_IN_FRONT,
    ADOPTED,
    CREATED,
    /** The ring is whole: it is used with a warning, and a change is refused; nothing is touched. */
    BESIDE_MALFORMED_KEY_FILE,
    BESIDE_FOREIGN_KEY,
    SEALED_BESIDE_MALFORMED_KEY_FILE,
    SEALED_BESIDE_KEY,
    LONE_KEY_FILE_REFUSED,
    LONE_FOREIGN_KEY_REFUSED,
    RING_GONE,
    /** The ring is sealed, and there is no envelope; nothing is touched. */
    SEALED,
    /** The ring is plain, and there is an envelope: refused once its files are whole. */
    PLAIN,
    PLAIN_AFTER_KEY_FILE_WRITTEN,
    PLAIN_AFTER_KEY_IN_FRONT,
    RING_REFUSED;

    private static final Map<KeyFile, RecoveryOutcome> MALFORMED_RING = Map.of(
            KeyFile.ABSENT, RING_REFUSED,
            KeyFile.OTHER_KEY, RING_REFUSED,
            KeyFile.FOREIGN_KEY, RING_REFUSED,
            KeyFile.SEALED_MARK, RING_REFUSED,
            KeyFile.MALFORMED, RING_REFUSED);

    private static final Map<RingFile, Map<KeyFile, RecoveryOutcome>> WITHOUT_ENVELOPE = Map.of(
            RingFile.PLAIN,
            Map.of(
                    KeyFile.MIRROR, WHOLE,
                    KeyFile.ABSENT, KEY_FILE_WRITTEN,
                    KeyFile.RETIRED_KEY, KEY_FILE_WRITTEN,
                    KeyFile.SEALED_MARK, KEY_FILE_WRITTEN,
                    KeyFile.OTHER_KEY, KEY_IN_FRONT,
                    KeyFile.FOREIGN_KEY, BESIDE_FOREIGN_KEY,
                    KeyFile.MALFORMED, BESIDE_MALFORMED_KEY_FILE),
            RingFile.ABSENT,
            Map.of(
                    KeyFile.OTHER_KEY, ADOPTED,
                    KeyFile.FOREIGN_KEY, LONE_FOREIGN_KEY_REFUSED,
                    KeyFile.MALFORMED, LONE_KEY_FILE_REFUSED,
                    KeyFile.ABSENT, CREATED,
                    KeyFile.SEALED_MARK, RING_GONE),
            RingFile.SEALED,
            Map.of(
                    KeyFile.SEALED_MARK, SEALED,
                    KeyFile.ABSENT, SEALED,
                    KeyFile.MIRROR, SEALED,
                    KeyFile.RETIRED_KEY, SEALED,
                    KeyFile.OTHER_KEY, SEALED,
                    KeyFile.FOREIGN_KEY, SEALED,
                    KeyFile.MALFORMED, SEALED),
            RingFile.MALFORMED,
            MALFORMED_RING);

    private static final Map<RingFile, Map<KeyFile, RecoveryOutcome>> WITH_ENVELOPE = Map.of(
            RingFile.PLAIN,
            Map.of(
                    KeyFile.MIRROR, PLAIN,
                    KeyFile.ABSENT, PLAIN_AFTER_KEY_FILE_WRITTEN,
                    KeyFile.RETIRED_KEY, PLAIN_AFTER_KEY_FILE_WRITTEN,
                    KeyFile.SEALED_MARK, PLAIN_AFTER_KEY_FILE_WRITTEN,
                    KeyFile.OTHER_KEY, PLAIN_AFTER_KEY_IN_FRONT,
                    KeyFile.FOREIGN_KEY, PLAIN,
                    KeyFile.MALFORMED, PLAIN),
            RingFile.ABSENT,
            Map.of(
                    KeyFile.OTHER_KEY, PLAIN,
                    KeyFile.FOREIGN_KEY, PLAIN,
                    KeyFile.MALFORMED, LONE_KEY_FILE_REFUSED,
                    KeyFile.ABSENT, CREATED,
                    KeyFile.SEALED_MARK, RING_GONE),
            RingFile.SEALED,
            Map.of(
                    KeyFile.SEALED_MARK, WHOLE,
                    KeyFile.ABSENT, KEY_FILE_WRITTEN,
                    KeyFile.MIRROR, KEY_FILE_WRITTEN,
                    KeyFile.RETIRED_KEY, KEY_FILE_WRITTEN,
                    KeyFile.OTHER_KEY, SEALED_BESIDE_KEY,
                    KeyFile.FOREIGN_KEY, SEALED_BESIDE_KEY,
                    KeyFile.MALFORMED, SEALED_BESIDE_MALFORMED_KEY_FILE),
            RingFile.MALFORMED,
            MALFORMED_RING);

    /** The key files beside a ring for which something was decided. */
    static Set<KeyFile> keyFilesBeside(RingFile ring, boolean enveloped) {
        return (enveloped ? WITH_ENVELOPE : WITHOUT_ENVELOPE).get(ring).keySet();
    }

    static RecoveryOutcome of(RingFile ring, KeyFile keyFile, boolean enveloped) {
        return (enveloped ? WITH_ENVELOPE : WITHOUT_ENVELOPE).get(ring).get(keyFile);
    }

    /** Whether the ring is used although there is something beside it that recovery refuses. */
    boolean isUsedAsItStands() {
        return switch (this) {
            case BESIDE_MALFORMED_KEY_FILE, BESIDE_FOREIGN_KEY -> true;
            case SEALED_BESIDE_MALFORMED_KEY_FILE, SEALED_BESIDE_KEY -> true;
            default -> false;
        };
    }

    /** Why it is refused, or why a change of a ring that is used as it stands is. */
    Reason reason() {
        return switch (this) {
            case BESIDE_MALFORMED_KEY_FILE, SEALED_BESIDE_MALFORMED_KEY_FILE, SEALED_BESIDE_KEY -> Reason.MALFORMED;
            case LONE_KEY_FILE_REFUSED, RING_REFUSED -> Reason.MALFORMED;
            case BESIDE_FOREIGN_KEY, LONE_FOREIGN_KEY_REFUSED -> Reason.UNAVAILABLE;
            case RING_GONE -> Reason.ABSENT;
            case SEALED, PLAIN, PLAIN_AFTER_KEY_FILE_WRITTEN, PLAIN_AFTER_KEY_IN_FRONT -> Reason.SEALED;
            case WHOLE, KEY_FILE_WRITTEN, KEY_IN_FRONT, ADOPTED, CREATED -> throw new AssertionError(this);
        };
    }

    /** What the refusal says. */
    String[] words(KeyringFiles files) {
        List<String> words = switch (this) {
            case BESIDE_MALFORMED_KEY_FILE, SEALED_BESIDE_MALFORMED_KEY_FILE ->
                List.of(
                        "The key file " + files.keyFile + " is not a Fernet key: ",
                        "The ring " + files.ring + " is intact: remove the key file, and it is written again");
            case LONE_KEY_FILE_REFUSED ->
                List.of(
                        "The key file " + files.keyFile + " is not a Fernet key: ",
                        "44 characters",
                        "left untouched: restore it from a backup");
            case BESIDE_FOREIGN_KEY, LONE_FOREIGN_KEY_REFUSED ->
                List.of(
                        "The key file " + files.keyFile + " holds a key that is not in the ring",
                        "belongs to user " + OtherUser.MALLORY.uid(),
                        "the key was not adopted",
                        "otherwise remove the file");
            case SEALED_BESIDE_KEY ->
                List.of(
                        "The key file " + files.keyFile + " holds key " + RecoveryCases.OTHER.id(),
                        "the sealed ring " + files.ring + " with the primary key " + RecoveryCases.PRIMARY.id()
                                + " lacks",
                        "nothing was touched",
                        "Move the key file away",
                        "update(ring -> ring.withRetired(key))");
            case RING_GONE ->
                List.of(files.keyFile + " says that this keyring is sealed", "the ring is gone", "from a backup");
            case SEALED ->
                List.of(
                        "The ring " + files.ring + " is sealed by an envelope of kind passphrase",
                        "this source has no envelope",
                        "withEnvelope",
                        "passphrase file");
            case PLAIN, PLAIN_AFTER_KEY_FILE_WRITTEN, PLAIN_AFTER_KEY_IN_FRONT ->
                List.of("The keyring " + files.keyFile + " is plain", "of kind passphrase", "seal(envelope)");
            case RING_REFUSED ->
                List.of("The ring " + files.ring + " is not a keyring: ", "left untouched: restore it from a backup");
            case WHOLE, KEY_FILE_WRITTEN, KEY_IN_FRONT, ADOPTED, CREATED -> throw new AssertionError(this);
        };
        return words.toArray(String[]::new);
    }
}
