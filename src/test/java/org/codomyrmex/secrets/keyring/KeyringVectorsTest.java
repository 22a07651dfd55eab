// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.fernet.InvalidTokenException.Reason;
import org.codomyrmex.secrets.fernet.Vector;
import org.codomyrmex.secrets.fernet.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every vector that takes several keys: rings to be read, and tokens to be opened by one of many keys. */
class KeyringVectorsTest {

    /** The line that is bad in each ring that is refused; a new vector fails here until someone decides. */
    private static final Map<String, Integer> BAD_LINES = Map.of("key-ring-bad-second", 2, "key-ring-comment-first", 1);

    /** Why each token is refused. */
    private static final Map<String, Reason> REFUSED =
            Map.of("tok-list-none", Reason.NOT_AUTHENTIC, "tok-list-expired", Reason.EXPIRED);

    private static Stream<Vector> of(boolean rings, boolean accepted) {
        return Vectors.ofSeveralKeys().stream()
                .filter(v -> v.context().equals("ring") == rings && v.accepted() == accepted);
    }

    static Stream<Vector> goodRings() {
        return of(true, true);
    }

    static Stream<Vector> badRings() {
        return of(true, false);
    }

    static Stream<Vector> goodTokens() {
        return of(false, true);
    }

    static Stream<Vector> badTokens() {
        return of(false, false);
    }

    private static Keyring ringOf(List<String> keys) {
        FernetKey[] retired = keys.stream().skip(1).map(FernetKey::parse).toArray(FernetKey[]::new);
        return Keyring.of(FernetKey.parse(keys.get(0)), retired);
    }

    @ParameterizedTest
    @MethodSource("goodRings")
    void readsEveryGoodRing(Vector v) {
        Keyring ring = Keyring.parse(v.key().orElseThrow());

        assertThat(ring).isEqualTo(ringOf(v.ringKeys()));
        assertThat(ring.decrypt(v.token().orElseThrow()))
                .isEqualTo(v.plaintext().orElseThrow());
        assertThat(ring.keyIdOf(v.token().orElseThrow()))
                .hasValue(ring.primary().id());
    }

    @ParameterizedTest
    @MethodSource("badRings")
    void refusesEveryBadRingNamingTheLineAndRepeatsNoneOfIt(Vector v) {
        String text = v.key().orElseThrow();

        IllegalArgumentException refusal =
                catchThrowableOfType(IllegalArgumentException.class, () -> Keyring.parse(text));

        assertThat(refusal).hasNoCause().hasMessageStartingWith("line " + BAD_LINES.get(v.id()) + ": ");
        assertThat(text.lines()).noneMatch(line -> refusal.getMessage().contains(line));
    }

    private static byte[] open(Vector v) {
        Keyring ring = ringOf(v.keys());
        String token = v.token().orElseThrow();
        Optional<Duration> ttl = v.ttl().map(seconds -> Duration.ofSeconds(seconds.longValueExact()));
        return ttl.isEmpty()
                ? ring.decrypt(token)
                : ring.decryptAt(token, ttl.get(), Instant.ofEpochSecond(v.now().longValueExact()));
    }

    @ParameterizedTest
    @MethodSource("goodTokens")
    void opensEveryGoodTokenByOneOfItsKeys(Vector v) {
        assertThat(open(v)).isEqualTo(v.plaintext().orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void refusesEveryBadTokenForTheStatedReason(Vector v) {
        InvalidTokenException refusal = catchThrowableOfType(InvalidTokenException.class, () -> open(v));

        assertThat(refusal.reason()).isEqualTo(REFUSED.get(v.id()));
        assertThat(refusal).hasNoCause().message().doesNotContain(v.token().orElseThrow());
        assertThat(v.keys()).noneMatch(key -> refusal.getMessage().contains(key));
    }

    @Test
    void runsEachVectorOfSeveralKeysExactlyOnceAndTheOthersAreOfOneKey() {
        List<Vector> run = new ArrayList<>();
        Stream.of(goodRings(), badRings(), goodTokens(), badTokens()).forEach(vectors -> vectors.forEach(run::add));

        assertThat(run).hasSize(16).doesNotHaveDuplicates();
        assertThat(badRings().map(Vector::id)).containsExactlyInAnyOrderElementsOf(BAD_LINES.keySet());
        assertThat(badTokens().map(Vector::id)).containsExactlyInAnyOrderElementsOf(REFUSED.keySet());

        run.addAll(Vectors.ofOneKey());
        assertThat(run).hasSize(478).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(Vectors.all());
    }
}
