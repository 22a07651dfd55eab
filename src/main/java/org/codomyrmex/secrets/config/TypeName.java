// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Names types for messages: what was found, without saying what it holds. */
final class TypeName {

    private TypeName() {}

    static String of(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        String name = value.getClass().getTypeName();
        if (value instanceof Double || value instanceof Float) {
            return Double.isFinite(((Number) value).doubleValue()) ? name : name + " that is not finite";
        }
        if (value.getClass() == BigInteger.class || value.getClass() == BigDecimal.class) {
            return NumberText.isSupported((Number) value)
                    ? name
                    : name + " with too many digits or too large an exponent";
        }
        return name;
    }
}
