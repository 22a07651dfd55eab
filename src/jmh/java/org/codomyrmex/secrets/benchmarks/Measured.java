// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What a run found. Of all iterations the best counts: the work is the same each time, and what makes one slower is
 * something else on the machine.
 */
final class Measured {
    private static final List<String> SIZES = List.of("64", "1024", "16384", "1048576");

    private final Map<String, Double> best = new LinkedHashMap<>();
    private final Map<String, Double> bytes = new LinkedHashMap<>();

    void add(RunResult result) {
        var params = result.getParams();
        StringBuilder key = new StringBuilder(params.getBenchmark().replaceFirst(".*\\.(\\w+)Benchmark\\.", "$1."));
        params.getParamsKeys().forEach(name -> key.append(' ').append(params.getParam(name)));
        if (params.getBenchmark().contains("Scaling")) {
            key.append(params.getJvmArgs().contains("-Djmh.executor=VIRTUAL") ? " virtual " : " platform ");
            key.append(params.getThreads());
        }
        boolean more = params.getBenchmark().contains("Scaling");
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                double score = iteration.getPrimaryResult().getScore();
                best.merge(key.toString(), score, more ? Math::max : Math::min);
            }
        }
        for (Map.Entry<String, Result> second : result.getSecondaryResults().entrySet()) {
            if (second.getKey().endsWith("gc.alloc.rate.norm")) {
                bytes.put(key.toString(), second.getValue().getScore());
            }
        }
    }

    OptionalDouble nanos(String operation, String size, Peer peer) {
        return get(tokenKey(operation, size, peer));
    }

    private static String tokenKey(String operation, String size, Peer peer) {
        return "Token." + operation + " " + size + " " + peer.name();
    }

    private OptionalDouble get(String key) {
        return best.containsKey(key)
                ? OptionalDouble.of(Objects.requireNonNull(best.get(key)))
                : OptionalDouble.empty();
    }

    String table() {
        StringBuilder out = new StringBuilder();
        out.append(String.format(
                Locale.ROOT,
                "%s, Java %s, %d processors (%s)%n%n",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.arch")));
        for (String operation : List.of("encrypt", "decrypt")) {
            tokens(out, operation);
        }
        others(out);
        return out.toString();
    }

    /** Each cell: nanoseconds, and how many times as long as ours. */
    private void tokens(StringBuilder out, String operation) {
        out.append("| ").append(operation).append(" | 64 B | 1 KiB | 16 KiB | 1 MiB | allocated at 64 B |\n");
        out.append("|---|--:|--:|--:|--:|--:|\n");
        for (Peer peer : Peer.values()) {
            out.append("| ").append(peer.title());
            for (String size : SIZES) {
                OptionalDouble nanos = nanos(operation, size, peer);
                OptionalDouble ours = nanos(operation, size, Peer.OURS);
                out.append(" | ");
                if (nanos.isPresent() && ours.isPresent()) {
                    double ratio = nanos.getAsDouble() / ours.getAsDouble();
                    out.append(String.format(Locale.ROOT, "%,.0f ns (%.2f)", nanos.getAsDouble(), ratio));
                }
            }
            Double allocated = bytes.get(tokenKey(operation, "64", peer));
            out.append(allocated == null ? " | |\n" : String.format(Locale.ROOT, " | %,.0f B |%n", allocated));
        }
        out.append('\n');
    }

    /** Beside each number, what it is of the first of its kind. */
    private void others(StringBuilder out) {
        out.append("| other | measured | of the first |\n|---|--:|--:|\n");
        String kind = "";
        double first = 0;
        for (Map.Entry<String, Double> entry : best.entrySet()) {
            if (entry.getKey().startsWith("Token.")) {
                continue;
            }
            String itsKind = kindOf(entry.getKey());
            if (!itsKind.equals(kind)) {
                kind = itsKind;
                first = entry.getValue();
            }
            String unit = entry.getKey().startsWith("Scaling.") ? "per ms" : "ns";
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f %s | %.2f |%n",
                    entry.getKey(),
                    entry.getValue(),
                    unit,
                    entry.getValue() / first));
        }
    }

    /** A keyring's first and last key are compared at one size, and a loop with itself on more threads. */
    private static String kindOf(String key) {
        int dot = key.indexOf('.');
        int blank = key.indexOf(' ');
        return key.startsWith("Scaling.") ? key.substring(0, blank) : key.substring(0, dot) + key.substring(blank);
    }
}
