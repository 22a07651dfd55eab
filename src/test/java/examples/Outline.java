// SPDX-License-Identifier: Apache-2.0
package examples;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A nested configuration as people read it: one value a line, indented as in YAML, long tokens shortened. */
final class Outline {

    /** A token with its beginning apart: what all tokens of one moment have in common, and a little more. */
    private static final Pattern TOKEN = Pattern.compile("(gAAAA[\\w-]{15})[\\w-]{60,}=*");

    private final Map<String, ?> root;

    Outline(Map<String, ?> root) {
        this.root = root;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        addMap(root, "", lines);
        return lines;
    }

    /** For a map that is not nested: names in their order, with their values. */
    String inOneLine() {
        return new TreeMap<>(root)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + scalar(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private static void addMap(Map<?, ?> map, String indent, List<String> lines) {
        map.forEach((key, value) -> add(key + ":", value, indent, lines));
    }

    private static void add(String label, Object value, String indent, List<String> lines) {
        if (value instanceof Map<?, ?> map) {
            lines.add(indent + label);
            addMap(map, indent + "  ", lines);
        } else if (value instanceof List<?> list) {
            lines.add(indent + label);
            list.forEach(item -> addItem(item, indent, lines));
        } else {
            lines.add(indent + label + " " + scalar(value));
        }
    }

    private static void addItem(Object item, String indent, List<String> lines) {
        if (!(item instanceof Map<?, ?> map)) {
            lines.add(indent + "- " + scalar(item));
            return;
        }
        List<String> inside = new ArrayList<>();
        addMap(map, "", inside);
        Iterator<String> rest = inside.iterator();
        lines.add(indent + "- " + rest.next());
        rest.forEachRemaining(line -> lines.add(indent + "  " + line));
    }

    private static String scalar(Object value) {
        return TOKEN.matcher(String.valueOf(value)).replaceAll("$1...");
    }
}
