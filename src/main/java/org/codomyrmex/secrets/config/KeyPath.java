// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Finds what a chosen key names: a literal key, or a path with dots into maps and lists. */
final class KeyPath {

    /** Nodes that the key has led to; what is left of it begins at the separator at {@code end}. */
    private record Step(List<Node> nodes, int end) {}

    private final String key;

    /** What is still to be tried; the last one first. */
    private final Deque<Step> open = new ArrayDeque<>();

    private KeyPath(String key) {
        this.key = key;
    }

    /**
     * Returns what the key names. At every level the longest literal key that leads anywhere wins.
     *
     * @throws ConfigurationProblem if two keys of a map have that name, or the way leads into something without
     *     positions
     */
    static Optional<Node> find(Branch root, String key) {
        KeyPath path = new KeyPath(key);
        path.open.push(new Step(List.of(root), -1));
        while (!path.open.isEmpty()) {
            Step step = path.open.pop();
            Node node = path.only(step);
            if (step.end() == key.length()) {
                return Optional.of(node);
            }
            path.follow(node, step.end());
        }
        return Optional.empty();
    }

    private Node only(Step step) {
        if (step.nodes().size() > 1) {
            throw new ConfigurationProblem("Several keys of different types read "
                    + Place.shown(key.substring(0, step.end())) + ", so that it is not clear which of them is chosen."
                    + " Rename all but one.");
        }
        return step.nodes().get(0);
    }

    private void follow(Node node, int end) {
        if (node instanceof MapBranch map) {
            followNames(map, end);
        } else if (node instanceof SequenceBranch sequence) {
            String refused = sequence.refusedType();
            if (refused != null) {
                throw new ConfigurationProblem("The chosen key " + Place.shown(key) + " leads into "
                        + sequence.place().shown() + ", which is of type " + refused
                        + ". Only maps and lists can be searched. Use a list there.");
            }
            followIndex(sequence, end);
        }
    }

    private void followNames(MapBranch map, int end) {
        if (end >= 0 && key.charAt(end) == '[') {
            return;
        }
        int start = end + 1;
        int next = start;
        while (next <= key.length()) {
            next = nextSeparator(next);
            List<Node> found = map.named(key.substring(start, next));
            if (!found.isEmpty()) {
                open.push(new Step(found, next));
            }
            next++;
        }
    }

    private void followIndex(SequenceBranch list, int end) {
        int next;
        String digits;
        if (key.charAt(end) == '[') {
            int close = key.indexOf(']', end);
            next = close + 1;
            if (close < 0 || nextSeparator(next) != next) {
                return;
            }
            digits = key.substring(end + 1, close);
        } else {
            next = nextSeparator(end + 1);
            digits = key.substring(end + 1, next);
        }
        int index = index(digits);
        if (index >= 0 && index < list.children().size()) {
            open.push(new Step(List.of(list.children().get(index)), next));
        }
    }

    /** The position of the next dot or bracket, or the end of the key. */
    private int nextSeparator(int from) {
        int position = from;
        while (position < key.length() && key.charAt(position) != '.' && key.charAt(position) != '[') {
            position++;
        }
        return position;
    }

    /** The number that the digits are, written the one way there is; -1 if they are none. */
    private static int index(String digits) {
        if (digits.isEmpty() || digits.length() > 9 || (digits.length() > 1 && digits.charAt(0) == '0')) {
            return -1;
        }
        return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(digits) : -1;
    }
}
