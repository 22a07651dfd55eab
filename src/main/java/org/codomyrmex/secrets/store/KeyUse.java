// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many secrets are under one key, and whether it is forbidden.
 *
 * <p>Guarded by the lock of the store. Shared, {@link #take} and {@link #release} may be called, by many threads at
 * once; what {@link #count} and {@link #forbid} say is exact because they are called under the exclusive lock, when no
 * thread is between the two.
 */
final class KeyUse {

    private final LongAdder count = new LongAdder();
    private boolean forbidden;

    boolean isForbidden() {
        return forbidden;
    }

    void take() {
        count.increment();
    }

    void release() {
        count.decrement();
    }

    long count() {
        return count.sum();
    }

    /** Forbids the key unless it is in use; returns whether it is forbidden now. */
    boolean forbid() {
        forbidden = count.sum() == 0;
        return forbidden;
    }
}
