// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.codomyrmex.CodomyrmexException;

/**
 * The clock of a token: unsigned 64-bit seconds since 1970, of which every value occurs, also those that an
 * {@link Instant} cannot hold. Stateless and thread-safe.
 */
final class TokenTime {

    private static final long MAX_CLOCK_SKEW_SECONDS = 60;

    private static final long MILLIS_PER_SECOND = 1_000;

    private TokenTime() {}

    /**
     * Refuses a token that is too old or from the future. Exactly at the end of its life, and exactly at the allowed
     * skew, a token is still good.
     *
     * @param timestamp when the token was made, unsigned
     * @param ttlSeconds not negative
     * @param nowSeconds the present, unsigned
     */
    static void requireGood(long timestamp, long ttlSeconds, long nowSeconds) {
        if (Long.compareUnsigned(saturatedSum(timestamp, ttlSeconds), nowSeconds) < 0) {
            throw InvalidTokenException.expired(nowSeconds - timestamp, ttlSeconds);
        }
        if (Long.compareUnsigned(timestamp, saturatedSum(nowSeconds, MAX_CLOCK_SKEW_SECONDS)) > 0) {
            throw InvalidTokenException.fromTheFuture(timestamp - nowSeconds, MAX_CLOCK_SKEW_SECONDS);
        }
    }

    /** The unsigned sum, or the greatest unsigned number where it would wrap round. */
    private static long saturatedSum(long unsigned, long addend) {
        long sum = unsigned + addend;
        return Long.compareUnsigned(sum, unsigned) < 0 ? -1 : sum;
    }

    /** The present by {@code clock}; one that is set before 1970 is no mistake of the caller's. */
    static long present(InstantSource clock) {
        long nowMillis = clock.millis();
        if (nowMillis < 0) {
            throw new CodomyrmexException("The system clock shows " + Instant.ofEpochMilli(nowMillis)
                    + ", but a Fernet timestamp counts seconds since 1970. Set the clock");
        }
        return nowMillis / MILLIS_PER_SECOND;
    }

    /** The seconds of a caller's time, rounded down. */
    static long of(Instant time, String parameter) {
        Objects.requireNonNull(time, parameter);
        if (time.isBefore(Instant.EPOCH)) {
            throw new IllegalArgumentException(parameter + " is " + time
                    + ", but a Fernet timestamp counts seconds since 1970. Pass a later time");
        }
        return time.getEpochSecond();
    }

    /** The seconds of a caller's time to live, rounded down: even a nanosecond less than zero is negative. */
    static long of(Duration ttl) {
        return requireNotNegative(Objects.requireNonNull(ttl, "ttl").toSeconds());
    }

    static long requireNotNegative(long ttlSeconds) {
        if (ttlSeconds < 0) {
            throw new IllegalArgumentException("ttl is negative (" + ttlSeconds
                    + " s). Pass zero or more, or call decrypt(token) to accept every age");
        }
        return ttlSeconds;
    }
}
