// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of these tests in a JVM of its own, with an environment of its own. */
final class ChildProcess {

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /** Starts the main method of a class, with some variables and with options of the JVM such as {@code -Dname=value}. */
    static ChildProcess start(Class<?> program, Map<String, String> variables, String... options) {
        return start(List.of(), program, variables, options);
    }

    /** The same after commands of a shell, which can set variables to bytes that are not text here. */
    static ChildProcess startAfter(String shell, Class<?> program, Map<String, String> variables, String... options) {
        return start(List.of("/bin/sh", "-c", shell + "; exec \"$@\"", "sh"), program, variables, options);
    }

    private static ChildProcess start(
            List<String> shell, Class<?> program, Map<String, String> variables, String... options) {
        List<String> command = new ArrayList<>(shell);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.add(program.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("CODOMYRMEX_") || name.startsWith("JAVA_TOOL"));
        builder.environment().putAll(variables);
        try {
            return new ChildProcess(builder.start());
        } catch (IOException failed) {
            throw new AssertionError("the JVM does not start", failed);
        }
    }

    /** Waits until the program ends; everything that it printed, in lines. */
    List<String> lines() {
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("the program has ended")
                    .isTrue();
            assertThat(Leaks.in(output)).as("what the program shows").isEmpty();
            return output.lines().toList();
        } catch (IOException failed) {
            throw new AssertionError("the program's output cannot be read", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }
}
