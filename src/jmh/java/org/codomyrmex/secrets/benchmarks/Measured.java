// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What a run found, in all iterations of all JVMs. */
final class Measured {
    private static final String ALLOCATED = "allocated ";
    private static final String DATABASES = "Store";

    private final Map<String, List<Finding>> findings = new HashMap<>();

    void add(Finding finding) {
        findings.computeIfAbsent(finding.key(), first -> new ArrayList<>()).add(finding);
    }

    /** The time or the rate of each iteration, and the bytes that one operation allocates. */
    void add(RunResult result) {
        String key = keyOf(result.getParams());
        boolean isRate = result.getParams().getMode() == Mode.Throughput;
        boolean waits = key.startsWith(DATABASES);
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                double score = iteration.getPrimaryResult().getScore();
                add(isRate ? Finding.rate(score, key) : waits ? Finding.median(score, key) : Finding.time(score, key));
            }
        }
        for (Map.Entry<String, Result> second : result.getSecondaryResults().entrySet()) {
            if (second.getKey().endsWith("gc.alloc.rate.norm")) {
                add(new Finding(Finding.Counts.LEAST, second.getValue().getScore(), ALLOCATED + key));
            }
        }
    }

    private static String keyOf(BenchmarkParams params) {
        StringBuilder key = new StringBuilder(params.getBenchmark().replaceFirst(".*\\.(\\w+)Benchmark\\.", "$1."));
        params.getParamsKeys().forEach(name -> key.append(' ').append(params.getParam(name)));
        if (params.getMode() == Mode.Throughput) {
            key.append(params.getJvmArgs().contains(ScalingBenchmark.VIRTUAL) ? " virtual " : " platform ");
            key.append(params.getThreads());
        }
        return key.toString();
    }

    /** What counts of all that was found; empty where nothing was. */
    OptionalDouble value(String key) {
        List<Finding> found = findings.getOrDefault(key, List.of());
        return found.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(found.get(0)
                        .counts()
                        .of(found.stream().map(Finding::value).toList()));
    }

    OptionalDouble allocated(String key) {
        return value(ALLOCATED + key);
    }

    /** How many times the one is the other; empty where one of them was not measured. */
    static OptionalDouble ratio(OptionalDouble one, OptionalDouble other) {
        return one.isPresent() && other.isPresent()
                ? OptionalDouble.of(one.getAsDouble() / other.getAsDouble())
                : OptionalDouble.empty();
    }

    /** The key of a token's operation. */
    static String token(String operation, int bytes, Peer peer) {
        return "Token." + operation + " " + bytes + " " + peer.name();
    }
}
