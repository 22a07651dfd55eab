// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs a suite and writes what it found as a table of ratios, {@code target/benchmarks/results.md}, and as a plot, in
 * light and in dark. The one argument is the suite: {@code short}, under five minutes, or {@code full}.
 */
public final class Report {
    private static final Path DIRECTORY = Path.of("target", "benchmarks");
    private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

    private final boolean full;
    private final Measured measured = new Measured();

    private Report(boolean full) {
        this.full = full;
    }

    /**
     * Runs the suite.
     *
     * @param args {@code short} or {@code full}
     * @throws IOException if the results cannot be written
     * @throws RunnerException if a benchmark fails
     */
    public static void main(String... args) throws IOException, RunnerException {
        boolean full = switch (args.length == 1 ? args[0] : "") {
            case "short" -> false;
            case "full" -> true;
            default -> throw new IllegalArgumentException("Name the suite: short or full");
        };
        new Report(full).run();
    }

    private void run() throws IOException, RunnerException {
        Set<Peer> few = EnumSet.complementOf(EnumSet.of(Peer.SPRING, Peer.JASYPT));
        for (String bytes : List.of("64", "1024", "16384", "1048576")) {
            run(options(TokenBenchmark.class)
                    .param("bytes", bytes)
                    .param("peer", names(bytes.equals("64") || full ? EnumSet.allOf(Peer.class) : few)));
        }
        run(options(KeyringBenchmark.class).param("keys", full ? new String[] {"1", "3", "10"} : new String[] {"10"}));
        run(options(ManagerBenchmark.class)
                .param("secrets", full ? new String[] {"1000", "1000000"} : new String[] {"1000"})
                .jvmArgsAppend("-Xmx3g"));
        for (int threads : new int[] {1, 2}) {
            run(options(ScalingBenchmark.class).threads(threads));
            if (full && HAS_VIRTUAL_THREADS) {
                run(options(ScalingBenchmark.class).threads(threads).jvmArgsAppend("-Djmh.executor=VIRTUAL"));
            }
        }
        String table = measured.table();
        Files.createDirectories(DIRECTORY);
        Files.writeString(DIRECTORY.resolve("results.md"), table, UTF_8);
        for (Plot.Colours colours : Plot.Colours.values()) {
            Files.writeString(DIRECTORY.resolve(colours.fileName()), new Plot(colours, measured).svg(), UTF_8);
        }
        System.out.println(table);
    }

    /** Many short iterations: on a machine with other work some of them are left alone. */
    private ChainedOptionsBuilder options(Class<?> benchmark) {
        return new OptionsBuilder()
                .include("\\." + benchmark.getSimpleName() + "\\.")
                .forks(full ? 3 : 1)
                .warmupIterations(full ? 20 : 7)
                .warmupTime(TimeValue.milliseconds(200))
                .measurementIterations(full ? 100 : 20)
                .measurementTime(TimeValue.milliseconds(30))
                .jvmArgs("-Xms256m")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
    }

    private void run(ChainedOptionsBuilder options) throws RunnerException {
        Collection<RunResult> results = new Runner(options.build()).run();
        results.forEach(measured::add);
    }

    private static String[] names(Set<Peer> peers) {
        List<String> names = new ArrayList<>();
        peers.forEach(peer -> names.add(peer.name()));
        return names.toArray(new String[0]);
    }
}
