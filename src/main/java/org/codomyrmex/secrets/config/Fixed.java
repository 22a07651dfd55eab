// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value that is never replaced, only copied: null, or of a type that no reference can stand for. */
final class Fixed extends Node {

    private final @Nullable Object value;

    Fixed(Place place, @Nullable Object value) {
        super(place);
        this.value = value;
    }

    /** Null stays null. */
    @Override
    @Nullable
    String refusedType() {
        return value == null ? null : TypeName.of(value);
    }

    @Override
    @Nullable
    Object output(Map<Branch, Object> built) {
        return value == null ? null : KnownTypes.copy(value);
    }
}
