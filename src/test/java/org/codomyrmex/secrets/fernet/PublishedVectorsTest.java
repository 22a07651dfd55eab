// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.EXPIRED;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.FROM_THE_FUTURE;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.MALFORMED;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.codomyrmex.secrets.fernet.InvalidTokenException.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The nine vectors published with the Fernet specification, version 0x80. */
class PublishedVectorsTest {

    private static final String KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    private static final String HELLO =
            "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
    private static final Instant MADE =
            OffsetDateTime.parse("1985-10-26T01:20:00-07:00").toInstant();
    private static final Duration TTL = Duration.ofSeconds(60);

    private static final Map<String, String> INVALID = Map.of(
            "incorrect mac",
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
            "too short",
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==",
            "invalid base64",
            "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            "payload size not a multiple of the block size",
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
            "payload padding error",
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
            "far-future timestamp",
            "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==",
            "expired TTL",
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            "incorrect IV (causes a padding error)",
            "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==");

    /** Why each published token is refused; a new vector fails here until someone decides. */
    private static final Map<String, Reason> REFUSED = Map.of(
            "incorrect mac", NOT_AUTHENTIC,
            "too short", MALFORMED,
            "invalid base64", MALFORMED,
            "payload size not a multiple of the block size", MALFORMED,
            "payload padding error", MALFORMED,
            "far-future timestamp", FROM_THE_FUTURE,
            "expired TTL", EXPIRED,
            "incorrect IV (causes a padding error)", MALFORMED);

    /** The same under a key whose halves are in the wrong order: nothing authentic is left to look into. */
    private static final Map<String, Reason> REFUSED_WITH_SWAPPED_HALVES = Map.of(
            "incorrect mac", NOT_AUTHENTIC,
            "too short", MALFORMED,
            "invalid base64", MALFORMED,
            "payload size not a multiple of the block size", MALFORMED,
            "payload padding error", NOT_AUTHENTIC,
            "far-future timestamp", NOT_AUTHENTIC,
            "expired TTL", NOT_AUTHENTIC,
            "incorrect IV (causes a padding error)", NOT_AUTHENTIC);

    static Set<String> invalid() {
        return INVALID.keySet();
    }

    @Test
    void makesThePublishedToken() {
        byte[] iv = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
        Fernet fernet = new Fernet(FernetKey.parse(KEY), () -> iv, InstantSource.system());

        assertThat(fernet.encryptAt("hello".getBytes(UTF_8), MADE)).isEqualTo(HELLO);
    }

    @Test
    void opensThePublishedToken() {
        Fernet fernet = new Fernet(FernetKey.parse(KEY));

        assertThat(fernet.decryptAt(HELLO, TTL, MADE.plusSeconds(1)))
                .asString(UTF_8)
                .isEqualTo("hello");
        assertThat(fernet.decryptToString(HELLO)).isEqualTo("hello");
        assertThat(fernet.timestamp(HELLO)).isEqualTo(MADE.getEpochSecond());
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesForTheStatedReasonAndSaysNothingElse(String description) {
        refuses(new Fernet(FernetKey.parse(KEY)), description, REFUSED.get(description));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesForOtherReasonsUnderAKeyWithItsHalvesSwapped(String description) {
        byte[] right = Base64.getUrlDecoder().decode(KEY);
        byte[] swapped = new byte[32];
        System.arraycopy(right, 0, swapped, 16, 16);
        System.arraycopy(right, 16, swapped, 0, 16);

        refuses(new Fernet(FernetKey.of(swapped)), description, REFUSED_WITH_SWAPPED_HALVES.get(description));
    }

    private static void refuses(Fernet fernet, String description, @Nullable Reason reason) {
        String token = Objects.requireNonNull(INVALID.get(description));
        Instant now = MADE.plusSeconds(description.equals("expired TTL") ? 91 : 1);

        InvalidTokenException refusal =
                catchThrowableOfType(InvalidTokenException.class, () -> fernet.decryptAt(token, TTL, now));

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal).hasNoCause().message().doesNotContain(token, KEY);
    }
}
