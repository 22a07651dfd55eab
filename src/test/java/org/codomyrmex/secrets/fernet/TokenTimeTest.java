// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.codomyrmex.CodomyrmexException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a token is too old or too new, at and beside every edge of an unsigned 64-bit second. */
class TokenTimeTest {

    private static final byte[] VALUE = "value".getBytes(UTF_8);
    private static final Instant MADE = Instant.ofEpochSecond(1_700_000_000L);

    private final FernetKey key = FernetKey.generate();
    private final Fernet fernet = new Fernet(key);
    private final String token = fernet.encryptAt(VALUE, MADE);

    private Fernet at(Instant now) {
        return new Fernet(key, () -> new byte[16], InstantSource.fixed(now));
    }

    @ParameterizedTest
    @CsvSource({
        // made, ttl, now
        "1700000000, 60, 1700000060, ok",
        "1700000000, 60, 1700000061, EXPIRED",
        "1700000000, 0, 1700000000, ok",
        "1700000000, 0, 1700000001, EXPIRED",
        "1700000060, 0, 1700000000, ok",
        "1700000061, 0, 1700000000, FROM_THE_FUTURE",
        "1700000061, 9223372036854775807, 1700000000, FROM_THE_FUTURE",
        "0, 0, 0, ok",
        "0, 0, 1, EXPIRED",
        "60, 0, 0, ok",
        "61, 0, 0, FROM_THE_FUTURE",
        // around 2^63, where signed numbers turn negative
        "9223372036854775807, 1, 9223372036854775808, ok",
        "9223372036854775807, 1, 9223372036854775809, EXPIRED",
        "9223372036854775808, 0, 9223372036854775748, ok",
        "9223372036854775808, 0, 9223372036854775747, FROM_THE_FUTURE",
        "0, 9223372036854775807, 9223372036854775807, ok",
        "0, 9223372036854775807, 9223372036854775808, EXPIRED",
        "9223372036854775808, 60, 1700000000, FROM_THE_FUTURE",
        "1700000000, 60, 9223372036854775808, EXPIRED",
        // around 2^64, where sums wrap round
        "18446744073709551615, 0, 18446744073709551615, ok",
        "18446744073709551614, 0, 18446744073709551615, EXPIRED",
        "18446744073709551614, 1, 18446744073709551615, ok",
        "18446744073709551614, 2, 18446744073709551615, ok",
        "18446744073709551555, 60, 18446744073709551615, ok",
        "18446744073709551554, 60, 18446744073709551615, EXPIRED",
        "18446744073709551615, 9223372036854775807, 18446744073709551615, ok",
        "18446744073709551615, 60, 18446744073709551555, ok",
        "18446744073709551615, 60, 18446744073709551554, FROM_THE_FUTURE",
        "18446744073709551615, 60, 18446744073709551556, ok",
        "18446744073709551615, 60, 0, FROM_THE_FUTURE",
        "0, 60, 18446744073709551615, EXPIRED",
    })
    void isGoodUpToAndIncludingEachLimit(String made, long ttl, String now, String outcome) {
        String dated = fernet.seal(VALUE, Long.parseUnsignedLong(made));
        long present = Long.parseUnsignedLong(now);

        if (outcome.equals("ok")) {
            assertThat(fernet.decryptAt(dated, ttl, present)).isEqualTo(VALUE);
        } else {
            assertThat(catchThrowableOfType(InvalidTokenException.class, () -> fernet.decryptAt(dated, ttl, present))
                            .reason())
                    .hasToString(outcome);
        }
        assertThat(fernet.decrypt(dated)).isEqualTo(VALUE);
        assertThat(Long.toUnsignedString(fernet.timestamp(dated))).isEqualTo(made);
    }

    @Test
    void saysHowOldAnExpiredTokenIs() {
        assertThatThrownBy(() -> fernet.decryptAt(token, Duration.ofSeconds(60), MADE.plusSeconds(75)))
                .hasMessageContainingAll("it is 75 s old", "at most 60 s");
    }

    @Test
    void saysHowFarAheadATokenFromTheFutureIs() {
        assertThatThrownBy(() -> fernet.decryptAt(token, Duration.ofSeconds(5), MADE.minusSeconds(75)))
                .hasMessageContainingAll("was made 75 s after", "at most 60 s");
        assertThatThrownBy(() -> fernet.decryptAt(fernet.seal(VALUE, -1), 5, 0))
                .hasMessageContaining("18446744073709551615 s after");
    }

