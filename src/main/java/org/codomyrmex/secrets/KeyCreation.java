// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSnapshot;

/**
 * Decides when an absent keyring may be created: on opening, at the first encryption, or never. It is never created for
 * a store that already holds secrets, because their keys must have existed.
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

    /** Opens the keyring; empty if it is absent and will be created later. */
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

    /** The error for an operation that needs a key before there is one. */
    KeyringException absent() {
        return new KeyringException(
                ABSENT, absence + " Nothing has been encrypted yet; the first call that encrypts creates the keyring.");
    }

    /** Creates the keyring at the first encryption. */
    KeyringSnapshot create(ReloadedSource source) {
        return opened(source, when != When.NEVER);
    }

    private KeyringSnapshot opened(ReloadedSource source, boolean mayCreate) {
        // Ask the store first: that may be slow, and an opened keyring should be used at once.
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
                            + " The store holds secrets that can be read only with these keys: "
                            + Printable.of(String.join(", ", counts.keySet())) + ".",
                    absent);
        }
    }
}
