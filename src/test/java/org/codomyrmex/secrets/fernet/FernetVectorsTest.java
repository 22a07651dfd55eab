// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.fernet.FernetVectorsTest.Refusal.CALLERS_MISTAKE;
import static org.codomyrmex.secrets.fernet.FernetVectorsTest.Refusal.EXPIRED;
import static org.codomyrmex.secrets.fernet.FernetVectorsTest.Refusal.FROM_THE_FUTURE;
import static org.codomyrmex.secrets.fernet.FernetVectorsTest.Refusal.MALFORMED;
import static org.codomyrmex.secrets.fernet.FernetVectorsTest.Refusal.NOT_AUTHENTIC;
import static org.codomyrmex.secrets.fernet.Vector.Kind.GENERATE;
import static org.codomyrmex.secrets.fernet.Vector.Kind.KEY;
import static org.codomyrmex.secrets.fernet.Vector.Kind.VERIFY;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every vector that one key decides, with the reason of every refusal. */
class FernetVectorsTest {

    enum Refusal {
        MALFORMED,
        NOT_AUTHENTIC,
        EXPIRED,
        FROM_THE_FUTURE,
        /** An {@code IllegalArgumentException}: a key that is none, a negative TTL, an IV of a wrong length. */
        CALLERS_MISTAKE
    }

    /** Why what a category refuses is refused; a new category fails here until someone decides. */
    private static final Map<String, Refusal> BY_CATEGORY = Map.ofEntries(
            Map.entry("key-alphabet", CALLERS_MISTAKE),
            Map.entry("key-comment", CALLERS_MISTAKE),
            Map.entry("key-encoding", CALLERS_MISTAKE),
            Map.entry("key-length", CALLERS_MISTAKE),
            Map.entry("key-multi", CALLERS_MISTAKE),
            Map.entry("key-padding", CALLERS_MISTAKE),
            Map.entry("key-whitespace", CALLERS_MISTAKE),
            Map.entry("generate", CALLERS_MISTAKE),
            Map.entry("token-base64", MALFORMED),
            Map.entry("token-cbc-padding", MALFORMED),
            Map.entry("token-file", MALFORMED),
            Map.entry("token-garbage", MALFORMED),
            Map.entry("token-length", MALFORMED),
            Map.entry("token-truncated", MALFORMED),
            Map.entry("token-truncated-text", MALFORMED),
            Map.entry("token-unicode", MALFORMED),
            Map.entry("token-version", MALFORMED),
            Map.entry("token-auth", NOT_AUTHENTIC),
            Map.entry("token-char", NOT_AUTHENTIC),
            Map.entry("token-flip", NOT_AUTHENTIC),
            Map.entry("token-ttl", EXPIRED),
            Map.entry("token-skew", FROM_THE_FUTURE),
            Map.entry("token-timestamp", FROM_THE_FUTURE));

    /** The cases whose bytes say otherwise than their category. */
    private static final Map<String, Refusal> BY_ID = Map.ofEntries(
            // 73 + 16 bytes: the form of a token with one more block.
            Map.entry("tok-extra-block-unauth", NOT_AUTHENTIC),
            // 41, 57, 72 and 74 bytes: lengths that no token has.
            Map.entry("tok-hmac-missing", MALFORMED),
            Map.entry("tok-hmac-truncated-16", MALFORMED),
            Map.entry("tok-hmac-truncated-31", MALFORMED),
            Map.entry("tok-hmac-extended", MALFORMED),
            // The HMAC is right and the padding is not.
            Map.entry("tok-same-sign-other-enc", MALFORMED),
            // The change is in the version byte.
            Map.entry("tok-flip-0", MALFORMED),
            Map.entry("tok-char-0", MALFORMED),
            Map.entry("tok-char-1", MALFORMED),
            Map.entry("tok-ttl-neg-old", CALLERS_MISTAKE),
            Map.entry("tok-ttl-neg-future", CALLERS_MISTAKE),
            Map.entry("tok-ttl-min-long", CALLERS_MISTAKE));

