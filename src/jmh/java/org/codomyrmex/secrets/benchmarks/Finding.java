// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.List;

/**
 * One number that was measured.
 *
 * @param counts which of several such numbers counts
 * @param value nanoseconds, bytes or a rate per second, as the key says
 * @param key what was measured: {@code Program.operation} and its parameters
 */
record Finding(Counts counts, double value, String key) {

    /** Which of the numbers that were measured of the same. */
    enum Counts {
        /** The work is the same each time, and what makes it slower is something else on the machine. */
        LEAST,
        /** The same for rates. */
        MOST,
        /** Of what waits for a disk or for another process, where the least is luck. */
        MEDIAN;

        double of(List<Double> values) {
            List<Double> sorted = values.stream().sorted().toList();
            return switch (this) {
                case LEAST -> sorted.get(0);
                case MOST -> sorted.get(sorted.size() - 1);
                case MEDIAN -> sorted.get(sorted.size() / 2);
            };
        }
    }

    static Finding median(double nanos, String key) {
        return new Finding(Counts.MEDIAN, nanos, key);
    }

    static Finding time(double nanos, String key) {
        return new Finding(Counts.LEAST, nanos, key);
    }

    static Finding rate(double perSecond, String key) {
        return new Finding(Counts.MOST, perSecond, key);
    }

    /** Reads what {@link #toString} wrote in another JVM. */
    static Finding parse(String line) {
        String[] parts = line.split(" ", 3);
        return new Finding(Counts.valueOf(parts[0]), Double.parseDouble(parts[1]), parts[2]);
    }

    @Override
    public String toString() {
        return counts + " " + value + " " + key;
    }
}
