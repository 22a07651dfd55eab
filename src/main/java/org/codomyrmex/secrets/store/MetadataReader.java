// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link MetadataText} writes. It may pass over a deviation, such as a superfluous zero, which the comparison
 * with the text written anew then finds. Used once, by one thread.
 */
final class MetadataReader {

    /** Deeper than what an application may store, and not so deep that reading it ends the stack. */
    private static final int MAXIMUM_DEPTH = 200;

    private static final int ESCAPED_DIGITS = 4;

    private final String text;
    private int at;

    MetadataReader(String text) {
        this.text = text;
    }

    Map<String, Object> read() {
        Map<String, Object> metadata = map(0);
        if (at != text.length()) {
            throw damaged();
        }
        return metadata;
    }

    private @Nullable Object value(int depth) {
        if (depth > MAXIMUM_DEPTH) {
            throw damaged();
        }
        return switch (peek()) {
            case '{' -> map(depth);
            case '[' -> list(depth);
            case '"' -> string();
            default -> word();
        };
    }

    private Map<String, Object> map(int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        take('{');
        while (peek() != '}') {
            if (!map.isEmpty()) {
                take(',');
            }
            String name = string();
            take(':');
            put(map, name, value(depth + 1));
        }
        take('}');
        return Collections.unmodifiableMap(map);
    }

    @SuppressWarnings("NullAway") // a value may be null, as in the map that was written
    private static void put(Map<String, Object> map, String name, @Nullable Object value) {
        map.put(name, value);
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        take('[');
        while (peek() != ']') {
            if (!list.isEmpty()) {
                take(',');
            }
            list.add(value(depth + 1));
        }
        take(']');
        return Collections.unmodifiableList(list);
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        take('"');
        for (char c = next(); c != '"'; c = next()) {
            if (c != '\\') {
                string.append(c);
            } else if (peek() == 'u') {
                at++;
                string.append(escaped());
            } else {
                string.append(next());
            }
        }
        return string.toString();
    }

    private char escaped() {
        int code = 0;
        for (int i = 0; i < ESCAPED_DIGITS; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw damaged();
            }
            code = code << 4 | digit;
        }
        return (char) code;
    }

    private @Nullable Object word() {
        int start = at;
        while (at < text.length() && ",]}".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        return switch (word) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> number(word);
        };
    }

    private Number number(String word) {
        try {
            String digits = word.isEmpty() ? word : word.substring(0, word.length() - 1);
            return switch (word.isEmpty() ? ' ' : word.charAt(word.length() - 1)) {
                case 'L' -> Long.valueOf(digits);
                case 'S' -> Short.valueOf(digits);
                case 'B' -> Byte.valueOf(digits);
                case 'N' -> new BigInteger(digits);
                case 'M' -> new BigDecimal(digits);
                case 'D' -> finite(Double.parseDouble(digits));
                case 'F' -> (float) finite(Float.parseFloat(digits));
                default -> Integer.valueOf(word);
            };
        } catch (NumberFormatException notOne) {
            throw damaged();
        }
    }

    private double finite(double number) {
        if (!Double.isFinite(number)) {
            throw damaged();
        }
        return number;
    }

    private char peek() {
        if (at >= text.length()) {
            throw damaged();
        }
        return text.charAt(at);
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private void take(char expected) {
        if (next() != expected) {
            throw damaged();
        }
    }

    private IllegalArgumentException damaged() {
        return new IllegalArgumentException("The text of the metadata is damaged at character " + at + " of "
                + text.length() + "; expected what MetadataText writes");
    }
}
