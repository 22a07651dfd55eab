// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * When a keyring was last read, by the monotonic and by the wall clock of the system: either may stand still while a
 * machine is suspended. The clock that an application gives its manager has no say in it.
 */
record LastReload(InstantSource wall, long beganNanos, long beganMillis, long endedNanos, long endedMillis) {

    /** How often a keyring is read again, at most. */
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

    /** Whether it is time to read again. What is due is not older than it may be to encrypt, for that is two intervals. */
    boolean isOver() {
        return isOver(INTERVAL_NANOS);
    }

    /** The same after a failure: the pause grows with the time that the failure took, but not without end. */
    boolean isOverAfterFailure() {
        long took = Math.max(0, endedNanos - beganNanos);
        return isOver(Math.max(INTERVAL_NANOS, Math.min(4 * took, LONGEST_PAUSE_NANOS)));
    }

    private boolean isOver(long pauseNanos) {
        return System.nanoTime() - endedNanos >= pauseNanos
                || Math.abs(wall.millis() - endedMillis) >= TimeUnit.NANOSECONDS.toMillis(pauseNanos);
    }

    /** Whether it took so little time that it is fresh as long as it is not over. Reads no clock. */
    boolean isQuick() {
        return endedNanos - beganNanos < INTERVAL_NANOS && Math.abs(endedMillis - beganMillis) < INTERVAL_MILLIS;
    }

    /** Whether it can have missed no change but one that every other manager still waits for before a key is destroyed. */
    boolean isFresh() {
        return isFreshByMonotonicClock() && Math.abs(wall.millis() - beganMillis) < 2 * INTERVAL_MILLIS;
    }

    boolean isFreshByMonotonicClock() {
        return System.nanoTime() - beganNanos < 2 * INTERVAL_NANOS;
    }
}
