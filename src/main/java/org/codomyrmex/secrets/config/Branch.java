// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;

/** A value that holds others. */
abstract sealed class Branch extends Node permits MapBranch, SequenceBranch {

    Branch(Place place) {
        super(place);
    }

    /** What it holds, in the order of the configuration. */
    abstract Collection<Node> children();

    /** A new collection of what became of the children. */
    abstract Object build(Map<Branch, Object> built);

    @Override
    final Object output(Map<Branch, Object> built) {
        return Objects.requireNonNull(built.get(this), "built too late");
    }
}
