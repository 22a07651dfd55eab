// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A program in a JVM of its own. */
final class ChildJvm {

    /** Without it, the tests' configuration has every event made that a library logs, for nobody. */
    static final List<String> SILENT = List.of(
            "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider", "-Dslf4j.internal.verbosity=WARN");

    private final ProcessBuilder builder;

    /** With the class path of this JVM, and {@link #SILENT}. */
    ChildJvm(String option, Class<?> program, String... arguments) {
        this(
                System.getProperty("java.class.path"),
                Stream.concat(SILENT.stream(), Stream.of(option)).toList(),
                program,
                arguments);
    }

    ChildJvm(String classPath, List<String> options, Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", classPath));
        command.addAll(options);
        command.add(program.getName());
        command.addAll(List.of(arguments));
        builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("JAVA_TOOL"));
    }

    /** Runs it and adds the findings that it prints. */
    void run(Measured measured) throws IOException {
        Process process = builder.redirectError(Redirect.INHERIT).start();
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            lines.lines().peek(System.out::println).map(Finding::parse).forEach(measured::add);
        }
        requireSuccess(process);
    }

    /** {@return how long it took, from its start to its end} */
    double nanos() throws IOException {
        builder.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
        long start = System.nanoTime();
        Process process = builder.start();
        requireSuccess(process);
        return System.nanoTime() - start;
    }

    private void requireSuccess(Process process) throws IOException {
        try {
            if (process.waitFor() != 0) {
                throw new IOException(builder.command() + " ended with " + process.exitValue());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroy();
            throw new IOException("interrupted", interrupted);
        }
    }
}
