// SPDX-License-Identifier: Apache-2.0
/**
 * What the library costs, beside the floor of the work itself, a straight use of the JCA, and other libraries.
 *
 * <p>{@code mvn -q -Pbenchmarks test-compile exec:exec} runs the short suite, {@code -Djmh.suite=full} all of it. Only
 * ratios within one run say anything: read {@link org.codomyrmex.secrets.benchmarks.Report}, which prints them.
 */
package org.codomyrmex.secrets.benchmarks;
