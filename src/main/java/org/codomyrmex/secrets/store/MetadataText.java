// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Metadata as one line of text, for stores that keep text. It looks like JSON, but each number keeps its type: an
 * {@code Integer} is bare digits, and any other number ends with a letter ({@code 7L} a Long, {@code 7S} a Short,
 * {@code 7B} a Byte, {@code 7N} a BigInteger, {@code 7.50M} a BigDecimal, {@code 0x1.8p1D} a Double and
 * {@code 0x1.8p1F} a Float, both in hexadecimal, which is exact and the same in every Java).
 *
 * <p>The same metadata in the same order has one text only, and no other text is read: it may be authenticated. It
 * holds no NUL and no unpaired surrogate, whatever the metadata holds. Stateless and thread-safe.
 */
public final class MetadataText {

    private static final int FIRST_PRINTABLE = 0x20;
    private static final int DELETE = 0x7F;

    private MetadataText() {}

    /**
     * Writes metadata as text.
     *
     * @param metadata names to null, String, Boolean, a number of the types above, List or Map of the same
     * @return the text
     * @throws NullPointerException if the metadata is null
     * @throws IllegalArgumentException if a value is of another type or not finite; tells the type, never the value
     */
    public static String write(Map<String, Object> metadata) {
        StringBuilder text = new StringBuilder();
        appendMap(Objects.requireNonNull(metadata, "metadata"), text);
        return text.toString();
    }

    /**
     * Reads the text of metadata back.
     *
     * @param text what {@link #write} returned
     * @return metadata equal to what was written, in the same order; immutable through and through
     * @throws NullPointerException if the text is null
     * @throws IllegalArgumentException if {@link #write} writes no such text; shows nothing of it
     */
    public static Map<String, Object> read(String text) {
        Map<String, Object> metadata = new MetadataReader(Objects.requireNonNull(text, "text")).read();
        if (!write(metadata).equals(text)) {
            throw new IllegalArgumentException(
                    "The text of the metadata is not in the one form in which it is written");
        }
        return metadata;
    }

    private static void append(@Nullable Object value, StringBuilder text) {
        if (value == null || value instanceof Boolean) {
            text.append(value);
        } else if (value instanceof String string) {
            appendString(string, text);
        } else if (value instanceof Number number) {
            appendNumber(number, text);
        } else if (value instanceof Map<?, ?> map) {
            appendMap(map, text);
        } else if (value instanceof List<?> list) {
            text.append('[');
            for (int i = 0; i < list.size(); i++) {
                text.append(i == 0 ? "" : ",");
                append(list.get(i), text);
            }
            text.append(']');
        } else {
            throw unknown(value);
        }
    }

    private static void appendMap(Map<?, ?> map, StringBuilder text) {
        text.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String name)) {
                throw unknown(entry.getKey());
            }
            text.append(first ? "" : ",");
            first = false;
            appendString(name, text);
            text.append(':');
            append(entry.getValue(), text);
        }
        text.append('}');
    }

    private static void appendNumber(Number number, StringBuilder text) {
        if (number instanceof Integer) {
            text.append(number);
        } else if (number instanceof Long) {
            text.append(number).append('L');
        } else if (number instanceof Short) {
            text.append(number).append('S');
        } else if (number instanceof Byte) {
            text.append(number).append('B');
        } else if (number instanceof Double value && Double.isFinite(value)) {
            text.append(Double.toHexString(value)).append('D');
        } else if (number instanceof Float value && Float.isFinite(value)) {
            text.append(Float.toHexString(value)).append('F');
        } else if (number.getClass() == BigInteger.class) {
            text.append(number).append('N');
        } else if (number.getClass() == BigDecimal.class) {
            text.append(number).append('M');
        } else {
            throw unknown(number);
        }
    }

    private static void appendString(String string, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < FIRST_PRINTABLE || c == DELETE || isUnpaired(string, i)) {
                text.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    text.append(Character.forDigit(c >> shift & 0xF, 16));
                }
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    private static boolean isUnpaired(String string, int at) {
        char c = string.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == string.length() || !Character.isLowSurrogate(string.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(string.charAt(at - 1)));
    }

    private static IllegalArgumentException unknown(@Nullable Object value) {
        String type = value == null ? "null" : value.getClass().getName();
        return new IllegalArgumentException("Metadata holds what is not kept, of type " + type
                + "; expected names that are text, and values that are null, text, finite numbers, true, false, lists or"
                + " maps");
    }
}
