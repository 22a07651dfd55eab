// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.readme;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs programs in processes of their own, with an empty home, and without any setting of the library from outside. */
public final class Sandbox {
    private static final long LIMIT_SECONDS = 60;

    private final Path work;
    private final Path home;
    private final Path output;
    private final Map<String, String> environment = new HashMap<>();

    /** What a process did: its exit code, and all that it printed. */
    public record Outcome(int code, String output) {}

    public Sandbox(Path directory) throws IOException {
        this.work = Files.createDirectories(directory.resolve("work"));
        this.home = Files.createDirectories(directory.resolve("home"));
        this.output = directory.resolve("output.txt");
    }

    /** The working directory of all of them. */
    public Path work() {
        return work;
    }

    /** What they take for the user's home. */
    public Path home() {
        return home;
    }

    /** Sets a variable for every later process. */
    void setEnvironment(String name, String value) {
        environment.put(name, value);
    }

    public Outcome java(String mainClass, Path... furtherClasses) throws IOException, InterruptedException {
        StringBuilder classPath = new StringBuilder(System.getProperty("java.class.path"));
        for (Path classes : furtherClasses) {
            classPath.append(File.pathSeparatorChar).append(classes.toAbsolutePath());
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + home.toAbsolutePath()));
        if (Runtime.version().feature() >= 24) {
            // Tink's protobuf would have Java warn of what it uses.
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", classPath.toString(), mainClass));
        return run(command);
    }

    Outcome python(String interpreter, String program) throws IOException, InterruptedException {
        Path file = home.resolveSibling("block.py");
        Files.writeString(file, program);
        return run(
                List.of(interpreter, "-I", "-X", "utf8", file.toAbsolutePath().toString()));
    }

    /** A Python that has {@code cryptography}. */
    static Optional<String> pythonWithCryptography() throws InterruptedException {
        for (String interpreter : List.of("/usr/bin/python3", "python3", "python")) {
            try {
                Process process = new ProcessBuilder(interpreter, "-I", "-c", "import cryptography.fernet")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (process.waitFor() == 0) {
                    return Optional.of(interpreter);
                }
            } catch (IOException notThere) {
                // The next one may be.
            }
        }
        return Optional.empty();
    }

    private Outcome run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CODOMYRMEX_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(
                    "Still running after " + LIMIT_SECONDS + " s: " + command.get(0) + ", " + printed());
        }
        return new Outcome(process.exitValue(), printed());
    }

    /** Whatever the encoding of this machine, what is not UTF-8 only looks odd. */
    private String printed() throws IOException {
        return new String(Files.readAllBytes(output), UTF_8);
    }
}
