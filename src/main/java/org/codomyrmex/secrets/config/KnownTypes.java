// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.io.File;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** The types of single values that can be copied without fear of sharing: those that cannot change, and a few more. */
final class KnownTypes {

    /** Exactly these: what is not final could have a subclass that changes. */
    private static final Set<Class<?>> IMMUTABLE = Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class,
            URI.class,
            URL.class,
            File.class,
            Locale.class,
            Currency.class,
            Class.class,
            Pattern.class);

    /** Every value in these is immutable, and only the JDK can add to them. */
    private static final Set<String> IMMUTABLE_PACKAGES = Set.of("java.time", "java.time.chrono");

    /** Where the JDK's own dates are, the ones of SQL included. */
    private static final Set<String> DATE_PACKAGES = Set.of("java.util", "java.sql");

    private KnownTypes() {}

    static boolean isImmutable(Object value) {
        return IMMUTABLE.contains(value.getClass())
                || IMMUTABLE_PACKAGES.contains(value.getClass().getPackageName())
                || value instanceof Enum
                || value instanceof Path
                || value instanceof Charset;
    }

    static boolean isKnown(Object value) {
        return isImmutable(value) || isDate(value) || isPrimitiveArray(value);
    }

    /** The value itself if it cannot change, else a copy. It must be known. */
    @SuppressWarnings("JavaUtilDate") // Configurations hold them all the same.
    static Object copy(Object value) {
        if (isDate(value)) {
            return ((Date) value).clone();
        }
        if (isPrimitiveArray(value)) {
            int length = Array.getLength(value);
            Object copy = Array.newInstance(value.getClass().getComponentType(), length);
            System.arraycopy(value, 0, copy, 0, length);
            return copy;
        }
        return value;
    }

    private static boolean isDate(Object value) {
        return value instanceof Date && DATE_PACKAGES.contains(value.getClass().getPackageName());
    }

    private static boolean isPrimitiveArray(Object value) {
        Class<?> component = value.getClass().getComponentType();
        return component != null && component.isPrimitive();
    }
}
