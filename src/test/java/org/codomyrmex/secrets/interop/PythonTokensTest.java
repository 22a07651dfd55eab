// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.Keyring;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens from Python are tokens here, and the reverse. */
@Timeout(120)
class PythonTokensTest {

    private static final int LARGEST = 4096;
    private static final long TIME = 1_700_000_000;

    private static Python python;

    private final FernetKey key = FernetKey.generate();
    private final Fernet fernet = new Fernet(key);
    private final Keyring alone = Keyring.of(key);

    @BeforeAll
    static void startPython() {
        python = Python.start();
    }

    @AfterAll
    static void endPython() {
        if (python != null) {
            python.close();
        }
    }

    @Test
    void bytesOfEverySizeGoBothWays() {
        byte[] random = new byte[LARGEST];
        new Random(1).nextBytes(random);
        for (int size = 0; size <= LARGEST; size++) {
            byte[] value = Arrays.copyOf(random, size);

            assertThat(python.decrypt(alone, fernet.encrypt(value)).orElseThrow())
                    .isEqualTo(value);
            assertThat(fernet.decrypt(python.encrypt(alone, value))).isEqualTo(value);
        }
    }

    @Test
    void textOfEverySizeGoesBothWays() {
        String text = "aä€\uD83D\uDD11\n\u0000".repeat(LARGEST / 6);
        for (int size = 0; size <= LARGEST; size++) {
            String value =
                    text.substring(0, size - (size > 0 && Character.isHighSurrogate(text.charAt(size - 1)) ? 1 : 0));

            assertThat(new String(python.decrypt(alone, fernet.encrypt(value)).orElseThrow(), UTF_8))
                    .isEqualTo(value);
            assertThat(fernet.decryptToString(python.encrypt(alone, value.getBytes(UTF_8))))
                    .isEqualTo(value);
        }
    }

    @Test
    void tokensWithTheSameTimeHaveTheSameLength() {
        byte[] value = new byte[100];

        String java = fernet.encryptAt(value, Instant.ofEpochSecond(TIME));
        String other = python.encryptAt(key.reveal(), value, TIME);

        assertThat(java).hasSameSizeAs(other).startsWith(other.substring(0, 10));
        assertThat(python.timestamp(key.reveal(), java)).isEqualTo(TIME).isEqualTo(fernet.timestamp(other));
    }

    @Test
    void aRingIsTheSameHereAndThere() {
        Keyring ring = Keyring.of(FernetKey.generate(), key, FernetKey.generate());
        byte[] value = "value".getBytes(UTF_8);

        assertThat(python.decrypt(ring, ring.encrypt(value)).orElseThrow()).isEqualTo(value);
        assertThat(python.decrypt(ring, fernet.encrypt(value)).orElseThrow()).isEqualTo(value);
        String token = python.encrypt(ring, value);
        assertThat(ring.decrypt(token)).isEqualTo(value);
        assertThat(ring.keyIdOf(token)).hasValue(ring.primary().id());

        String foreign = new Fernet(FernetKey.generate()).encrypt(value);
        assertThat(python.decrypt(ring, foreign)).isEmpty();
        assertThat(catchThrowableOfType(InvalidTokenException.class, () -> ring.decrypt(foreign)))
                .isNotNull();
    }

    @Test
    void reencryptingIsTheSameHereAndThere() {
        Keyring ring = Keyring.of(FernetKey.generate(), key);
        byte[] value = "value".getBytes(UTF_8);
        String token = python.encryptAt(key.reveal(), value, TIME);

        for (String moved :
                List.of(ring.reencrypt(token), python.rotate(ring, token).orElseThrow())) {
            String primary = ring.primary().reveal();
            assertThat(python.timestamp(primary, moved)).isEqualTo(TIME);
            assertThat(new Fernet(ring.primary()).timestamp(moved)).isEqualTo(TIME);
            assertThat(python.decrypt(Keyring.of(ring.primary()), moved).orElseThrow())
                    .isEqualTo(value);
            assertThat(ring.decrypt(moved)).isEqualTo(value);
        }
    }

    @ParameterizedTest(name = "TTL {0} s, {1} s after the token was made")
    @CsvSource({
        "0, 0, true",
        "0, 1, false",
        "60, 59, true",
        "60, 60, true",
        "60, 61, false",
        "60, -60, true",
        "60, -61, false",
        "0, -60, true",
        "3600, -61, false",
        "3600, 3600, true",
        "3600, 3601, false",
    })
    void theEdgesOfATimeToLiveAreTheSameHereAndThere(long ttl, long after, boolean opens) {
        byte[] value = "value".getBytes(UTF_8);
        for (String token : List.of(
                fernet.encryptAt(value, Instant.ofEpochSecond(TIME)), python.encryptAt(key.reveal(), value, TIME))) {
            assertThat(python.decryptAt(key.reveal(), token, ttl, TIME + after).isPresent())
                    .isEqualTo(opens);
            assertThat(opened(token, ttl, TIME + after).isPresent()).isEqualTo(opens);
        }
    }

    private Optional<byte[]> opened(String token, long ttl, long now) {
        try {
            return Optional.of(fernet.decryptAt(token, Duration.ofSeconds(ttl), Instant.ofEpochSecond(now)));
        } catch (InvalidTokenException refused) {
            return Optional.empty();
        }
    }

    @Test
    void everyBitFlippedIsRefusedHereAndThere() {
        String token = fernet.encrypt("value");
        byte[] raw = Base64.getUrlDecoder().decode(token);
        for (int bit = 0; bit < raw.length * 8; bit += 7) {
            byte[] damaged = raw.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            String altered = Base64.getUrlEncoder().encodeToString(damaged);

            assertThat(python.decrypt(alone, altered)).isEmpty();
            assertThat(catchThrowableOfType(InvalidTokenException.class, () -> fernet.decrypt(altered)))
                    .isNotNull();
        }
    }
}
