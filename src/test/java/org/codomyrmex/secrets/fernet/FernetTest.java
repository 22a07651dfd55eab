// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.MALFORMED;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Round trips, re-encryption, the life of the key. */
class FernetTest {

    private static final byte[] VALUE = "canary-value".getBytes(UTF_8);

    private final FernetKey key = FernetKey.generate();
    private final Fernet fernet = new Fernet(key);
    private final Fernet stranger = new Fernet(FernetKey.generate());

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void opensWhatItMadeOfEverySize() {
        for (int length = 0; length <= 1000; length++) {
            byte[] plaintext = random(length);
            String token = fernet.encrypt(plaintext);

            assertThat(fernet.decrypt(token)).isEqualTo(plaintext);
            assertThat(Base64.getUrlDecoder().decode(token)).hasSize(57 + (length / 16 + 1) * 16);
            assertThat(token.length() % 4).isZero();
            assertThat(fernet.authenticates(token)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {(1 << 20) - 1, 1 << 20, (3 << 20) + 5})
    void opensWhatItMadeOfMebibytes(int length) {
        byte[] plaintext = random(length);

        assertThat(fernet.decrypt(fernet.encrypt(plaintext))).isEqualTo(plaintext);
    }

    @Test
    void leavesThePlaintextAsItWas() {
        byte[] plaintext = VALUE.clone();
        fernet.encrypt(plaintext);

        assertThat(plaintext).isEqualTo(VALUE);
    }

    @Test
    void drawsAFreshIvForEveryToken() {
        Set<String> ivs = new HashSet<>();
        Set<String> firstBytes = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String token = fernet.encryptAt(VALUE, Instant.EPOCH);
            // Nine bytes of version and time are twelve characters, and then the IV begins.
            ivs.add(token.substring(12, 33));
            firstBytes.add(token.substring(12, 14));
        }

        assertThat(ivs).hasSize(1000);
        assertThat(firstBytes).hasSizeGreaterThan(500);
    }

    @Test
    void doesNotOpenWhatAnotherKeyMade() {
        String token = stranger.encrypt(VALUE);

        assertThat(fernet.authenticates(token)).isFalse();
        refuses(() -> fernet.decrypt(token), NOT_AUTHENTIC);
        refuses(() -> fernet.decrypt(token, Duration.ZERO), NOT_AUTHENTIC);
        refuses(() -> fernet.timestamp(token), NOT_AUTHENTIC);
        refuses(() -> fernet.decryptToString(token), NOT_AUTHENTIC);
        refuses(() -> fernet.reencrypt(token, fernet), NOT_AUTHENTIC);
    }

    @Test
    void doesNotOpenWhatIsNoToken() {
        assertThat(fernet.authenticates("")).isFalse();
        assertThat(fernet.authenticates("canary-token")).isFalse();
        refuses(() -> fernet.decrypt("canary-token"), MALFORMED);
        refuses(() -> fernet.decrypt("canary-token", Duration.ZERO), MALFORMED);
        refuses(() -> fernet.timestamp("canary-token"), MALFORMED);
        refuses(() -> fernet.decryptToString("canary-token"), MALFORMED);
        refuses(() -> fernet.reencrypt("canary-token", fernet), MALFORMED);
    }

    private static void refuses(ThrowingCallable call, InvalidTokenException.Reason reason) {
        InvalidTokenException refusal = catchThrowableOfType(InvalidTokenException.class, call);
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal).hasNoCause().message().doesNotContain("canary");
    }

