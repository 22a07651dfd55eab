// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many reloads unknown tokens may cause together: 20 at once, and 20 a second. Whoever can submit tokens could
 * otherwise make each of them read the files. Thread-safe.
 */
final class ReloadBudget {

    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long COST_NANOS = BURST_NANOS / 20;

    /** When the budget will be full again; a reload moves that further into the future. */
    private final AtomicLong fullAtNanos;

    ReloadBudget() {
        fullAtNanos = new AtomicLong(System.nanoTime());
    }

    /** Takes one reload out of the budget; false: it is spent. */
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
