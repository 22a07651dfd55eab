// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A private deep copy of a nested configuration, in which leaves can be found and replaced. A leaf is a string, a
 * boolean or a finite number, as {@link ScalarType#of} takes them.
 *
 * <p>Not thread-safe, and the configuration must not change while it is copied.
 */
public final class ConfigurationTree {

    private final List<Branch> branches;

    private ConfigurationTree(List<Branch> branches) {
        this.branches = branches;
    }

    /**
     * Returns a copy that shares nothing mutable with its original. Maps, lists, sets, other collections and arrays are
     * copied with all that is in them, dates are cloned, and values of the JDK that cannot change are taken as they
     * are. What occurs in several places is copied to each.
     *
     * @param configuration keys and values; may be nested 1,000 deep, itself included
     * @return the copy
     * @throws ConfigurationProblem if it holds a value or key of another type, a key at the top level is not a string,
     *     or it is nested deeper or contains itself; the message names path and type
     */
    public static ConfigurationTree copyOf(Map<String, ?> configuration) {
        return new ConfigurationTree(TreeCopier.copy(Objects.requireNonNull(configuration, "configuration")));
    }

    /**
     * Finds the leaves that are chosen. A key is the name of an entry at the top level, or a path with dots into maps
     * and lists: {@code database.password}, {@code servers.0.token}, {@code servers[0].token}. Where names contain
     * dots, the longest that leads anywhere wins at every level. Keys that are not strings go by their text. A chosen
     * map or list means every leaf inside it; null is never a leaf.
     *
     * @param keys what to choose; a key given twice counts once
     * @param absentKey told of each key that names nothing, after all are looked up and if none of them is refused
     * @return the leaves, each once: in the order of the keys, and of the configuration under each key
     * @throws ConfigurationProblem if a chosen value is neither a leaf nor null nor a map or list of such, or it is not
     *     clear which of several entries is meant; the message names path and type
     * @throws IllegalArgumentException if a key is empty
     */
    public List<Leaf> select(Collection<String> keys, Consumer<String> absentKey) {
        Objects.requireNonNull(absentKey, "absentKey");
        Set<String> wanted = new LinkedHashSet<>();
        for (String key : Objects.requireNonNull(keys, "keys")) {
            if (Objects.requireNonNull(key, "a key in keys").isEmpty()) {
                throw new IllegalArgumentException("A key in keys is empty; expected the name of an entry, or a path.");
            }
            wanted.add(key);
        }
        List<String> absent = new ArrayList<>();
        Set<Leaf> chosen = new LinkedHashSet<>();
        for (String key : wanted) {
            Optional<Node> found = KeyPath.find(root(), key);
            if (found.isPresent()) {
                choose(found.get(), chosen);
            } else {
                absent.add(key);
            }
        }
        absent.forEach(absentKey);
        return List.copyOf(chosen);
    }

    private static void choose(Node from, Set<Leaf> chosen) {
        for (Node node : inOrder(from)) {
            String refused = node.refusedType();
            if (refused != null) {
                throw new ConfigurationProblem(
                        "The value chosen at " + node.place().shown() + " is of type " + refused
                                + ". Only strings, booleans, finite numbers, null, maps and lists can be chosen."
                                + " Convert it to one of these, or do not choose it.");
            }
            if (node instanceof Leaf leaf) {
                chosen.add(leaf);
            }
        }
    }

    /**
     * Finds what says that it is a reference: every string that is {@linkplain Reference#isMarked marked} as
     * one, in maps, in collections of any kind and in arrays.
     *
     * @return the leaves, in the order of the configuration
     */
    public List<Leaf> references() {
        List<Leaf> references = new ArrayList<>();
        for (Node node : inOrder(root())) {
            if (node instanceof Leaf leaf && leaf.value() instanceof String text && Reference.isMarked(text)) {
                references.add(leaf);
            }
        }
        return references;
    }

    /**
     * Returns the configuration with what was replaced. Maps are LinkedHashMaps, sets LinkedHashSets, other collections
     * ArrayLists, all in the order of the original; arrays are arrays of the same type. It can be changed, and shares
     * nothing mutable with the original, this tree, or another result.
     *
     * @return a new nested map
     */
    public Map<String, Object> toMap() {
        Map<Branch, Object> built = new HashMap<>();
        for (int i = branches.size() - 1; i >= 0; i--) {
            built.put(branches.get(i), branches.get(i).build(built));
        }
        @SuppressWarnings("unchecked") // The keys at the top level were checked when they were copied.
        Map<String, Object> result = (Map<String, Object>) root().output(built);
        return result;
    }

    /** Shows nothing of the configuration. */
    @Override
    public String toString() {
        return "ConfigurationTree";
    }

    private Branch root() {
        return branches.get(0);
    }

    private static List<Node> inOrder(Node from) {
        List<Node> nodes = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>();
        open.push(from);
        while (!open.isEmpty()) {
            Node node = open.pop();
            nodes.add(node);
            if (node instanceof Branch branch) {
                List<Node> children = new ArrayList<>(branch.children());
                for (int i = children.size() - 1; i >= 0; i--) {
                    open.push(children.get(i));
                }
            }
        }
        return nodes;
    }

    /** A string, number or boolean in a tree, and where it is. */
    public static final class Leaf extends Node {

        private final Class<?> required;
        private Object value;

        Leaf(Place place, Class<?> required, Object value) {
            super(place);
            this.required = required;
            this.value = value;
        }

        /**
         * Returns where the leaf is, as one would write it to choose it.
         *
         * @return the keys and positions that lead to it, with dots between them
         */
        public String path() {
            return place().path();
        }

        /**
         * Returns what is here now.
         *
         * @return a string, a number or a boolean
         */
        public Object value() {
            return value;
        }

        /**
         * Puts another value here.
         *
         * @param newValue a string, number or boolean, as {@link ScalarType#of} takes them
         * @throws IllegalArgumentException if it is anything else
         * @throws ConfigurationProblem if the leaf is in an array of another type
         */
        public void replace(Object newValue) {
            ScalarType type = ScalarType.of(newValue);
            if (!required.isInstance(newValue)) {
                throw new ConfigurationProblem("The value at " + place().shown() + " is in an array of "
                        + required.getTypeName() + ", which cannot hold a "
                        + type.name().toLowerCase(Locale.ROOT)
                        + " of type " + TypeName.of(newValue) + ". Use a list instead of the array.");
            }
            value = newValue;
        }

        @Override
        @Nullable
        String refusedType() {
            return null;
        }

        @Override
        @Nullable
        Object output(Map<Branch, Object> built) {
            return value;
        }

        /** Shows where the leaf is, never what it holds. */
        @Override
        public String toString() {
            return "Leaf[" + place().shown() + "]";
        }
    }
}
