// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * When a keyring was last read, by both the monotonic clock and the wall clock of the system, because either may stop
 * while the machine is suspended. The clock that an application gives its manager is not used.
 */
record LastReload(InstantSource wall, long beganNanos, long beganMillis, long endedNanos, long endedMillis) {

    /** The interval between regular reloads of a keyring. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final long INTERVAL_NANOS = INTERVAL.toNanos();
    private static final long INTERVAL_MILLIS = INTERVAL.toMillis();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    static LastReload begin(InstantSource wall) {
        long nanos = System.nanoTime();
        long millis = wall.millis();
        return new LastReload(wall, nanos, millis, nanos, millis);
    }

    LastReload ended() {
        return new LastReload(wall, beganNanos, beganMillis, System.nanoTime(), wall.millis());
    }

    /**
     * Whether the next reload is due. A quick reload is still fresh when the next one falls due, because encryption
     * accepts reloads up to two intervals old.
     */
    boolean isOver() {
        return isOver(INTERVAL_NANOS);
    }

    /** The same after a failure: the pause grows with the time that the failed reload took, up to a limit. */
    boolean isOverAfterFailure() {
        long took = Math.max(0, endedNanos - beganNanos);
        return isOver(Math.max(INTERVAL_NANOS, Math.min(4 * took, LONGEST_PAUSE_NANOS)));
    }

    private boolean isOver(long pauseNanos) {
        return System.nanoTime() - endedNanos >= pauseNanos
                || Math.abs(wall.millis() - endedMillis) >= TimeUnit.NANOSECONDS.toMillis(pauseNanos);
    }

    /** Whether the reload was quick enough to stay fresh until the next one is due. Reads no clock. */
    boolean isQuick() {
        return endedNanos - beganNanos < INTERVAL_NANOS && Math.abs(endedMillis - beganMillis) < INTERVAL_MILLIS;
    }

    /**
     * Whether the reload is recent enough to encrypt: a key that was retired since then cannot have been destroyed yet,
     * because every manager waits for two intervals first.
     */
    boolean isFresh() {
        return isFreshByMonotonicClock() && Math.abs(wall.millis() - beganMillis) < 2 * INTERVAL_MILLIS;
    }

    boolean isFreshByMonotonicClock() {
        return System.nanoTime() - beganNanos < 2 * INTERVAL_NANOS;
    }
}
