// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as text and back, exactly. No exponent is ever written out in digits. */
final class NumberText {

    /** The longest text of a number, in characters. */
    static final int MAX_CHARACTERS = 10_000;

    /** No text of a number of so many bits can be too long, even with sign, point and exponent. */
    private static final int SURELY_SHORT_BITS = 33_000;

    /** A number of more bits has more than {@link #MAX_CHARACTERS} digits; counting them would take too long. */
    private static final int SURELY_LONG_BITS = 33_220;

    /** The grammar of JSON. */
    private static final Pattern NUMBER =
            Pattern.compile("-?+(?:0|[1-9][0-9]*+)(?<fraction>\\.[0-9]++)?+(?<exponent>[eE][+-]?+[0-9]++)?+");

    private NumberText() {}

    /** Whether the number is finite, of a class of the JDK that cannot change, and neither too long nor too large. */
    static boolean isSupported(Number number) {
        Class<?> type = number.getClass();
        if (type == BigInteger.class) {
            return isShort((BigInteger) number, number);
        }
        if (type == BigDecimal.class) {
            BigDecimal decimal = (BigDecimal) number;
            return isShort(decimal.unscaledValue(), decimal) && exponent(decimal) <= Integer.MAX_VALUE;
        }
        if (type == Double.class || type == Float.class) {
            return Double.isFinite(number.doubleValue());
        }
        return type == Integer.class || type == Long.class || type == Short.class || type == Byte.class;
    }

    private static boolean isShort(BigInteger digits, Number number) {
        int bits = digits.bitLength();
        return bits <= SURELY_SHORT_BITS
                || (bits <= SURELY_LONG_BITS && number.toString().length() <= MAX_CHARACTERS);
    }

    /** The text of a supported number. */
    static String of(Number number) {
        // A Float is not widened: 0.1f is meant as 0.1, not as 0.10000000149011612.
        return number instanceof Double exact ? print(exact) : number.toString();
    }

    /** The number that a text stands for; see {@link ScalarType#read}. */
    static Number read(String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw refused();
        }
        Matcher matcher = NUMBER.matcher(text);
        if (!matcher.matches()) {
            throw refused();
        }
        if (matcher.group("fraction") == null && matcher.group("exponent") == null) {
            return smallest(new BigInteger(text));
        }
        double number = Double.parseDouble(text);
        if (Double.isFinite(number) && print(number).equals(text)) {
            return number;
        }
        return decimal(text);
    }

    private static Number smallest(BigInteger number) {
        int bits = number.bitLength();
        if (bits < Integer.SIZE) {
            return number.intValue();
        }
        if (bits < Long.SIZE) {
            return number.longValue();
        }
        return number;
    }

    private static BigDecimal decimal(String text) {
        BigDecimal number;
        try {
            number = new BigDecimal(text);
        } catch (NumberFormatException exponentTooLarge) {
            throw refused();
        }
        // Other texts of the same number may be longer by a point and an exponent.
        if (!isSupported(number)) {
            throw refused();
        }
        return number;
    }

    /**
     * Rounds a number to as few digits as tell it from its neighbours. {@link Double#toString} does so since Java 19,
     * but for some powers of two; before, it gave some numbers digits too many, and a Double written on one JDK would
     * have come back as a BigDecimal on another.
     */
    private static String print(double number) {
        if (number == 0) {
            return Double.toString(number);
        }
        BigDecimal exact = new BigDecimal(number);
        // If fewer do, fifteen end in zeros; only a subnormal number may have to begin with fewer.
        int digits = Math.abs(number) < Double.MIN_NORMAL ? 2 : 15;
        // Seventeen always do.
        while (rounded(exact, digits).doubleValue() != number) {
            digits++;
        }
        return layOut(rounded(exact, digits).stripTrailingZeros());
    }

    private static BigDecimal rounded(BigDecimal number, int digits) {
        return number.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private static String layOut(BigDecimal number) {
        long exponent = exponent(number);
        if (exponent >= -3 && exponent < 7) {
            return number.setScale(Math.max(1, number.scale())).toPlainString();
        }
        String digits = number.unscaledValue().abs().toString();
        String fraction = digits.length() == 1 ? "0" : digits.substring(1);
        return (number.signum() < 0 ? "-" : "") + digits.charAt(0) + "." + fraction + "E" + exponent;
    }

    /** That of the first digit. Some JDKs print larger ones than an int and cannot read them again. */
    private static long exponent(BigDecimal number) {
        return (long) number.precision() - number.scale() - 1;
    }

    private static IllegalArgumentException refused() {
        return new IllegalArgumentException("Expected the text of a number such as 5432, -0.5 or 1.5E10, of at most "
                + MAX_CHARACTERS + " characters, and found something else.");
    }
}
