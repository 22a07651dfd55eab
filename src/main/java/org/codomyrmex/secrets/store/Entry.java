// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The place of one secret in memory: what is stored there now, and its neighbours in the order of all secrets and among
 * those of its name. The links live here, and not in lists beside it, because they are then 16 bytes for each secret.
 *
 * <p>The secret is read and swapped without a lock; the links are guarded by the lock of the store.
 */
final class Entry {

    private static final AtomicReferenceFieldUpdater<Entry, @Nullable StoredSecret> SECRET =
            AtomicReferenceFieldUpdater.newUpdater(Entry.class, StoredSecret.class, "secret");

    /** Links of {@link InsertionOrder}. */
    Entry previous = this;

    @Nullable
    Entry next = this;

    /** Links of {@link NameIndex}: a ring of all entries with one name. */
    Entry previousOfName = this;

    Entry nextOfName = this;

    private volatile @Nullable StoredSecret secret;

    Entry(@Nullable StoredSecret secret) {
        this.secret = secret;
    }

    /** What is stored here now; null once it was removed. */
    @Nullable
    StoredSecret secret() {
        return secret;
    }

    boolean replace(StoredSecret current, StoredSecret replacement) {
        return SECRET.compareAndSet(this, current, replacement);
    }

    /** Empties the entry, so that an iteration that still holds it does not show what is gone, or keep it in memory. */
    void clear() {
        secret = null;
    }
}
