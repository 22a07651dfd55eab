// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.MALFORMED;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.util.List;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.jspecify.annotations.Nullable;

/**
 * What recovery does about every state in which the two files of a keyring can be found: one row a case, and nothing
 * that is not a row. The ring is the truth; the key file is its mirror, except that another Fernet program may have
 * written a key of its own there, which is then never lost. A sealed ring has been opened, or this is not asked.
 */
final class RecoveryTable {

    /** What a row does; every action but the first and the last is followed by another look. */
    enum Action {
        /** The files are whole: use the ring. */
        NOTHING,
        /** Force the ring; key file := its primary, or the sealed mark. */
        WRITE_KEY_FILE,
        /** Force the key file; ring := its key, then the ring. */
        PUT_KEY_IN_FRONT,
        /** Force the key file; ring := its key. */
        ADOPT_KEY,
        /** Ring := a new key, where the source may create. */
        CREATE,
        /** An error; nothing is touched. */
        REFUSE
    }

    /**
     * One case.
     *
     * @param ring what the ring is
     * @param keyFile what the key file is
     * @param action what to do
     * @param reason why it is refused
     * @param advice what the error says after naming the file
     */
    record Row(RingFile ring, KeyFile keyFile, Action action, KeyringException.@Nullable Reason reason, String advice) {

        Row(RingFile ring, KeyFile keyFile, Action action) {
            this(ring, keyFile, action, null, "");
        }
    }

    private static final String KEY_FILE_WITH_RING =
            "The ring {ring} is intact: remove the key file, and it is written again from the ring.";
    private static final String KEY_FILE_ALONE =
            "A key file holds one Fernet key of 44 characters. It was left untouched: restore it from a backup.";
    private static final String RING = "It was left untouched: restore it from a backup.";
    private static final String RING_GONE =
            "The key file {keyFile} says that this keyring is sealed, but the ring is gone. Restore the ring"
                    + " from a backup.";
    private static final String KEY_BESIDE_SEALED_RING =
            "The key file {keyFile} holds key {keyId}, which the sealed ring {ring} with the primary key {primaryId}"
                    + " lacks. Write access to the directory must not suffice to choose the primary of a sealed ring,"
                    + " so nothing was touched. Move the key file away, and its mark is written again; if tokens were"
                    + " made with that key, add it with update(ring -> ring.withRetired(key)) afterwards.";

    private static final String FOREIGN_KEY_FILE =
            "The key file {keyFile} holds a key that is not in the ring, and the file belongs to user {owner}, who owns"
                    + " neither the directory nor this process, so the key was not adopted. If the key is right, change"
                    + " the owner of the file; otherwise remove the file.";

    static final List<Row> ROWS = List.of(
            new Row(RingFile.PLAIN, KeyFile.MIRROR, Action.NOTHING),
            new Row(RingFile.PLAIN, KeyFile.ABSENT, Action.WRITE_KEY_FILE),
            new Row(RingFile.PLAIN, KeyFile.RETIRED_KEY, Action.WRITE_KEY_FILE),
            new Row(RingFile.PLAIN, KeyFile.SEALED_MARK, Action.WRITE_KEY_FILE),
            new Row(RingFile.PLAIN, KeyFile.OTHER_KEY, Action.PUT_KEY_IN_FRONT),
            new Row(RingFile.PLAIN, KeyFile.FOREIGN_KEY, Action.REFUSE, UNAVAILABLE, FOREIGN_KEY_FILE),
            new Row(RingFile.PLAIN, KeyFile.MALFORMED, Action.REFUSE, MALFORMED, KEY_FILE_WITH_RING),
            new Row(RingFile.ABSENT, KeyFile.OTHER_KEY, Action.ADOPT_KEY),
            new Row(RingFile.ABSENT, KeyFile.FOREIGN_KEY, Action.REFUSE, UNAVAILABLE, FOREIGN_KEY_FILE),
            new Row(RingFile.ABSENT, KeyFile.MALFORMED, Action.REFUSE, MALFORMED, KEY_FILE_ALONE),
            new Row(RingFile.ABSENT, KeyFile.ABSENT, Action.CREATE),
            new Row(RingFile.ABSENT, KeyFile.SEALED_MARK, Action.REFUSE, ABSENT, RING_GONE),
            new Row(RingFile.SEALED, KeyFile.SEALED_MARK, Action.NOTHING),
            new Row(RingFile.SEALED, KeyFile.ABSENT, Action.WRITE_KEY_FILE),
            new Row(RingFile.SEALED, KeyFile.MIRROR, Action.WRITE_KEY_FILE),
            new Row(RingFile.SEALED, KeyFile.RETIRED_KEY, Action.WRITE_KEY_FILE),
            new Row(RingFile.SEALED, KeyFile.OTHER_KEY, Action.REFUSE, MALFORMED, KEY_BESIDE_SEALED_RING),
            new Row(RingFile.SEALED, KeyFile.FOREIGN_KEY, Action.REFUSE, MALFORMED, KEY_BESIDE_SEALED_RING),
            new Row(RingFile.SEALED, KeyFile.MALFORMED, Action.REFUSE, MALFORMED, KEY_FILE_WITH_RING),
            new Row(RingFile.MALFORMED, KeyFile.ABSENT, Action.REFUSE, MALFORMED, RING),
            new Row(RingFile.MALFORMED, KeyFile.OTHER_KEY, Action.REFUSE, MALFORMED, RING),
            new Row(RingFile.MALFORMED, KeyFile.FOREIGN_KEY, Action.REFUSE, MALFORMED, RING),
            new Row(RingFile.MALFORMED, KeyFile.SEALED_MARK, Action.REFUSE, MALFORMED, RING),
            new Row(RingFile.MALFORMED, KeyFile.MALFORMED, Action.REFUSE, MALFORMED, RING));

    private RecoveryTable() {}

    static Row rowFor(Found found) {
        return ROWS.stream()
                .filter(row -> row.ring() == found.ringFile() && row.keyFile() == found.keyFile())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no recovery for ring " + found.ringFile() + " and key file " + found.keyFile()));
    }
}
