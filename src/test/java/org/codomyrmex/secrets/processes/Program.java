// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java program of this test suite, run as a process of its own. */
final class Program implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private Program(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Program start(Class<?> main, String... arguments) throws IOException {
        return startWithin(List.of(), main, arguments);
    }

    /** Starts it through another command, which is followed by its own. */
    static Program startWithin(List<String> command, Class<?> main, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        all.addAll(List.of(arguments));
        return new Program(new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The next line it prints; null at the end. */
    String nextLine() throws IOException {
        return output.readLine();
    }

    /** All complete lines that it has printed by its end. */
    List<String> remainingLines() throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int c = output.read(); c >= 0; c = output.read()) {
            if (c == '\n') {
                lines.add(line.toString());
                line.setLength(0);
            } else {
                line.append((char) c);
            }
        }
        return lines;
    }

    /** Ends it in the middle of whatever it does. */
    void kill() throws InterruptedException {
        // Through the handle, which, other than the process, leaves what was printed to be read.
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    /** Stops it (SIGSTOP) in the middle of whatever it does, and returns once it stands still. */
    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
        while (!state().startsWith("T")) {
            assertThat(process.isAlive()).as("a process to stop").isTrue();
            Thread.sleep(1);
        }
    }

    /** Lets it go on after {@link #freeze}. */
    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    /** Whether it has printed something that was not read yet. */
    boolean hasPrinted() throws IOException {
        return output.ready();
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).as("kill " + signal).isZero();
    }

    private String state() throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", String.valueOf(process.pid())).start();
        return new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }

    int awaitExit() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
