// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.EXPIRED;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.FROM_THE_FUTURE;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.MALFORMED;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_TEXT;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that the application keeps itself. */
class TokensTest {

    private static final Instant MADE = Instant.parse("2026-11-24T10:11:12.9Z");
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final byte[] NOT_TEXT_BYTES = {(byte) 0xff, 0, 1};

    private final FernetKey primary = FernetKey.generate();
    private final FernetKey retired = FernetKey.generate();
    private final SettableClock clock = new SettableClock(MADE);
    private final SecretManager manager = SecretManager.builder()
            .keyring(KeyringSource.of(Keyring.of(primary, retired)))
            .clock(clock)
            .build();

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0000\n", "\uD83D\uDD11", "plain"})
    void encryptsTextIntoATokenThatEveryFernetProgramReads(String text) {
        String token = manager.encrypt(canary() + text);
        assertThat(manager.decrypt(token)).isEqualTo(canary() + text);
        assertThat(manager.decryptBytes(token)).isEqualTo((canary() + text).getBytes(UTF_8));
        assertThat(new Fernet(primary).decryptToString(token)).isEqualTo(canary() + text);
        assertThat(new Fernet(primary).timestamp(token)).isEqualTo(MADE.getEpochSecond());
        assertThat(manager.encrypt(canary() + text)).isNotEqualTo(token);
        assertThat(manager.decrypt(manager.encrypt(text))).isEqualTo(text);
    }

    @Test
    void encryptsBytesAndDoesNotTouchTheArray() {
        byte[] value = NOT_TEXT_BYTES.clone();
        String token = manager.encrypt(value);
        assertThat(value).isEqualTo(NOT_TEXT_BYTES);
        assertThat(manager.decryptBytes(token)).isEqualTo(NOT_TEXT_BYTES);
    }

    @Test
    void storesNothing() {
        manager.encrypt(canary());
        assertThat(manager.listSecrets()).isEmpty();
        assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsOnly(0L);
    }

    @Test
    void decryptsWhatARetiredKeyMade() {
        assertThat(manager.decrypt(new Fernet(retired).encrypt(canary()))).isEqualTo(canary());
    }

    @Test
    void honoursATimeToLiveToTheSecond() {
        String token = manager.encrypt(canary());
        clock.set(MADE.plus(TTL));
        assertThat(manager.decrypt(token, TTL)).isEqualTo(canary());

        clock.advance(Duration.ofSeconds(1));
        InvalidTokenException expired = refusal(InvalidTokenException.class, () -> manager.decrypt(token, TTL));
        assertThat(expired.reason()).isEqualTo(EXPIRED);
        assertThat(expired).hasMessageContainingAll("601 s old", "600 s").hasNoCause();
        assertThat(manager.decrypt(token)).as("without a time to live").isEqualTo(canary());
    }

    @Test
    void refusesATokenFromTheFutureWhereATimeToLiveIsAskedFor() {
        String token = manager.encrypt(canary());
        clock.set(MADE.minusSeconds(60));
        assertThat(manager.decrypt(token, TTL)).isEqualTo(canary());

        clock.set(MADE.minusSeconds(61));
        assertThat(refusal(InvalidTokenException.class, () -> manager.decrypt(token, TTL))
                        .reason())
                .isEqualTo(FROM_THE_FUTURE);
        assertThat(manager.decrypt(token)).isEqualTo(canary());
    }

    static Stream<Arguments> clocksOutsideTime() {
        return Stream.of(
                Arguments.of(Instant.EPOCH.minusNanos(1), "1969-12-31"),
                Arguments.of(Instant.MIN, "-1000000000-01-01"),
                Arguments.of(Instant.parse("+10000-01-01T00:00:00Z"), "+10000-01-01"),
                Arguments.of(Instant.MAX, "+1000000000-12-31"));
    }

