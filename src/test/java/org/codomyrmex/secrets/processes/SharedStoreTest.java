// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.jdbc.Database;
import org.codomyrmex.secrets.jdbc.JdbcSecretStore;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four processes share one PostgreSQL and one keyring, and each does everything to both. */
@Tag("slow")
class SharedStoreTest {

    private static final int MILLIS = Integer.getInteger("codomyrmex.test.shared.millis", 30_000);

    @TempDir
    Path directory;

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        String keyFile = directory.resolve("secrets.key").toString();
        String url = Database.POSTGRES.url(directory);
        String prefix = Database.newPrefix();
        List<Program> programs = new ArrayList<>();
        for (int seed = 1; seed <= 4; seed++) {
            programs.add(Program.start(
                    SharingProgram.class, keyFile, String.valueOf(seed), String.valueOf(MILLIS), url, prefix));
        }
        for (Program program : programs) {
            try (program) {
                List<String> lines = program.remainingLines();
                assertThat(program.awaitExit()).isZero();
                assertThat(lines).singleElement().asString().startsWith("operations ");
                System.out.println("shared store: " + lines.get(0));
            }
        }
        try (SecretManager manager = SecretManager.builder()
                .keyring(FileKeyringSource.at(Path.of(keyFile)))
                .store(JdbcSecretStore.of(Database.POSTGRES.in(directory), prefix))
                .build()) {
            assertThat(manager.rekey().failed()).isZero();
            List<KeyInfo> keys = manager.listKeys();
            assertThat(keys.get(0).secrets())
                    .isPositive()
                    .isEqualTo(manager.listSecrets().size());
        }
    }
}
