// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.List;
import java.util.Map;
import java.util.Set;
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
    KEY_FILE_REFUSED,
    LONE_KEY_FILE_REFUSED,
    KEY_BESIDE_SEALED_RING,
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
                    KeyFile.MALFORMED, KEY_FILE_REFUSED),
            RingFile.ABSENT,
            Map.of(
                    KeyFile.OTHER_KEY, ADOPTED,
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
                    KeyFile.MALFORMED, KEY_FILE_REFUSED),
            RingFile.ABSENT,
            Map.of(
                    KeyFile.OTHER_KEY, PLAIN,
                    KeyFile.MALFORMED, LONE_KEY_FILE_REFUSED,
                    KeyFile.ABSENT, CREATED,
                    KeyFile.SEALED_MARK, RING_GONE),
            RingFile.SEALED,
            Map.of(
                    KeyFile.SEALED_MARK, WHOLE,
                    KeyFile.ABSENT, KEY_FILE_WRITTEN,
                    KeyFile.MIRROR, KEY_FILE_WRITTEN,
                    KeyFile.RETIRED_KEY, KEY_FILE_WRITTEN,
                    KeyFile.OTHER_KEY, KEY_BESIDE_SEALED_RING,
                    KeyFile.MALFORMED, KEY_FILE_REFUSED),
            RingFile.MALFORMED,
            MALFORMED_RING);

    /** The key files beside a ring for which something was decided. */
    static Set<KeyFile> keyFilesBeside(RingFile ring, boolean enveloped) {
        return (enveloped ? WITH_ENVELOPE : WITHOUT_ENVELOPE).get(ring).keySet();
    }

    static RecoveryOutcome of(RingFile ring, KeyFile keyFile, boolean enveloped) {
        return (enveloped ? WITH_ENVELOPE : WITHOUT_ENVELOPE).get(ring).get(keyFile);
    }

    /** Why it is refused. */
    Reason reason() {
        return switch (this) {
            case KEY_FILE_REFUSED, LONE_KEY_FILE_REFUSED, KEY_BESIDE_SEALED_RING, RING_REFUSED -> Reason.MALFORMED;
            case RING_GONE -> Reason.ABSENT;
            case SEALED, PLAIN, PLAIN_AFTER_KEY_FILE_WRITTEN, PLAIN_AFTER_KEY_IN_FRONT -> Reason.SEALED;
            case WHOLE, KEY_FILE_WRITTEN, KEY_IN_FRONT, ADOPTED, CREATED -> throw new AssertionError(this);
        };
    }

    /** What the refusal says. */
    String[] words(KeyringFiles files) {
        List<String> words = switch (this) {
            case KEY_FILE_REFUSED ->
                List.of(
                        "The key file " + files.keyFile + " is no Fernet key: ",
                        "The ring " + files.ring + " is intact: remove the key file, and it is written again");
            case LONE_KEY_FILE_REFUSED ->
                List.of(
                        "The key file " + files.keyFile + " is no Fernet key: ",
                        "44 characters",
                        "left untouched: restore it from a backup");
            case KEY_BESIDE_SEALED_RING ->
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
                List.of("The ring " + files.ring + " is sealed", "no envelope", "withEnvelope", "passphrase file");
            case PLAIN, PLAIN_AFTER_KEY_FILE_WRITTEN, PLAIN_AFTER_KEY_IN_FRONT ->
                List.of("The keyring " + files.keyFile + " is plain", "of the kind passphrase", "seal(envelope)");
            case RING_REFUSED ->
                List.of("The ring " + files.ring + " is no keyring: ", "left untouched: restore it from a backup");
            case WHOLE, KEY_FILE_WRITTEN, KEY_IN_FRONT, ADOPTED, CREATED -> throw new AssertionError(this);
        };
        return words.toArray(String[]::new);
    }
}