    @ParameterizedTest
    @MethodSource("clocksOutsideTime")
    void refusesAClockThatIsSetOutsideOfWhatTokensCountAndBlamesNothingElse(Instant wrong, String shown) {
        String token = manager.encrypt(canary());
        String id = manager.storeSecret("name", canary());
        clock.set(wrong);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> manager.encrypt(canary()),
                () -> manager.decrypt(token, TTL),
                () -> manager.storeSecret("name", canary()),
                () -> manager.rotateSecret("name", canary()),
                () -> manager.checkSecretAge("name", TTL))) {
            assertThat(refusal(CodomyrmexException.class, call))
                    .hasMessageContainingAll("The clock shows " + shown, "from 1970 to 9999", "Correct the clock")
                    .message()
                    .doesNotContainIgnoringCase("disk")
                    .doesNotContain("keyring");
        }
        assertThat(manager.decrypt(token)).isEqualTo(canary());
        assertThat(manager.getSecret(id)).contains(canary());
        assertThat(manager.rekey().remaining()).isZero();
        assertThat(manager.listSecrets()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"})
    void worksFromTheFirstMomentThatTokensCountToTheLast(Instant moment) {
        clock.set(moment);
        assertThat(manager.decrypt(manager.encrypt(canary()), TTL)).isEqualTo(canary());
        assertThat(manager.getSecret(manager.storeSecret("name", canary()))).contains(canary());
    }

    @Test
    void refusesANegativeTimeToLive() {
        String token = manager.encrypt(canary());
        assertThat(refusal(IllegalArgumentException.class, () -> manager.decrypt(token, Duration.ofSeconds(-1))))
                .hasMessageContaining("ttl");
    }

    @Test
    void refusesAForeignTokenAndNamesTheKeysTried() {
        String foreign = new Fernet(FernetKey.generate()).encrypt(canary());
        for (InvalidTokenException refused : List.of(
                refusal(InvalidTokenException.class, () -> manager.decrypt(foreign)),
                refusal(InvalidTokenException.class, () -> manager.decrypt(foreign, TTL)),
                refusal(InvalidTokenException.class, () -> manager.decryptBytes(foreign)),
                refusal(InvalidTokenException.class, () -> manager.reencrypt(foreign)))) {
            assertThat(refused.reason()).isEqualTo(NOT_AUTHENTIC);
            assertThat(refused)
                    .hasMessageContainingAll("none of the 2 keys", primary.id(), retired.id())
                    .hasNoCause();
        }
        assertThat(manager.keyIdOf(foreign)).isEmpty();
    }

    @Test
    void refusesATokenOfWhichAnythingWasChanged() {
        String token = manager.encrypt(canary());
        for (int at = 0; at < token.length(); at++) {
            String altered = token.substring(0, at) + (token.charAt(at) == 'A' ? 'B' : 'A') + token.substring(at + 1);
            assertThat(refusal(InvalidTokenException.class, () -> manager.decrypt(altered))
                            .reason())
                    .isIn(MALFORMED, NOT_AUTHENTIC);
            assertThat(manager.keyIdOf(altered)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "gAAAAA", "no token", "encrypted:0123456789abcdef0123456789abcdef"})
    void refusesWhatIsNoToken(String text) {
        assertThat(refusal(InvalidTokenException.class, () -> manager.decrypt(text))
                        .reason())
                .isEqualTo(MALFORMED);
        assertThat(refusal(InvalidTokenException.class, () -> manager.reencrypt(text))
                        .reason())
                .isEqualTo(MALFORMED);
        assertThat(manager.keyIdOf(text)).isEmpty();
    }

    @Test
    void refusesToReadAsTextWhatIsNotText() {
        String token = manager.encrypt(NOT_TEXT_BYTES);
        InvalidTokenException refused = refusal(InvalidTokenException.class, () -> manager.decrypt(token));
        assertThat(refused.reason()).isEqualTo(NOT_TEXT);
        assertThat(refused).hasMessageContaining("decryptBytes").hasNoCause();
    }

    @Test
    void reencryptsUnderThePrimaryKeyAndKeepsTheTimestamp() {
        String former = new Fernet(retired).encryptAt(canary().getBytes(UTF_8), MADE.minusSeconds(1_000));
        String token = manager.reencrypt(former);
        assertThat(new Fernet(primary).decryptToString(token)).isEqualTo(canary());
        assertThat(new Fernet(primary).timestamp(token)).isEqualTo(MADE.getEpochSecond() - 1_000);

        String again = manager.reencrypt(token);
        assertThat(again).isNotEqualTo(token);
        assertThat(new Fernet(primary).timestamp(again)).isEqualTo(MADE.getEpochSecond() - 1_000);
        assertThat(refusal(InvalidTokenException.class, () -> manager.decrypt(token, Duration.ofSeconds(999)))
                        .reason())
                .isEqualTo(EXPIRED);
    }

    @Test
    void reencryptsBytesThatAreNotText() {
        assertThat(manager.decryptBytes(manager.reencrypt(new Fernet(retired).encrypt(NOT_TEXT_BYTES))))
                .isEqualTo(NOT_TEXT_BYTES);
    }

    @Test
    void tellsWhichKeyMadeAToken() {
        assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(primary.id());
        assertThat(manager.keyIdOf(new Fernet(retired).encrypt(canary()))).contains(retired.id());
    }

    @Test
    void looksForNewKeysOnceBeforeItGivesUpOnAWellFormedTokenAndNeverForAMalformedOne() {
        AtomicInteger looks = new AtomicInteger();
        InMemoryKeyringSource kept = new InMemoryKeyringSource();
        SecretManager counted = SecretManager.builder()
                .clock(clock)
                .keyring(mayCreate -> {
                    looks.incrementAndGet();
                    return kept.load(mayCreate);
                })
                .build();
        FernetKey added = FernetKey.generate();
        kept.update(ring -> ring.withRetired(added));
        looks.set(0);

        assertThat(counted.decrypt(new Fernet(added).encrypt(canary()))).isEqualTo(canary());
        assertThat(looks).hasValueBetween(1, 2);

        String foreign = new Fernet(FernetKey.generate()).encrypt(canary());
        looks.set(0);
        refusal(InvalidTokenException.class, () -> counted.decrypt(foreign));
        assertThat(counted.keyIdOf(foreign)).isEmpty();
        assertThat(looks)
                .as("one for each of the two calls, and one that may have been due")
                .hasValueBetween(2, 3);

        looks.set(0);
        for (int i = 0; i < 10; i++) {
            refusal(InvalidTokenException.class, () -> counted.decrypt("malformed"));
            refusal(InvalidTokenException.class, () -> counted.reencrypt("malformed"));
            assertThat(counted.keyIdOf("malformed")).isEmpty();
        }
        assertThat(looks).as("at most the one that was due").hasValueLessThan(3);
    }
}
