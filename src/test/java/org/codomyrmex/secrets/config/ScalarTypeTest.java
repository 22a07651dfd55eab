// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.Serial;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarTypeTest {

    static final String CANARY = "canary-6f1d2c";

    @Test
    void knowsStringsBooleansAndNumbers() {
        assertThat(ScalarType.of("")).isEqualTo(ScalarType.STRING);
        assertThat(ScalarType.of(false)).isEqualTo(ScalarType.BOOLEAN);
        List<Number> numbers = List.of(
                (byte) 1,
                (short) 1,
                1,
                1L,
                1f,
                1d,
                BigInteger.ONE,
                BigDecimal.ONE,
                Double.MAX_VALUE,
                Float.MIN_VALUE,
                -0.0);
        assertThat(numbers).allSatisfy(number -> {
            assertThat(ScalarType.of(number)).isEqualTo(ScalarType.NUMBER);
            assertThat(ScalarType.supports(number)).isTrue();
        });
    }

    static Stream<Object> others() {
        return Stream.of(
                CharBuffer.wrap(CANARY),
                'c',
                Instant.EPOCH,
                List.of(CANARY),
                new AtomicInteger(31337),
                new Wide(),
                new Precise(),
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                Float.NaN,
                Float.NEGATIVE_INFINITY,
                BigInteger.TEN.pow(10_000),
                new BigDecimal(BigInteger.TEN.pow(10_000), 5_000),
                new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE),
                new BigDecimal(BigInteger.TEN, -Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("others")
    void refusesEverythingElseByItsTypeAndNotItsValue(Object value) {
        assertThat(ScalarType.supports(value)).isFalse();
        var refusal = catchThrowableOfType(IllegalArgumentException.class, () -> ScalarType.of(value));
        assertThat(refusal).hasNoCause();
        assertThat(refusal)
                .message()
                .contains(value.getClass().getName(), "Convert")
                .doesNotContain(CANARY, "31337", "NaN", "Infinity");
        assertThatThrownBy(() -> ScalarType.textOf(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refusal.getMessage());
    }

    @Test
    void saysWhatIsWrongWithANumberOfTheRightClass() {
        assertThatThrownBy(() -> ScalarType.of(Double.NaN)).hasMessageContaining("Double that is not finite");
        assertThatThrownBy(() -> ScalarType.of(Float.NaN)).hasMessageContaining("Float that is not finite");
        assertThatThrownBy(() -> ScalarType.of(BigInteger.TEN.pow(10_000)))
                .hasMessageContaining("BigInteger with too many digits");
        assertThatThrownBy(() -> ScalarType.of(new BigDecimal(BigInteger.TEN.pow(10_000))))
                .hasMessageContaining("BigDecimal with too many digits");
    }

    @Test
    void doesNotCountTheDigitsOfEnormousNumbers() {
        BigInteger enormous = BigInteger.ONE.shiftLeft(400_000_000);

        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertThat(ScalarType.supports(enormous)).isFalse();
            assertThat(ScalarType.supports(new BigDecimal(enormous, 7))).isFalse();
        });
    }

    @Test
    void keepsTextAsItIs() {
        for (String text : List.of("", " a\r\n\0", "true", "1", "\ud83d\ude00", "\ud83d")) {
            assertThat(ScalarType.STRING.read(ScalarType.textOf(text))).isEqualTo(text);
        }
    }

    @Test
    void readsBooleans() {
        assertThat(ScalarType.BOOLEAN.read(ScalarType.textOf(true))).isEqualTo(true);
        assertThat(ScalarType.BOOLEAN.read(ScalarType.textOf(false))).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "True", "FALSE", "yes", "1", " true", "true\n", "on", CANARY})
    void refusesWhatIsNoBoolean(String text) {
        assertRefusedWithoutTheText(ScalarType.BOOLEAN, text);
    }

    static void assertRefusedWithoutTheText(ScalarType type, String text) {
        var refusal = catchThrowableOfType(IllegalArgumentException.class, () -> type.read(text));
        assertThat(refusal).as("refusal").isNotNull().hasNoCause();
        assertThat(refusal)
                .message()
                .contains("Expected the text of a " + type.name().toLowerCase(Locale.ROOT));
        if (text.length() > 5) {
            assertThat(refusal).message().doesNotContain(text);
        }
    }

    /** A BigInteger that could change. */
    private static final class Wide extends BigInteger {

        @Serial
        private static final long serialVersionUID = 1L;

        Wide() {
            super("31337");
        }
    }

    /** A BigDecimal that could change. */
    private static final class Precise extends BigDecimal {

        @Serial
        private static final long serialVersionUID = 1L;

        Precise() {
            super("31337");
        }
    }
}
