// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.codomyrmex.secrets.SecretManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes share one keyring, and each does everything to it. */
@Tag("slow")
class SharedKeyringTest {

    private static final int MILLIS = 15_000;

    @TempDir
    Path directory;

    @Test
    void servesThreeProcessesThatStoreRotateRekeyAndDestroy() throws Exception {
        Path keyFile = directory.resolve("secrets.key");
        List<Program> programs = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            programs.add(Program.start(
                    SharingProgram.class, keyFile.toString(), String.valueOf(seed), String.valueOf(MILLIS)));
        }
        for (Program program : programs) {
            try (program) {
                List<String> lines = program.remainingLines();
                assertThat(program.awaitExit()).isZero();
                assertThat(lines).singleElement().asString().startsWith("operations ");
                System.out.println("shared keyring: " + lines.get(0));
            }
        }
        try (SecretManager manager = new SecretManager(keyFile)) {
            assertThat(manager.listKeys()).filteredOn(key -> key.primary()).hasSize(1);
        }
    }
}
