// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.store.StoredSecret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One walk through a store: lets records pass whose seal is right, and counts the others. Used by one thread.
 */
final class IntactSecrets implements Consumer<StoredSecret> {

    /** Anyone who can write to the store can make up any number of key ids; not every one may trigger a reload. */
    private static final int MOST_RELOADS = 100;

    private static final int MOST_NAMED = 5;

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private final RecordSeals seals;
    private final LiveKeyring keys;
    private final Consumer<? super StoredSecret> action;
    private final Set<String> reloadedFor = new HashSet<>();
    private final List<String> firstLeftOut = new ArrayList<>();
    private long leftOut;

    IntactSecrets(RecordSeals seals, LiveKeyring keys, Consumer<? super StoredSecret> action) {
        this.seals = seals;
        this.keys = keys;
        this.action = action;
    }

    @Override
    public void accept(StoredSecret secret) {
        if (stateOf(secret) == RecordSeals.State.INTACT) {
            action.accept(secret);
        } else {
            leftOut++;
            if (firstLeftOut.size() < MOST_NAMED) {
                firstLeftOut.add(Printable.of(secret.id()));
            }
        }
    }

    /** An unknown key may have just become the primary in another process; a reload shows whether it has. */
    private RecordSeals.State stateOf(StoredSecret secret) {
        Keyring ring = keys.forReading();
        RecordSeals.State state = seals.stateOf(secret, ring);
        boolean reloads = state == RecordSeals.State.KEY_MISSING
                && reloadedFor.size() < MOST_RELOADS
                && reloadedFor.add(secret.keyId());
        return reloads ? seals.stateOf(secret, keys.afterUnknownToken()) : state;
    }

    /** Says how many did not pass, if any did not. */
    void warn() {
        if (leftOut > 0) {
            LOG.warn(
                    "{} secrets are left out, because they were changed in the store behind its back or their key is not in"
                            + " the keyring: {}{}. Restore them from a backup, or delete them.",
                    leftOut,
                    String.join(", ", firstLeftOut),
                    leftOut > firstLeftOut.size() ? ", ..." : "");
        }
    }
}
