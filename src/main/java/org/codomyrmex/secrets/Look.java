// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSource;

/**
 * When a look at a keyring's source began and ended, by the monotonic and by the wall clock: either may stand still while
 * a machine is suspended.
 */
record Look(long beganNanos, long beganMillis, long endedNanos, long endedMillis) {

    /** How often the source is looked at, at the most. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final long INTERVAL_NANOS = INTERVAL.toNanos();
    private static final long INTERVAL_MILLIS = INTERVAL.toMillis();

    static Look begin(InstantSource clock) {
        long nanos = System.nanoTime();
        long millis = clock.millis();
        return new Look(nanos, millis, nanos, millis);
    }

    Look ended(InstantSource clock) {
        return new Look(beganNanos, beganMillis, System.nanoTime(), clock.millis());
    }

    /** After a failure the pause grows with what the look took, so that a lock held elsewhere does not stop reading. */
    boolean isOver(InstantSource clock, boolean failed) {
        long pause = failed ? Math.max(INTERVAL_NANOS, 4 * (endedNanos - beganNanos)) : INTERVAL_NANOS;
        return System.nanoTime() - endedNanos >= pause
                || Math.abs(clock.millis() - endedMillis) >= TimeUnit.NANOSECONDS.toMillis(pause);
    }

    /** What began longer ago may have missed that the primary key was retired, and destroyed since. */
    boolean isFresh(InstantSource clock) {
        return System.nanoTime() - beganNanos < 2 * INTERVAL_NANOS
                && Math.abs(clock.millis() - beganMillis) < 2 * INTERVAL_MILLIS;
    }

    /** Asks a source. What it throws beyond the contract may hold anything, so neither message nor cause is kept. */
    static Keyring load(KeyringSource source, boolean mayCreate) {
        try {
            return Objects.requireNonNull(source.load(mayCreate), "the keyring source returned null");
        } catch (KeyringException contracted) {
            throw contracted;
        } catch (CodomyrmexException ours) {
            throw new KeyringException(UNAVAILABLE, String.valueOf(ours.getMessage()), ours);
        } catch (RuntimeException | StackOverflowError foreign) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The keyring source failed with " + foreign.getClass().getName()
                            + ", expected a keyring or a KeyringException. Mend the source.");
        }
    }
}
