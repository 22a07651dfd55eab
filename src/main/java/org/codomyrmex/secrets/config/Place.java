// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a value is in a configuration: the keys and positions that lead to it. Immutable. */
final class Place {

    static final Place ROOT = new Place(null, "", 0);

    /** How much of a path a message shows, in characters. */
    private static final int SHOWN_CHARACTERS = 500;

    private final @Nullable Place parent;
    private final String label;
    private final int depth;

    private Place(@Nullable Place parent, String label, int depth) {
        this.parent = parent;
        this.label = label;
        this.depth = depth;
    }

    Place child(String childLabel) {
        return new Place(this, childLabel, depth + 1);
    }

    /** How many keys and positions lead here. */
    int depth() {
        return depth;
    }

    /** The keys and positions with dots between them, as one would write them to choose this place. */
    String path() {
        Deque<String> labels = new ArrayDeque<>(depth);
        Place place = this;
        while (place.parent != null) {
            labels.push(place.label);
            place = place.parent;
        }
        return String.join(".", labels);
    }

    /** The place as messages name it: no control characters, and not without end. */
    String shown() {
        return parent == null ? "the top level" : shown(path());
    }

    /** A path as messages name it. */
    static String shown(String path) {
        StringBuilder shown = new StringBuilder("'");
        path.codePoints().limit(SHOWN_CHARACTERS).forEach(c -> {
            if (isHarmless(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
            }
        });
        boolean cut = path.codePointCount(0, path.length()) > SHOWN_CHARACTERS;
        return shown.append(cut ? "…'" : "'").toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
