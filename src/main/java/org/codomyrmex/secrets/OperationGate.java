// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the operations that run, so that closing refuses new ones, waits for none, and what they use is dropped when the
 * last one has ended.
 */
final class OperationGate {

    private static final long CLOSED = 1L << 62;

    private final AtomicLong state = new AtomicLong();
    private final Runnable afterLast;

    OperationGate(Runnable afterLast) {
        this.afterLast = afterLast;
    }

    void enter() {
        long now;
        do {
            now = state.get();
            if (now >= CLOSED) {
                throw new IllegalStateException(
                        "This SecretManager is closed. Use it before close(), or open another.");
            }
        } while (!state.compareAndSet(now, now + 1));
    }

    void leave() {
        if (state.decrementAndGet() == CLOSED) {
            afterLast.run();
        }
    }

    void close() {
        long before = state.getAndUpdate(now -> now | CLOSED);
        if (before == 0) {
            afterLast.run();
        }
    }
}
