// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

/**
 * One number that was measured.
 *
 * @param better which of two such numbers counts
 * @param value nanoseconds, bytes or a rate per second, as the key says
 * @param key what was measured: {@code Program.operation} and its parameters
 */
record Finding(Better better, double value, String key) {

    /** The work is the same each time, and what makes it slower is something else on the machine. */
    enum Better {
        LESS,
        MORE;

        double of(double one, double other) {
            return this == LESS ? Math.min(one, other) : Math.max(one, other);
        }
    }

    static Finding time(double nanos, String key) {
        return new Finding(Better.LESS, nanos, key);
    }

    static Finding rate(double perSecond, String key) {
        return new Finding(Better.MORE, perSecond, key);
    }

    /** Reads what {@link #toString} wrote in another JVM. */
    static Finding parse(String line) {
        String[] parts = line.split(" ", 3);
        return new Finding(Better.valueOf(parts[0]), Double.parseDouble(parts[1]), parts[2]);
    }

    @Override
    public String toString() {
        return better + " " + value + " " + key;
    }
}
