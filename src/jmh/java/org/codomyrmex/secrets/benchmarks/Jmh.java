// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs benchmarks of JMH, each in a JVM of its own. */
final class Jmh {
    private final Suite suite;
    private final Measured measured;

    Jmh(Suite suite, Measured measured) {
        this.suite = suite;
        this.measured = measured;
    }

    ChainedOptionsBuilder options(Class<?> benchmark) {
        return new OptionsBuilder()
                .include("\\." + benchmark.getSimpleName() + "\\.")
                .forks(1)
                .warmupIterations(suite.warmups)
                .warmupTime(TimeValue.milliseconds(suite == Suite.SMOKE ? 50 : 200))
                .measurementIterations(suite.iterations)
                .measurementTime(TimeValue.milliseconds(30))
                .jvmArgs(ChildJvm.SILENT.toArray(new String[0]))
                .jvmArgsAppend("-Xms256m")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
    }

    /** Runs them in turns: a machine that is slower for a minute is so for all that are compared. */
    void run(ChainedOptionsBuilder... compared) throws RunnerException {
        for (int round = 0; round < suite.rounds; round++) {
            for (ChainedOptionsBuilder options : compared) {
                new Runner(options.build()).run().forEach(measured::add);
            }
        }
    }
}
