// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks what an application stores with a secret, and copies it deeply into immutable maps and lists. */
final class Metadata {

    /** A map that contains itself ends here. */
    private static final int MAXIMUM_DEPTH = 100;

    private Metadata() {}

    static Map<String, Object> copyOf(Map<String, ?> metadata) {
        return copyOf(metadata, "metadata", 0);
    }

    /** An immutable copy with further entries, which replace those of the same name. */
    static Map<String, Object> with(Map<String, Object> metadata, Map<String, String> further) {
        Map<String, Object> all = new LinkedHashMap<>(metadata);
        all.putAll(further);
        return Collections.unmodifiableMap(all);
    }

    private static Map<String, Object> copyOf(Map<?, ?> from, String path, int depth) {
        if (depth > MAXIMUM_DEPTH) {
            throw new IllegalArgumentException(path + " is nested more than " + MAXIMUM_DEPTH + " deep");
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        from.forEach((name, value) -> {
            if (!(name instanceof String key)) {
                throw new IllegalArgumentException(
                        path + " has a name of type " + typeOf(name) + ", expected a String");
            }
            put(copy, key, value(value, path + "." + Printable.of(key), depth));
        });
        // Most secrets have none, and one map for all of them will do.
        return copy.isEmpty() ? Collections.emptyMap() : Collections.unmodifiableMap(copy);
    }

    @SuppressWarnings("NullAway") // a value may be null, as in the map that was given
    private static void put(Map<String, Object> copy, String key, @Nullable Object value) {
        copy.put(key, value);
    }

    private static @Nullable Object value(@Nullable Object value, String path, int depth) {
        if (value == null || value instanceof String || value instanceof Boolean || isPlainNumber(value, path)) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            return copyOf(map, path, depth + 1);
        }
        if (value instanceof List<?> list) {
            return copyOf(list, path, depth + 1);
        }
        throw new IllegalArgumentException(path + " is of type " + typeOf(value)
                + ", expected null, a String, number, Boolean, List or Map. Convert it before storing.");
    }

    private static List<@Nullable Object> copyOf(List<?> from, String path, int depth) {
        if (depth > MAXIMUM_DEPTH) {
            throw new IllegalArgumentException(path + " is nested more than " + MAXIMUM_DEPTH + " deep");
        }
        List<@Nullable Object> copy = new ArrayList<>();
        for (Object value : from) {
            copy.add(value(value, path + "." + copy.size(), depth));
        }
        return Collections.unmodifiableList(copy);
    }

    private static boolean isPlainNumber(Object value, String path) {
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw new IllegalArgumentException(path + " is not a finite number, expected one");
            }
            return true;
        }
        return value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || value.getClass() == BigInteger.class
                || value.getClass() == BigDecimal.class;
    }

    private static String typeOf(@Nullable Object value) {
        return value == null ? "null" : value.getClass().getName();
    }
}
