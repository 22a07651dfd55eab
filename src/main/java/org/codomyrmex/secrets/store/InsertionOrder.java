// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.Objects;

/**
 * All entries in the order in which they were added: a ring of links around a head that holds no secret.
 *
 * <p>A removed entry loses its next link but keeps the previous one, which leads back, over other removed entries if
 * need be, to the last entry before it that is still there: entries are only ever added at the end. So a walk may stop
 * at any entry, let go of the lock, and go on from there although the entry is gone.
 *
 * <p>Guarded by the lock of the store: exclusive to add and remove, shared to walk.
 */
final class InsertionOrder {

    private final Entry head = new Entry(null);

    void add(Entry entry) {
        Entry last = head.previous;
        entry.previous = last;
        entry.next = head;
        last.next = entry;
        head.previous = entry;
    }

    void remove(Entry entry) {
        Entry following = Objects.requireNonNull(entry.next, "next");
        entry.previous.next = following;
        following.previous = entry.previous;
        entry.next = null;
    }

    /** Starts a walk over the entries that are there now. */
    Walk walk() {
        return new Walk(head, head.previous);
    }

    /**
     * How far an iteration has come. It ends at what was the last entry when it started, or else it would never end if
     * it adds as it goes. Used by one thread.
     */
    static final class Walk {

        private Entry position;
        private Entry end;

        private Walk(Entry position, Entry end) {
            this.position = position;
            this.end = end;
        }

        /** Fills an array with the entries that follow; returns how many they are, fewer than fit only at the end. */
        int advance(Entry[] entries) {
            position = stillThere(position);
            end = stillThere(end);
            int count = 0;
            while (count < entries.length && position != end) {
                position = Objects.requireNonNull(position.next, "next");
                entries[count] = position;
                count++;
            }
            return count;
        }

        /** The entry itself or, if it was removed, the last one before it that is still there, or the head. */
        private static Entry stillThere(Entry entry) {
            Entry found = entry;
            while (found.next == null) {
                found = found.previous;
            }
            return found;
        }
    }
}
