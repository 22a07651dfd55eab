// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** Where and when it was measured. */
final class Machine {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Machine() {}

    static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    static String described() {
        return String.format(
                Locale.ROOT,
                "%s, %s, %d processors, Java %s (%s), %s %s",
                LocalDate.now(ZoneOffset.UTC),
                model(),
                processors(),
                Runtime.version(),
                System.getProperty("java.vendor"),
                System.getProperty("os.name"),
                System.getProperty("os.version"));
    }

    /** The processor's name where the system tells it as Linux does, or else the architecture. */
    private static String model() {
        if (Files.isReadable(PROCESSORS)) {
            for (String line : lines()) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return System.getProperty("os.arch");
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(PROCESSORS);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
