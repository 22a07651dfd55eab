// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.IN_USE;

import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** The two ways in which a kept keyring may change: it grows and moves its primary, or it loses one forbidden key. */
final class KeyringChange {

    private KeyringChange() {}

    /** The changed keyring, which lacks no key of the present one. */
    static Keyring grown(Keyring present, UnaryOperator<Keyring> change) {
        Keyring next = Objects.requireNonNull(change.apply(present), "change returned null");
        List<String> lost =
                present.keyIds().stream().filter(id -> !next.contains(id)).toList();
        if (!lost.isEmpty()) {
            throw new IllegalArgumentException("The changed keyring lacks " + String.join(", ", lost)
                    + ". A change only adds keys and moves the primary; to remove one, destroy it.");
        }
        return next;
    }

    /** The keyring without a retired key, once {@code forbid} has said that nothing is under it and nothing will be. */
    static Keyring without(Keyring present, String keyId, BooleanSupplier forbid) {
        if (present.primary().id().equals(Objects.requireNonNull(keyId, "keyId"))) {
            throw new KeyringException(
                    IN_USE, "Key " + keyId + " is the primary key, which encrypts. Rotate to another one first.");
        }
        if (!forbid.getAsBoolean()) {
            throw new KeyringException(
                    IN_USE,
                    "Key " + keyId + " still has secrets under it in the store. Re-encrypt them first (rekey).");
        }
        return present.without(keyId);
    }
}
