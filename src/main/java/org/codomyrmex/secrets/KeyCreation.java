// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSnapshot;

/**
 * When an absent keyring may be created: at opening, at the first encryption, or never. Never for a store that holds
 * secrets, whose keys must have existed.
 */
final class KeyCreation {

    /** When a manager may create a keyring. */
    enum When {
        AT_OPENING,
        AT_FIRST_ENCRYPTION,
        NEVER
    }

    private final When when;
    private final Supplier<Map<String, Long>> countsByKey;

    private volatile String absence = "There is no keyring.";

    KeyCreation(When when, Supplier<Map<String, Long>> countsByKey) {
        this.when = when;
        this.countsByKey = countsByKey;
    }

    /** Opens a keyring; empty if it is absent and is created later. */
    Optional<KeyringSnapshot> open(ReloadedSource source) {
        if (when != When.AT_FIRST_ENCRYPTION) {
            return Optional.of(opened(source, when == When.AT_OPENING));
        }
        try {
            return Optional.of(source.open(false));
        } catch (KeyringException absent) {
            requireUnused(absent);
            noteAbsence(absent);
            return Optional.empty();
        }
    }

    void noteAbsence(KeyringException absent) {
        absence = String.valueOf(absent.getMessage());
    }

    /** The error of an operation that needs a key while there is none. */
    KeyringException absent() {
        return new KeyringException(
                ABSENT, absence + " Nothing was encrypted yet: the first call that encrypts creates the keyring.");
    }

    /** Creates the keyring at the first encryption. */
    KeyringSnapshot create(ReloadedSource source) {
        return opened(source, when != When.NEVER);
    }

    private KeyringSnapshot opened(ReloadedSource source, boolean mayCreate) {
        // The store first: an opened keyring is used at once, and it may take long to reach a store.
        boolean unused = countsByKey.get().isEmpty();
        try {
            return source.open(mayCreate && unused);
        } catch (KeyringException absent) {
            requireUnused(absent);
            throw absent;
        }
    }

    private void requireUnused(KeyringException absent) {
        if (absent.reason() != ABSENT) {
            throw absent;
        }
        Map<String, Long> counts = countsByKey.get();
        if (!counts.isEmpty()) {
            throw new KeyringException(
                    ABSENT,
                    absent.getMessage()
                            + " The store holds secrets under these keys, without which they cannot be read: "
                            + Printable.of(String.join(", ", counts.keySet())) + ".",
                    absent);
        }
    }
}