    @Test
    void dropsTheFractionOfATimeToLive() {
        assertThat(fernet.decryptAt(token, Duration.ofMillis(60_999), MADE.plusSeconds(60)))
                .isEqualTo(VALUE);
        assertThatThrownBy(() -> fernet.decryptAt(token, Duration.ofMillis(60_999), MADE.plusSeconds(61)))
                .isInstanceOf(InvalidTokenException.class);
    }

    @Test
    void dropsTheFractionOfThePresent() {
        Instant justBeforeTheNextSecond = MADE.plusSeconds(60).plusNanos(999_999_999);

        assertThat(fernet.decryptAt(token, Duration.ofSeconds(60), justBeforeTheNextSecond))
                .isEqualTo(VALUE);
    }

    @Test
    void dropsTheFractionOfTheTimeOfAToken() {
        String dated = fernet.encryptAt(VALUE, MADE.plusNanos(999_999_999));

        assertThat(fernet.timestamp(dated)).isEqualTo(MADE.getEpochSecond());
    }

    @Test
    void takesTheLongestDurationAndTheLastInstant() {
        String last = fernet.encryptAt(VALUE, Instant.MAX);
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

        assertThat(fernet.timestamp(last)).isEqualTo(Instant.MAX.getEpochSecond());
        assertThat(fernet.decryptAt(last, longest, Instant.MAX)).isEqualTo(VALUE);
        assertThat(fernet.decryptAt(fernet.encryptAt(VALUE, Instant.EPOCH), longest, Instant.MAX))
                .isEqualTo(VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.000000001S", "PT-1S", "PT-60S", "PT-2562047788015215H-30M-8S"})
    void takesANegativeTimeToLiveForTheCallersMistake(Duration ttl) {
        assertThatThrownBy(() -> fernet.decryptAt(token, ttl, MADE))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("ttl is negative");
        assertThatThrownBy(() -> at(MADE).decrypt(token, ttl)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fernet.decryptAt("no token", ttl, MADE))
                .isExactlyInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesATimeBefore1970ForTheCallersMistake() {
        Instant justBefore = Instant.EPOCH.minusNanos(1);

        assertThatThrownBy(() -> fernet.encryptAt(VALUE, justBefore))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("time is 1969-12-31T23:59:59.999999999Z", "1970");
        assertThatThrownBy(() -> fernet.decryptAt(token, Duration.ZERO, justBefore))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("now is 1969-12-31T23:59:59.999999999Z", "1970");
        assertThatThrownBy(() -> fernet.encryptAt(VALUE, Instant.MIN))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        assertThat(fernet.timestamp(fernet.encryptAt(VALUE, Instant.EPOCH))).isZero();
    }

    @Test
    void goesByItsClock() {
        assertThat(fernet.timestamp(at(MADE).encrypt(VALUE))).isEqualTo(MADE.getEpochSecond());
        assertThat(fernet.timestamp(at(MADE).encrypt("value"))).isEqualTo(MADE.getEpochSecond());
        assertThat(at(MADE.plusSeconds(60)).decrypt(token, Duration.ofSeconds(60)))
                .isEqualTo(VALUE);
        assertThatThrownBy(() -> at(MADE.plusSeconds(61)).decrypt(token, Duration.ofSeconds(60)))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining("expired");
    }

    @Test
    void goesByTheSystemClockUnlessToldOtherwise() {
        long before = Instant.now().getEpochSecond();
        long made = fernet.timestamp(fernet.encrypt(VALUE));

        assertThat(made).isBetween(before, Instant.now().getEpochSecond());
    }

    @Test
    void doesNotBlameTheCallerForAClockSetBefore1970() {
        Fernet early = at(Instant.EPOCH.minusNanos(1));

        assertThatThrownBy(() -> early.encrypt(VALUE))
                .isExactlyInstanceOf(CodomyrmexException.class)
                .hasMessageContainingAll("clock", "1969-12-31");
        assertThatThrownBy(() -> early.decrypt(token, Duration.ZERO)).isExactlyInstanceOf(CodomyrmexException.class);
        assertThat(early.decrypt(token)).isEqualTo(VALUE);
        assertThat(at(Instant.EPOCH).timestamp(at(Instant.EPOCH).encrypt(VALUE)))
                .isZero();
    }
}
