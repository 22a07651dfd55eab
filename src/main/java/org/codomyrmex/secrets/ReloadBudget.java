// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the reloads that all unknown tokens together may trigger: 20 at once, and 20 a second. Otherwise anyone who
 * can submit tokens could have the files read for each of them. Thread-safe.
 */
final class ReloadBudget {

    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long COST_NANOS = BURST_NANOS / 20;

    /** When the budget will be full again; each reload moves this time further into the future. */
    private final AtomicLong fullAtNanos;

    ReloadBudget() {
        fullAtNanos = new AtomicLong(System.nanoTime());
    }

    /** Takes one reload from the budget; false if it is spent. */
    boolean take() {
        long now = System.nanoTime();
        while (true) {
            long fullAt = fullAtNanos.get();
            long from = fullAt - now > 0 ? fullAt : now;
            if (from - now > BURST_NANOS - COST_NANOS) {
                return false;
            }
            if (fullAtNanos.compareAndSet(fullAt, from + COST_NANOS)) {
                return true;
            }
        }
    }
}
