// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTextTest {

    private static Object read(String text) {
        return ScalarType.NUMBER.read(text);
    }

    private static Object again(Number number) {
        return read(ScalarType.textOf(number));
    }

    static Stream<Arguments> numbersAndWhatTheyComeBackAs() {
        return Stream.of(
                Arguments.of((byte) -128, -128),
                Arguments.of((short) 32767, 32767),
                Arguments.of(0, 0),
                Arguments.of(Integer.MAX_VALUE, Integer.MAX_VALUE),
                Arguments.of(Integer.MIN_VALUE, Integer.MIN_VALUE),
                Arguments.of(5L, 5),
                Arguments.of(Integer.MAX_VALUE + 1L, 2147483648L),
                Arguments.of(Integer.MIN_VALUE - 1L, -2147483649L),
                Arguments.of(Long.MAX_VALUE, Long.MAX_VALUE),
                Arguments.of(Long.MIN_VALUE, Long.MIN_VALUE),
                Arguments.of(BigInteger.ONE, 1),
                Arguments.of(new BigInteger("9223372036854775808"), new BigInteger("9223372036854775808")),
                Arguments.of(new BigInteger("-9223372036854775809"), new BigInteger("-9223372036854775809")),
                Arguments.of(new BigDecimal("7"), 7),
                Arguments.of(new BigDecimal("12345678901234567890"), new BigInteger("12345678901234567890")),
                Arguments.of(0.0, 0.0),
                Arguments.of(-0.0, -0.0),
                Arguments.of(-0.0f, -0.0),
                Arguments.of(1.0, 1.0),
                Arguments.of(0.1, 0.1),
                Arguments.of(0.1f, 0.1),
                Arguments.of(1.5f, 1.5),
                Arguments.of(16777216f, 1.6777216E7),
                Arguments.of(1e100, 1e100),
                Arguments.of(Double.MIN_VALUE, Double.MIN_VALUE),
                Arguments.of(Double.MIN_NORMAL, Double.MIN_NORMAL),
                Arguments.of(-Double.MAX_VALUE, -Double.MAX_VALUE),
                Arguments.of(new BigDecimal("0.1"), 0.1),
                Arguments.of(new BigDecimal("1.50"), new BigDecimal("1.50")),
                Arguments.of(new BigDecimal("0.10000000000000000001"), new BigDecimal("0.10000000000000000001")),
                Arguments.of(new BigDecimal("1E+2"), new BigDecimal("1E+2")),
                Arguments.of(new BigDecimal("0E-20"), new BigDecimal("0E-20")),
                Arguments.of(new BigDecimal("0.00"), new BigDecimal("0.00")),
                Arguments.of(new BigDecimal("123456789.5"), new BigDecimal("123456789.5")),
                Arguments.of(new BigDecimal("1E+400"), new BigDecimal("1E+400")),
                Arguments.of(new BigDecimal("1E-400"), new BigDecimal("1E-400")));
    }

    @ParameterizedTest
    @MethodSource("numbersAndWhatTheyComeBackAs")
    void comesBackInTheSmallestClassThatIsExact(Number number, Number expected) {
        assertThat(again(number)).isEqualTo(expected).hasSameClassAs(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0, 0.0",
        "100.0, 100.0",
        "0.001, 0.001",
        "0.00099, 9.9E-4",
        "9999999, 9999999.0",
        "1e7, 1.0E7",
        "-12345678.9, -1.23456789E7",
        "1e23, 1.0E23",
        "2e23, 2.0E23",
        "8.41e21, 8.41E21",
        "8.32904E21, 8.32904E21",
        "6.23973E16, 6.23973E16",
        "5e-324, 4.9E-324",
        "2.2250738585072014E-308, 2.2250738585072014E-308",
        "1.7976931348623157E308, 1.7976931348623157E308",
    })
    void printsDoublesAlikeOnEveryJdk(double number, String text) {
        assertThat(ScalarType.textOf(number)).isEqualTo(text);
        assertThat(read(text)).isEqualTo(number);
    }

    @Test
    void printsDoublesAsTheJdkDoesSince19() {
        assumeTrue(Runtime.version().feature() >= 19);
        Random random = new Random(19);
        for (int i = 0; i < 5_000; i++) {
            double number = i % 2 == 0 ? random.nextGaussian() * 1000 : Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(number)) {
                assertThat(ScalarType.textOf(number)).isEqualTo(Double.toString(number));
            }
        }
    }

    @Test
    void readsEveryDoubleItWroteAsThatDouble() {
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            assertDoubleComesBack(Double.longBitsToDouble(random.nextLong()));
            assertDoubleComesBack(random.nextInt(1_000_000) / 100.0);
        }
        for (int exponent = Double.MIN_EXPONENT - 52; exponent <= Double.MAX_EXPONENT; exponent++) {
            double power = Math.scalb(1.0, exponent);
            assertDoubleComesBack(power);
            assertDoubleComesBack(Math.nextUp(power));
            assertDoubleComesBack(-Math.nextDown(power));
        }
    }

    private static void assertDoubleComesBack(double number) {
        if (Double.isFinite(number)) {
            Object back = again(number);
            assertThat(back).isInstanceOf(Double.class);
            assertThat(Double.doubleToRawLongBits((Double) back)).isEqualTo(Double.doubleToRawLongBits(number));
        }
    }

    @Test
    void readsEveryFloatItWroteAsTheDoubleOfItsDecimals() {
        Random random = new Random(2);
        for (int i = 0; i < 5_000; i++) {
            float number = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(number)) {
                Object back = again(number);
                assertThat(back).isEqualTo(Double.valueOf(Float.toString(number)));
                assertThat(((Double) back).floatValue()).isEqualTo(number);
            }
        }
    }

    @Test
    void readsEveryIntegerAndDecimalItWroteExactly() {
        Random random = new Random(3);
        for (int i = 0; i < 5_000; i++) {
            BigInteger integer = new BigInteger(random.nextInt(200), random);
            BigInteger signed = random.nextBoolean() ? integer : integer.negate();
            assertThat(new BigInteger(again(signed).toString())).isEqualTo(signed);

            BigDecimal decimal = new BigDecimal(signed, random.nextInt(60) - 30);
            assertThat(new BigDecimal(ScalarType.textOf(again(decimal)))).isEqualByComparingTo(decimal);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1E+999999999",
                "1E-999999999",
                "-1.5E+2147483647",
                "1E+2147483647",
                "1E-2147483647",
                "1.2345E-2147483643",
            })
    void neverWritesAnExponentOutInDigits(String text) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            BigDecimal number = (BigDecimal) read(text);
            assertThat(ScalarType.textOf(number)).isEqualTo(text);
            assertThat(again(number)).isEqualTo(number);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-",
                "+1",
                "01",
                "-01",
                "00",
                ".5",
                "5.",
                "1.e5",
                "-.5",
                "1e",
                "1e+",
                "1E+-5",
                "1.5.5",
                "0x1F",
                "1_000",
                "1,5",
                "1 ",
                " 1",
                "1\n",
                "NaN",
                "-Infinity",
                "Infinity",
                "1d",
                "1.0f",
                "1L",
                "0x1p3",
                "--1",
                "٣",
                "1e٣",
                "1.٣",
                "１",
                "canary-6f1d2c",
                "1E+99999999999",
                "1E-99999999999",
                "0E+2147483649",
                "1E+2147483648",
                "1.2345E+2147483648",
                "1.0E-2147483647"
            })
    void refusesWhatIsNoNumberWithoutRepeatingIt(String text) {
        ScalarTypeTest.assertRefusedWithoutTheText(ScalarType.NUMBER, text);
    }

    @ParameterizedTest
    @CsvSource({"-0, 0", "1e5, 1e5", "1E5, 1E5", "1.0e5, 1.0e5", "100000.00, 100000.00", "0e0, 0e0", "-0.00, 0.00"})
    void readsWhatOthersWriteToo(String text, BigDecimal expected) {
        assertThat(new BigDecimal(read(text).toString())).isEqualTo(expected);
    }

    @Test
    void takesTenThousandCharactersAndNoMore() {
        for (String longest : new String[] {
            "9".repeat(10_000), "-" + "9".repeat(9_999), "0." + "9".repeat(9_998), "-0." + "3".repeat(9_997),
        }) {
            assertThat(ScalarType.textOf(read(longest))).isEqualTo(longest);
            assertThat(ScalarType.supports(read(longest))).isTrue();
            ScalarTypeTest.assertRefusedWithoutTheText(ScalarType.NUMBER, longest + "1");
        }
        assertThat(ScalarType.supports(new BigInteger("9".repeat(10_001)))).isFalse();
        assertThat(ScalarType.supports(new BigInteger("-" + "9".repeat(10_000))))
                .isFalse();
        assertThat(ScalarType.supports(new BigDecimal("0." + "9".repeat(9_999))))
                .isFalse();
    }

    @Test
    void neverReadsWhatItWouldNotWrite() {
        // As a BigDecimal it prints with a point more.
        ScalarTypeTest.assertRefusedWithoutTheText(ScalarType.NUMBER, "9".repeat(9_997) + "E+5");
        assertThat(ScalarType.supports(read("9".repeat(9_000) + "E+5"))).isTrue();
    }
}
