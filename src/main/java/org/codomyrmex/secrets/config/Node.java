// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One value of a configuration, and where it is. */
abstract sealed class Node permits Branch, ConfigurationTree.Leaf, Fixed {

    private final Place place;

    Node(Place place) {
        this.place = place;
    }

    final Place place() {
        return place;
    }

    /** The type that keeps it from being chosen; null if it may be, whatever is inside it. */
    abstract @Nullable String refusedType();

    /**
     * What becomes of it in the result.
     *
     * @param built what became of the branches, each after those inside it
     */
    abstract @Nullable Object output(Map<Branch, Object> built);
}