    private static Refusal expected(Vector v) {
        return Optional.ofNullable(BY_ID.getOrDefault(v.id(), BY_CATEGORY.get(v.category())))
                .orElseThrow(() -> new AssertionError("nobody decided why " + v.category() + " is refused"));
    }

    /** Whether the HMAC is right: if the token opens, and if it is refused for what is looked at after the HMAC. */
    private static boolean isAuthentic(Vector v) {
        return v.accepted()
                || v.category().equals("token-cbc-padding")
                || v.id().equals("tok-same-sign-other-enc")
                || List.of(EXPIRED, FROM_THE_FUTURE, CALLERS_MISTAKE).contains(expected(v));
    }

    private static Stream<Vector> of(Vector.Kind kind, boolean accepted) {
        return Vectors.ofOneKey().stream().filter(v -> v.kind() == kind && v.accepted() == accepted);
    }

    static Stream<Vector> goodKeys() {
        return of(KEY, true);
    }

    static Stream<Vector> badKeys() {
        return of(KEY, false);
    }

    static Stream<Vector> goodTokens() {
        return of(VERIFY, true);
    }

    static Stream<Vector> badTokens() {
        return of(VERIFY, false);
    }

    static Stream<Vector> goodIvs() {
        return of(GENERATE, true);
    }

    static Stream<Vector> badIvs() {
        return of(GENERATE, false);
    }

    @ParameterizedTest
    @MethodSource("goodKeys")
    void readsEveryGoodKey(Vector v) {
        FernetKey key = read(v);

        Fernet fernet = new Fernet(key);
        assertThat(fernet.decrypt(v.token().orElseThrow()))
                .isEqualTo(v.plaintext().orElseThrow());
        assertThat(fernet.timestamp(v.token().orElseThrow()))
                .isEqualTo(v.timestamp().orElseThrow().longValue());
        assertThat(FernetKey.parse(v.key().orElseThrow().getBytes(UTF_8))).isEqualTo(key);
        assertThat(FernetKey.parse(key.reveal())).isEqualTo(key);
    }

