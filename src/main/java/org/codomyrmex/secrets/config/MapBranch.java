// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map. Its keys need not be strings, but are chosen by their text. */
final class MapBranch extends Branch {

    private final Map<@Nullable Object, Node> entries = new LinkedHashMap<>();

    /** The entries whose keys are not strings, by the text of the key; several may have the same. */
    private final Map<String, List<Node>> otherwiseNamed = new HashMap<>();

    MapBranch(Place place) {
        super(place);
    }

    void add(@Nullable Object key, String label, Node child) {
        if (entries.putIfAbsent(key, child) != null) {
            // Maps that compare keys in a way of their own can hold what the copy cannot.
            throw new ConfigurationProblem("The map at " + place().shown() + " has equal keys: "
                    + child.place().shown() + " is there twice. Give each value a key of its own.");
        }
        if (!(key instanceof String)) {
            otherwiseNamed.computeIfAbsent(label, unused -> new ArrayList<>(1)).add(child);
        }
    }

    /** The values whose keys read like this. More than one only if keys of different types do. */
    List<Node> named(String name) {
        Node exact = entries.get(name);
        List<Node> others = otherwiseNamed.getOrDefault(name, List.of());
        if (exact == null) {
            return others;
        }
        List<Node> all = new ArrayList<>(others);
        all.add(exact);
        return all;
    }

    @Override
    @Nullable
    String refusedType() {
        return null;
    }

    @Override
    Collection<Node> children() {
        return Collections.unmodifiableCollection(entries.values());
    }

    @Override
    Map<@Nullable Object, @Nullable Object> build(Map<Branch, Object> built) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        entries.forEach((key, child) -> map.put(key, child.output(built)));
        return map;
    }
}
