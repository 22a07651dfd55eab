// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;

/**
 * A history in memory that keeps the newest 10,000 rotations. It serves a store that records no rotations of its own.
 *
 * <p>Safe for use by many threads: each call sees the rotations of all calls that returned before it.
 */
public final class RotationLog implements RotationHistory {

    private static final int CAPACITY = 10_000;

    private final ArrayDeque<Rotation> rotations = new ArrayDeque<>();

    /** Makes an empty history. */
    public RotationLog() {}

    /**
     * Remembers a rotation as the latest, and forgets the oldest if there are more than 10,000.
     *
     * @param rotation what happened
     * @throws NullPointerException if the rotation is null
     */
    public void add(Rotation rotation) {
        Objects.requireNonNull(rotation, "rotation");
        synchronized (rotations) {
            rotations.addLast(rotation);
            if (rotations.size() > CAPACITY) {
                rotations.removeFirst();
            }
        }
    }

    @Override
    public List<Rotation> rotations() {
        synchronized (rotations) {
            return List.copyOf(rotations);
        }
    }

    @Override
    public List<Rotation> rotations(String name) {
        Objects.requireNonNull(name, "name");
        return rotations().stream()
                .filter(rotation -> rotation.name().equals(name))
                .toList();
    }
}
