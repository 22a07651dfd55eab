// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Fernet of Python's cryptography package, in a process of its own that works when it is told to, in turns with ours. */
final class Python implements AutoCloseable {
    private static final int TURNS = 10;
    private static final long SLICE_NANOS = 30_000_000;
    private static final List<String> PLACES = List.of("/usr/bin/python3", "python3");

    /** For each line, an operation, a size and a count, it answers with the nanoseconds that one operation took. */
    private static final String PROGRAM = """
            import os, platform, sys, time
            import cryptography
            from cryptography.fernet import Fernet
            fernet = Fernet(sys.argv[1])
            print(f"Python {platform.python_version()} with cryptography {cryptography.__version__}", flush=True)
            for line in sys.stdin:
                operation, size, count = line.split()
                plaintext = os.urandom(int(size))
                token = fernet.encrypt(plaintext)
                run, argument = (fernet.encrypt, plaintext) if operation == "encrypt" else (fernet.decrypt, token)
                times = range(int(count))
                start = time.perf_counter_ns()
                for _ in times:
                    run(argument)
                print((time.perf_counter_ns() - start) / len(times), flush=True)
            """;

    private final Process process;
    private final BufferedReader answers;
    private final Writer questions;
    private final String versions;

    private Python(String python) throws IOException {
        String key = Base64.getUrlEncoder().encodeToString(Peer.KEY);
        process = new ProcessBuilder(python, "-I", "-c", PROGRAM, key)
                .redirectError(Redirect.DISCARD)
                .start();
        answers = process.inputReader(UTF_8);
        questions = process.outputWriter(US_ASCII);
        versions = answers.readLine();
    }

    /** {@return a Python that has the package, if this machine has one} */
    static Optional<Python> start() {
        for (String place : PLACES) {
            try {
                Python python = new Python(place);
                if (python.versions != null) {
                    return Optional.of(python);
                }
                python.close();
            } catch (IOException absent) {
                // the next may be there
            }
        }
        return Optional.empty();
    }

    /** {@return the versions of the language and of the package, or that there is none} */
    static String described() {
        Optional<Python> found = start();
        found.ifPresent(Python::close);
        return found.map(python -> python.versions).orElse("no `python3` with the package `cryptography`");
    }

    void run(Measured measured) throws IOException, GeneralSecurityException {
        for (int bytes : TokenTable.SIZES) {
            for (String operation : TokenTable.OPERATIONS) {
                long ownTimes = (long) (SLICE_NANOS / ours(operation, bytes, 1000));
                long itsTimes = (long) (SLICE_NANOS / its(operation, bytes, 10));
                for (int i = 0; i < TURNS; i++) {
                    double its = its(operation, bytes, Math.max(1, itsTimes));
                    double ours = ours(operation, bytes, Math.max(1, ownTimes));
                    measured.add(Finding.time(its, "Python." + operation + " " + bytes));
                    measured.add(Finding.time(ours, "BesidePython." + operation + " " + bytes));
                }
            }
        }
    }

    private double its(String operation, int bytes, long times) throws IOException {
        questions.write(operation + " " + bytes + " " + times + "\n");
        questions.flush();
        return Double.parseDouble(answers.readLine());
    }

    private static double ours(String operation, int bytes, long times) throws GeneralSecurityException {
        Codec codec = Peer.OURS.codec();
        byte[] plaintext = new byte[bytes];
        String token = codec.encrypt(plaintext);
        boolean encrypts = operation.equals("encrypt");
        int length = 0;
        long start = System.nanoTime();
        for (long i = 0; i < times; i++) {
            length |= encrypts ? codec.encrypt(plaintext).length() : codec.decrypt(token).length;
        }
        double nanos = System.nanoTime() - start;
        if (length != (encrypts ? token.length() : bytes)) {
            throw new IllegalStateException("not what was expected");
        }
        return nanos / times;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