    @ParameterizedTest
    @MethodSource("badKeys")
    void refusesEveryBadKeyAndRepeatsNoneOfIt(Vector v) {
        assertThat(expected(v)).isEqualTo(CALLERS_MISTAKE);

        IllegalArgumentException refusal = catchThrowableOfType(IllegalArgumentException.class, () -> read(v));

        assertThat(refusal).isNotNull().hasNoCause().hasMessageStartingWith("Not a Fernet key: ");
        v.key().ifPresent(key -> {
            for (int i = 0; i + 8 <= key.length(); i++) {
                assertThat(refusal.getMessage()).doesNotContain(key.substring(i, i + 8));
            }
            assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> FernetKey.parse(key.getBytes(UTF_8))))
                    .isNotNull();
        });
        if (v.category().equals("key-multi")) {
            assertThat(refusal).hasMessageContaining("Keyring.parse");
        }
    }

    private static FernetKey read(Vector v) {
        return v.context().equals("file")
                ? FernetKey.parse(
                        v.keyBytes().orElseGet(() -> v.key().orElseThrow().getBytes(UTF_8)))
                : FernetKey.parse(v.key().orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("goodTokens")
    void opensEveryGoodToken(Vector v) {
        assertThat(open(v)).isEqualTo(v.plaintext().orElseThrow());
        assertThat(fernet(v).timestamp(token(v)))
                .isEqualTo(v.timestamp().orElseThrow().longValue());
        assertThat(fernet(v).authenticates(token(v))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void refusesEveryBadTokenForTheStatedReasonAndSaysNothingElse(Vector v) {
        RuntimeException refusal = catchThrowableOfType(RuntimeException.class, () -> open(v));

        assertThat(reason(refusal)).isEqualTo(expected(v));
        assertThat(refusal).hasNoCause().message().doesNotContain(v.key().orElseThrow());
        if (token(v).length() > 8) {
            assertThat(refusal).message().doesNotContain(token(v));
        }
        assertThat(fernet(v).authenticates(token(v))).isEqualTo(isAuthentic(v));
    }

    private static Refusal reason(RuntimeException refusal) {
        if (refusal instanceof InvalidTokenException invalid) {
            return Refusal.valueOf(invalid.reason().name());
        }
        assertThat(refusal).isExactlyInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("ttl ");
        return CALLERS_MISTAKE;
    }

    /** Opens by unsigned seconds, and again by {@code Instant} and {@code Duration} where they can express the time. */
    private static byte[] open(Vector v) {
        if (v.ttl().isEmpty()) {
            return fernet(v).decrypt(token(v));
        }
        long ttl = v.ttl().get().longValueExact();
        if (v.now().compareTo(BigInteger.valueOf(Instant.MAX.getEpochSecond())) <= 0) {
            RuntimeException one = catchThrowableOfType(
                    RuntimeException.class,
                    () -> fernet(v).decryptAt(token(v), ttl, v.now().longValue()));
            RuntimeException other = catchThrowableOfType(
                    RuntimeException.class,
                    () -> fernet(v)
                            .decryptAt(
                                    token(v),
                                    Duration.ofSeconds(ttl),
                                    Instant.ofEpochSecond(v.now().longValueExact())));
            assertThat(Optional.ofNullable(other).map(Object::toString))
                    .isEqualTo(Optional.ofNullable(one).map(Object::toString));
        }
        return fernet(v).decryptAt(token(v), ttl, v.now().longValue());
    }

    private static Fernet fernet(Vector v) {
        return new Fernet(FernetKey.parse(v.key().orElseThrow()));
    }

    /** The token as given; a reader of files strips what editors leave at the ends, and {@code Fernet} does not. */
    private static String token(Vector v) {
        String token = v.token().orElseThrow();
        return v.context().equals("file") ? token.strip() : token;
    }

    @ParameterizedTest
    @MethodSource("goodIvs")
    void makesEveryTokenByteForByte(Vector v) throws Exception {
        byte[] plaintext = v.plaintext().orElseThrow();

        String token = withIv(v).seal(plaintext, v.now().longValue());

        if (v.token().isPresent()) {
            assertThat(token).isEqualTo(v.token().get());
        } else {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
            assertThat(HexFormat.of().formatHex(sha256))
                    .isEqualTo(v.tokenSha256().orElseThrow());
        }
        assertThat(fernet(v).decrypt(token)).isEqualTo(plaintext);
    }

    @ParameterizedTest
    @MethodSource("badIvs")
    void makesNoTokenWithAnIvOfAnotherLength(Vector v) {
        assertThat(expected(v)).isEqualTo(CALLERS_MISTAKE);
        assertThat(catchThrowableOfType(
                        IllegalArgumentException.class,
                        () -> withIv(v)
                                .seal(v.plaintext().orElseThrow(), v.now().longValue())))
                .hasMessageContaining("IV");
    }

    private static Fernet withIv(Vector v) {
        return new Fernet(FernetKey.parse(v.key().orElseThrow()), () -> v.iv().orElseThrow(), InstantSource.system());
    }

    @Test
    void runsEachVectorOfOneKeyExactlyOnceAndLeavesSixteenToTheKeyring() {
        List<Vector> run = new ArrayList<>();
        Stream.of(goodKeys(), badKeys(), goodTokens(), badTokens(), goodIvs(), badIvs())
                .forEach(vectors -> vectors.forEach(run::add));

        assertThat(run).hasSize(462).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(Vectors.ofOneKey());
        assertThat(Vectors.ofSeveralKeys()).hasSize(16).doesNotContainAnyElementsOf(run);
        assertThat(Vectors.all()).hasSize(478);
    }

    @Test
    void hasAReasonForEachRefusalAndNoneToSpare() {
        List<Vector> refused =
                Vectors.ofOneKey().stream().filter(v -> !v.accepted()).toList();

        assertThat(refused).hasSize(383).allSatisfy(v -> assertThat(expected(v)).isNotNull());
        assertThat(refused).extracting(Vector::id).containsAll(BY_ID.keySet());
        assertThat(refused).extracting(Vector::category).containsAll(BY_CATEGORY.keySet());
    }
}
