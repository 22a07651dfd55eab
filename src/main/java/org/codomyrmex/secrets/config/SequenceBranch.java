// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A list, a set, another collection, or an array of objects. Only a list and what is in it can be chosen. */
final class SequenceBranch extends Branch {

    private final List<Node> children = new ArrayList<>();
    private final Class<?> source;
    private final Class<?> element;

    SequenceBranch(Place place, Object source) {
        super(place);
        this.source = source.getClass();
        Class<?> component = source.getClass().getComponentType();
        this.element = component == null ? Object.class : component;
    }

    /** The type that everything in it must be of; only an array asks for any. */
    Class<?> element() {
        return element;
    }

    void add(Node child) {
        children.add(child);
    }

    @Override
    @Nullable
    String refusedType() {
        return List.class.isAssignableFrom(source) ? null : source.getTypeName();
    }

    @Override
    List<Node> children() {
        return Collections.unmodifiableList(children);
    }

    @Override
    Object build(Map<Branch, Object> built) {
        if (source.isArray()) {
            Object array = Array.newInstance(element, children.size());
            for (int i = 0; i < children.size(); i++) {
                Array.set(array, i, children.get(i).output(built));
            }
            return array;
        }
        Collection<@Nullable Object> values =
                Set.class.isAssignableFrom(source) ? new LinkedHashSet<>() : new ArrayList<>(children.size());
        for (Node child : children) {
            values.add(child.output(built));
        }
        return values;
    }
}
