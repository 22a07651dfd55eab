// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.codomyrmex.secrets.config.ConfigurationTree.Leaf;
import org.jspecify.annotations.Nullable;

/** What several tests do with nested values. */
final class Trees {

    private Trees() {}

    /** All there is to a value, as text: order, keys and their types, values and their types, contents of arrays. */
    static String describe(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        describe(value, text);
        return text.toString();
    }

    private static void describe(@Nullable Object value, StringBuilder text) {
        if (value == null) {
            text.append("null");
        } else if (value instanceof Map<?, ?> map) {
            text.append("map{");
            map.forEach((key, child) -> {
                describe(key, text);
                text.append('=');
                describe(child, text);
                text.append(';');
            });
            text.append('}');
        } else if (value instanceof Collection<?> || value.getClass().isArray()) {
            text.append(value instanceof Set ? "set" : value instanceof Collection ? "list" : value.getClass());
            text.append('[');
            elements(value).forEach(child -> {
                describe(child, text);
                text.append(';');
            });
            text.append(']');
        } else {
            text.append(value.getClass().getName()).append(' ').append(value);
        }
    }

    /** Keys and values in turn. */
    static Map<String, Object> map(@Nullable Object... keysAndValues) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return map;
    }

    /** The paths and values that the keys select; absent keys begin with a question mark. */
    static List<String> selected(Map<String, ?> configuration, String... keys) {
        List<String> absent = new ArrayList<>();
        List<Leaf> leaves = ConfigurationTree.copyOf(configuration).select(Arrays.asList(keys), absent::add);
        return Stream.concat(
                        leaves.stream().map(leaf -> leaf.path() + "=" + leaf.value()),
                        absent.stream().map(key -> "?" + key))
                .toList();
    }

    /** What is in a collection or an array. */
    static List<@Nullable Object> elements(Object value) {
        if (value instanceof Collection<?> collection) {
            return new ArrayList<>(collection);
        }
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(value); i++) {
            elements.add(Array.get(value, i));
        }
        return elements;
    }

    /** Changes everything in a value that can be changed, from the inside out. */
    @SuppressWarnings({"unchecked", "JavaUtilDate"})
    static void devastate(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            map.values().forEach(Trees::devastate);
            map.clear();
            ((Map<Object, Object>) map).put("devastated", true);
        } else if (value instanceof Collection<?> collection) {
            new ArrayList<>(collection).forEach(Trees::devastate);
            collection.clear();
            ((Collection<Object>) collection).add("devastated");
        } else if (value instanceof Date date) {
            date.setTime(1);
        } else if (value instanceof Object[] array) {
            for (int i = 0; i < array.length; i++) {
                devastate(array[i]);
                array[i] = null;
            }
        } else if (value instanceof byte[] array) {
            Arrays.fill(array, (byte) 99);
        } else if (value instanceof char[] array) {
            Arrays.fill(array, '!');
        }
    }

    /** Text that can be changed. */
    static StringBuilder builder(String text) {
        return new StringBuilder().append(text);
    }

    /** A null where none belongs. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T nothing() {
        return null;
    }
}
