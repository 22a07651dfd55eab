// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.Locale;
import java.util.OptionalDouble;

/** What a number counts, and how it is written in a table. */
enum Unit {
    NANOS {
        @Override
        String text(double value) {
            if (value < 10_000) {
                return format("%,.0f ns", value);
            }
            if (value < 1e6) {
                return format("%.1f µs", value / 1e3);
            }
            return value < 1e9 ? format("%.2f ms", value / 1e6) : format("%.2f s", value / 1e9);
        }
    },
    PER_SECOND {
        @Override
        String text(double value) {
            return format("%,.0f /s", value);
        }
    },
    BYTES {
        @Override
        String text(double value) {
            return format("%,.0f B", value);
        }
    },
    TIMES {
        @Override
        String text(double value) {
            return format("%.2f ×", value);
        }
    };

    abstract String text(double value);

    /** {@return nothing where nothing was measured} */
    String text(OptionalDouble value) {
        return value.isPresent() ? text(value.getAsDouble()) : "";
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
