// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.codomyrmex.secrets.jdbc.Database;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL holds many more secrets than the heap of the application would. */
@Tag("slow")
class ManySecretsTest {

    private static final int MANY = 1_000_000;

    /** Fewer where every change is checked, in a heap that is smaller too. */
    private static final int SECRETS = "true".equals(System.getenv("CI")) ? 50_000 : MANY;

    @TempDir
    Path directory;

    @Test
    void areGoneThroughLookedUpAndRekeyedInASmallHeap() throws Exception {
        int megabytes = SECRETS < MANY ? 64 : 256;
        try (Program program = Program.startWithin(
                List.of("env", "JDK_JAVA_OPTIONS=-Xmx" + megabytes + "m"),
                ManySecretsProgram.class,
                directory.resolve("secrets.key").toString(),
                Database.POSTGRES.url(directory),
                Database.newPrefix(),
                String.valueOf(SECRETS))) {
            List<String> lines = program.remainingLines();
            lines.forEach(line -> System.out.println("many secrets, " + megabytes + " MiB: " + line));
            assertThat(program.awaitExit()).isZero();
            assertThat(lines).hasSize(5);
        }
    }
}
