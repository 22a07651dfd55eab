// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * A program that takes and gives back locks as it is told: {@code lock <file>} waits 10 s at the most, {@code try <file>}
 * not at all, {@code unlock} gives back what was taken last. The answer is {@code done} or {@code held}.
 */
public final class LockingProcess {

    private LockingProcess() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, UTF_8);
        Deque<Closeable> locks = new ArrayDeque<>();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            answers.println(did(line, locks) ? "done" : "held");
        }
    }

    private static boolean did(String line, Deque<Closeable> locks) throws IOException {
        if (line.equals("unlock")) {
            locks.pop().close();
            return true;
        }
        Duration deadline = line.startsWith("try ") ? Duration.ZERO : Duration.ofSeconds(10);
        Path file = Path.of(line.substring(line.indexOf(' ') + 1));
        try {
            locks.push(Disk.system().lock(file, Optional.empty(), deadline));
            return true;
        } catch (LockTimeoutException held) {
            return false;
        }
    }
}
