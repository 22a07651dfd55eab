// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs a suite and writes what it found as tables of ratios, {@code target/benchmarks/results.md}, and as a plot, in light
 * and in dark. The first argument is the {@link Suite}, the second {@code all} or some of its {@link Part parts} with
 * commas between them.
 */
public final class Report {
    private static final Path DIRECTORY = Path.of("target", "benchmarks");

    private Report() {}

    /**
     * Runs the suite.
     *
     * @param args {@code smoke}, {@code short} or {@code full}, and which parts
     * @throws IOException if the results cannot be written
     * @throws GeneralSecurityException if a token is refused
     * @throws RunnerException if a benchmark fails
     */
    public static void main(String... args) throws IOException, GeneralSecurityException, RunnerException {
        if (args.length != 2) {
            throw new IllegalArgumentException("Name the suite (smoke, short or full) and its parts (all, or some of "
                    + EnumSet.allOf(Part.class) + " with commas)");
        }
        Suite suite = Suite.valueOf(args[0].toUpperCase(Locale.ROOT));
        Measured measured = new Measured();
        Set<Part> parts = parts(args[1]);
        for (Part part : parts) {
            part.run(suite, measured);
        }
        String command = "mvn -q -Pbenchmarks test-compile exec:exec -Djmh.suite=" + args[0]
                + (args[1].equals("all") ? "" : " -Djmh.parts=" + args[1]);
        String results = document(suite, parts, measured, command);
        Files.createDirectories(DIRECTORY);
        Files.writeString(DIRECTORY.resolve("results.md"), results, UTF_8);
        for (Plot.Colours colours : parts.contains(Part.TOKENS) ? Plot.Colours.values() : new Plot.Colours[0]) {
            Files.writeString(DIRECTORY.resolve(colours.fileName()), new Plot(colours, measured).svg(), UTF_8);
        }
        System.out.println(results);
    }

    private static Set<Part> parts(String names) {
        if (names.equals("all")) {
            return EnumSet.allOf(Part.class);
        }
        Set<Part> parts = EnumSet.noneOf(Part.class);
        for (String name : names.split(",", -1)) {
            parts.add(Part.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return parts;
    }

    private static String document(Suite suite, Set<Part> parts, Measured measured, String command) {
        List<String> paragraphs = new ArrayList<>(List.of(
                "# Benchmarks",
                Machine.described() + "; " + Python.described() + ". Made by",
                "    " + command,
                "Of all iterations of all JVMs the best counts: the work is the same each time, and what makes one slower is"
                        + " something else on the machine. Of what waits for a database the median counts. Only ratios say"
                        + " anything."));
        if (parts.contains(Part.TOKENS) || parts.contains(Part.PYTHON)) {
            paragraphs.add("## Tokens");
            paragraphs.add("How long a token takes us, and how many times as long it takes the others.");
            paragraphs.add(new TokenTable(measured).markdown().strip());
        }
        paragraphs.add("## Everything else");
        paragraphs.add("In the last column less is better, but for rates (/s) and for what threads gain.");
        paragraphs.add(new ComparisonTable(measured, suite).markdown().strip() + "\n");
        return String.join("\n\n", paragraphs);
    }
}
