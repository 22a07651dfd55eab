// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The earliest entry of each name. Those that share a name form a ring, in the order in which they were added, so that
 * adding and removing one takes the same short time however many there are.
 *
 * <p>{@link #first} may be called without a lock; all else is guarded by the exclusive lock of the store.
 */
final class NameIndex {

    private final ConcurrentHashMap<String, Entry> firsts = new ConcurrentHashMap<>();

    @Nullable
    Entry first(String name) {
        return firsts.get(name);
    }

    void add(String name, Entry entry) {
        Entry first = firsts.putIfAbsent(name, entry);
        if (first != null) {
            entry.previousOfName = first.previousOfName;
            entry.nextOfName = first;
            entry.previousOfName.nextOfName = entry;
            first.previousOfName = entry;
        }
    }

    void remove(String name, Entry entry) {
        Entry following = entry.nextOfName;
        if (following == entry) {
            firsts.remove(name);
            return;
        }
        firsts.replace(name, entry, following);
        entry.previousOfName.nextOfName = following;
        following.previousOfName = entry.previousOfName;
    }
}
