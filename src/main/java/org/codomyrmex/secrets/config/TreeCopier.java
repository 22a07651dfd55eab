// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Copies a configuration into nodes. It works through a list instead of calling itself, so depth costs no stack. */
final class TreeCopier {

    /** How many maps, lists and other collections may be inside each other, the configuration itself included. */
    static final int MAX_NESTING = 1_000;

    private record Pending(Object source, Branch branch) {

        /** {@return nothing of the source, which holds what is to be encrypted} */
        @Override
        public String toString() {
            return "Pending";
        }
    }

    private final List<Branch> branches = new ArrayList<>();
    private final Deque<Pending> pending = new ArrayDeque<>();

    private TreeCopier() {}

    /** Returns every branch of a copy, each before those inside it; the first is the configuration itself. */
    static List<Branch> copy(Map<?, ?> configuration) {
        TreeCopier copier = new TreeCopier();
        copier.branch(new MapBranch(Place.ROOT), configuration);
        while (!copier.pending.isEmpty()) {
            copier.fill(copier.pending.pop());
        }
        return copier.branches;
    }

    private Branch branch(Branch branch, Object source) {
        if (branch.place().depth() >= MAX_NESTING) {
            throw new ConfigurationProblem("The configuration is nested more than " + MAX_NESTING + " deep at "
                    + branch.place().shown() + ", or contains itself. Make it flatter, or break the circle.");
        }
        branches.add(branch);
        pending.push(new Pending(source, branch));
        return branch;
    }

    private void fill(Pending next) {
        if (next.branch() instanceof MapBranch map) {
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) next.source()).entrySet()) {
                String label = label(map, entry.getKey());
                map.add(entry.getKey(), label, node(map.place().child(label), Object.class, entry.getValue()));
            }
        } else if (next.branch() instanceof SequenceBranch sequence) {
            Collection<?> values = next.source() instanceof Collection<?> collection
                    ? collection
                    : Arrays.asList((Object[]) next.source());
            int index = 0;
            for (Object value : values) {
                sequence.add(node(sequence.place().child(Integer.toString(index)), sequence.element(), value));
                index++;
            }
        }
    }

    private static String label(MapBranch map, @Nullable Object key) {
        boolean atTop = map.place().depth() == 0;
        if (atTop ? !(key instanceof String) : key != null && !KnownTypes.isImmutable(key)) {
            throw new ConfigurationProblem("The map at " + map.place().shown() + " has a key of type "
                    + TypeName.of(key) + ". Keys at the top level must be strings, those below strings, null, or values"
                    + " of the JDK that cannot change. Use strings.");
        }
        return String.valueOf(key);
    }

    private Node node(Place place, Class<?> required, @Nullable Object value) {
        if (value == null) {
            return new Fixed(place, null);
        }
        if (ScalarType.supports(value)) {
            return new ConfigurationTree.Leaf(place, required, value);
        }
        if (value instanceof Map<?, ?>) {
            requireFits(place, required, value, LinkedHashMap.class);
            return branch(new MapBranch(place), value);
        }
        if (value instanceof Collection<?>) {
            requireFits(place, required, value, value instanceof Set ? LinkedHashSet.class : ArrayList.class);
            return branch(new SequenceBranch(place, value), value);
        }
        if (value instanceof Object[]) {
            return branch(new SequenceBranch(place, value), value);
        }
        if (KnownTypes.isKnown(value)) {
            return new Fixed(place, KnownTypes.copy(value));
        }
        throw new ConfigurationProblem("The value at " + place.shown() + " is of type " + TypeName.of(value)
                + ", which may be changed from outside. A configuration holds strings, numbers, booleans, null, maps,"
                + " lists, other collections, arrays, dates, and values of the JDK that cannot change. Convert it to"
                + " one of these.");
    }

    /** An array may hold a type that the copy cannot keep. */
    private static void requireFits(Place place, Class<?> required, Object value, Class<?> copy) {
        if (!required.isAssignableFrom(copy)) {
            throw new ConfigurationProblem("The value at " + place.shown() + " is of type " + TypeName.of(value)
                    + " in an array of " + required.getTypeName() + ", which cannot hold its copy of type "
                    + copy.getTypeName() + ". Use a list instead of the array.");
        }
    }
}