    @Test
    void knowsATokenWhateverItsAge() {
        assertThat(fernet.authenticates(fernet.seal(VALUE, 0))).isTrue();
        assertThat(fernet.authenticates(fernet.seal(VALUE, -1))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1700000000", "9223372036854775808", "18446744073709551615"})
    void reencryptsToAnotherKeyAndKeepsTheTime(String made) {
        String token = stranger.seal(VALUE, Long.parseUnsignedLong(made));

        String moved = fernet.reencrypt(token, stranger);

        assertThat(fernet.decrypt(moved)).isEqualTo(VALUE);
        assertThat(Long.toUnsignedString(fernet.timestamp(moved))).isEqualTo(made);
        assertThat(stranger.authenticates(moved)).isFalse();
        assertThat(stranger.decrypt(token)).isEqualTo(VALUE);
    }

    @Test
    void reencryptsUnderTheSameKeyWithAFreshIv() {
        String token = fernet.encryptAt(VALUE, Instant.EPOCH);

        String again = fernet.reencrypt(token, fernet);

        assertThat(again).isNotEqualTo(token);
        assertThat(again.substring(12, 34)).isNotEqualTo(token.substring(12, 34));
        assertThat(fernet.decrypt(again)).isEqualTo(VALUE);
    }

    @Test
    void doesNotReencryptWithoutTheOldKey() {
        String token = stranger.encrypt(VALUE);

        refuses(() -> stranger.reencrypt(token, fernet), NOT_AUTHENTIC);
    }

    @Test
    void usesTheIvAndTheKeyItIsGiven() {
        Fernet fixed = new Fernet(key, () -> random(16), InstantSource.system());

        byte[] bytes = Base64.getUrlDecoder().decode(fixed.encrypt(VALUE));

        assertThat(Arrays.copyOfRange(bytes, 9, 25)).isEqualTo(random(16));
    }

    @Test
    void isOfNoUseOnceItsKeyIsDestroyed() {
        String token = fernet.encrypt(VALUE);
        key.destroy();

        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> fernet.encrypt(VALUE),
                () -> fernet.encrypt("canary"),
                () -> fernet.encryptAt(VALUE, Instant.EPOCH),
                () -> fernet.decrypt(token),
                () -> fernet.decrypt("no token"),
                () -> fernet.decrypt(token, Duration.ZERO),
                () -> fernet.decryptAt(token, Duration.ZERO, Instant.EPOCH),
                () -> fernet.decryptToString(token),
                () -> fernet.timestamp(token),
                () -> fernet.authenticates(token),
                () -> fernet.authenticates("no token"),
                () -> fernet.reencrypt(token, fernet),
                () -> fernet.reencrypt(stranger.encrypt(VALUE), stranger),
                () -> stranger.reencrypt(token, fernet))) {
            assertThatThrownBy(use)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll(key.id(), "is destroyed");
        }
        assertThat(fernet).hasToString("Fernet[" + key.id() + "]");
    }

    @Test
    void neverEncryptsUnderAKeyThatIsHalfDestroyed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 50; round++) {
                FernetKey doomed = key.copy();
                Fernet user = new Fernet(doomed);
                CountDownLatch started = new CountDownLatch(1);
                Future<List<String>> made = threads.submit(() -> tokensUntilDestroyed(user, started));
                started.await();
                doomed.destroy();

                assertThat(made.get())
                        .allMatch(fernet::authenticates)
                        .allSatisfy(token -> assertThat(fernet.decrypt(token)).isEqualTo(VALUE));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<String> tokensUntilDestroyed(Fernet user, CountDownLatch started) {
        List<String> tokens = new ArrayList<>();
        try {
            while (true) {
                tokens.add(user.encrypt(VALUE));
                started.countDown();
            }
        } catch (IllegalStateException destroyed) {
            return tokens;
        }
    }

    @Test
    void namesTheArgumentThatIsNull() {
        assertNull(() -> new Fernet(nothing(FernetKey.class)), "key");
        assertNull(() -> fernet.encrypt(nothing(byte[].class)), "plaintext");
        assertNull(() -> fernet.encrypt(nothing(String.class)), "plaintext");
        assertNull(() -> fernet.encryptAt(nothing(byte[].class), Instant.EPOCH), "plaintext");
        assertNull(() -> fernet.encryptAt(VALUE, nothing(Instant.class)), "time");
        assertNull(() -> fernet.decrypt(nothing(String.class)), "token");
        assertNull(() -> fernet.decrypt(nothing(String.class), Duration.ZERO), "token");
        assertNull(() -> fernet.decrypt("", nothing(Duration.class)), "ttl");
        assertNull(() -> fernet.decryptAt("", Duration.ZERO, nothing(Instant.class)), "now");
        assertNull(() -> fernet.decryptToString(nothing(String.class)), "token");
        assertNull(() -> fernet.timestamp(nothing(String.class)), "token");
        assertNull(() -> fernet.authenticates(nothing(String.class)), "token");
        assertNull(() -> fernet.reencrypt(nothing(String.class), fernet), "token");
        assertNull(() -> fernet.reencrypt("", nothing(Fernet.class)), "from");
    }

    private static void assertNull(ThrowingCallable call, String parameter) {
        assertThatThrownBy(call).isExactlyInstanceOf(NullPointerException.class).hasMessage(parameter);
    }

    /** A null that the null checker at compile time does not see. */
    @SuppressWarnings("NullAway")
    private static <T> T nothing(Class<T> type) {
        return type.cast(null);
    }
}
