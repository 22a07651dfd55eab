// SPDX-License-Identifier: Apache-2.0
/**
 * What the library costs, beside the floor of the work itself, a straight use of the JCA or of JDBC, and other libraries.
 *
 * <p>{@code mvn -q -Pbenchmarks test-compile exec:exec} runs the short suite, {@code -Djmh.suite=full} all of it, {@code
 * -Djmh.suite=smoke} only sees that it runs, and {@code -Djmh.parts=tokens,stores} leaves out the others of
 * {@link org.codomyrmex.secrets.benchmarks.Part}. Only ratios within one run say anything: read
 * {@link org.codomyrmex.secrets.benchmarks.Report}, which prints them.
 */
package org.codomyrmex.secrets.benchmarks;
