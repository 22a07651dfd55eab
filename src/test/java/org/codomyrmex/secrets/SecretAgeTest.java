// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.time.Duration;
import java.time.Instant;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.junit.jupiter.api.Test;

/** A secret is stale when it is older than, not when it is as old as, the limit. */
class SecretAgeTest {

    private static final Instant STORED = Instant.parse("2026-11-24T10:11:12.345678Z");
    private static final Duration LIMIT = Duration.ofDays(90);

    private final SettableClock clock = new SettableClock(STORED);
    private final SecretManager manager = SecretManager.builder()
            .keyring(new InMemoryKeyringSource())
            .clock(clock)
            .build();

    private SecretAge age(Duration passed, Duration limit) {
        clock.set(STORED.plus(passed));
        return manager.checkSecretAge("name", limit).orElseThrow();
    }

    @Test
    void isStaleFromTheFirstMicrosecondAfterTheLimit() {
        manager.storeSecret("name", canary());
        assertThat(age(Duration.ZERO, LIMIT)).isEqualTo(new SecretAge("name", Duration.ZERO, LIMIT, false, STORED));
        assertThat(age(LIMIT.minusNanos(1_000), LIMIT).stale()).isFalse();
        assertThat(age(LIMIT, LIMIT)).isEqualTo(new SecretAge("name", LIMIT, LIMIT, false, STORED));
        assertThat(age(LIMIT.plusNanos(1_000), LIMIT))
                .isEqualTo(new SecretAge("name", LIMIT.plusNanos(1_000), LIMIT, true, STORED));
    }

    @Test
    void takesALimitOfZeroAndALimitWithoutEnd() {
        manager.storeSecret("name", canary());
        assertThat(age(Duration.ZERO, Duration.ZERO).stale()).isFalse();
        assertThat(age(Duration.ofSeconds(1), Duration.ZERO).stale()).isTrue();
        assertThat(age(Duration.ofDays(100_000), Duration.ofSeconds(Long.MAX_VALUE))
                        .stale())
                .isFalse();
    }

    @Test
    void isNotStaleWhereTheClockWasSetBack() {
        manager.storeSecret("name", canary());
        assertThat(age(Duration.ofDays(-1), Duration.ZERO))
                .isEqualTo(new SecretAge("name", Duration.ofDays(-1), Duration.ZERO, false, STORED));
    }

    @Test
    void countsForTheEarliestOfAName() {
        manager.storeSecret("name", canary(1));
        clock.advance(LIMIT);
        manager.storeSecret("name", canary(2));
        assertThat(age(LIMIT, LIMIT).createdAt()).isEqualTo(STORED);
    }

    @Test
    void startsAnewWhenTheValueRotatesButNotWhenTheKeyDoes() {
        manager.storeSecret("name", canary(1));
        clock.advance(LIMIT);
        manager.rotateKey();
        assertThat(age(LIMIT, LIMIT).age()).isEqualTo(LIMIT);

        manager.rotateSecret("name", canary(2));
        assertThat(age(LIMIT, LIMIT).age()).isZero();
        assertThat(age(LIMIT, LIMIT).createdAt()).isEqualTo(STORED.plus(LIMIT));
    }

    @Test
    void hasNoAgeForAnUnknownName() {
        assertThat(manager.checkSecretAge("unknown", LIMIT)).isEmpty();
    }

    @Test
    void refusesANegativeLimit() {
        assertThat(refusal(IllegalArgumentException.class, () -> manager.checkSecretAge("name", Duration.ofNanos(-1))))
                .hasMessageContainingAll("maxAge", "zero or more");
    }
}
