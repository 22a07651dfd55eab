// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another process, which is talked to line by line: one line is said to it, and one is heard from it. */
public final class OtherProcess implements AutoCloseable {

    private final Process process;
    private final BufferedWriter toIt;
    private final BufferedReader fromIt;

    private OtherProcess(Process process) {
        this.process = process;
        this.toIt = process.outputWriter(UTF_8);
        this.fromIt = process.inputReader(UTF_8);
    }

    /** Starts a program; what it complains of is seen among the messages of the tests. */
    public static OtherProcess start(List<String> command) {
        try {
            return new OtherProcess(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts a main class of these tests in a Java machine of its own. */
    public static OtherProcess java(Class<?> main) {
        return start(javaCommand(main));
    }

    /** The command that does that. */
    public static List<String> javaCommand(Class<?> main) {
        return javaCommand(System.getProperty("java.class.path"), main);
    }

    /** The command that does that with another class path. */
    public static List<String> javaCommand(String classPath, Class<?> main) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Stream.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath, main.getName())
                .toList();
    }

    /** Says a line. */
    public void say(String line) {
        try {
            toIt.write(line);
            toIt.newLine();
            toIt.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Hears a line. */
    public String hear() {
        try {
            String line = fromIt.readLine();
            if (line == null) {
                throw new IllegalStateException("the process has ended with nothing more to say");
            }
            return line;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Says a line and hears the answer. */
    public String ask(String line) {
        say(line);
        return hear();
    }

    /** Lets no more of it happen, from one moment to the next. */
    public void kill() {
        process.destroyForcibly();
        waitForEnd();
    }

    private void waitForEnd() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the process does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes its standard input, at which it ends, and waits for that. */
    @Override
    public void close() {
        try {
            toIt.close();
        } catch (IOException gone) {
            // It was killed, or has ended by itself.
        }
        waitForEnd();
    }
}
