// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.codomyrmex.secrets.SecretManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that rotates without a pause is killed at random moments. */
@Tag("slow")
class KilledRotationTest {

    private static final int KILLS = 100;
    private static final int KILLS_A_KEYRING = 10;
    private static final int LONGEST_LIFE_MILLIS = 250;

    @TempDir
    Path directory;

    @Test
    void losesNoTokenThatWasReturned() throws Exception {
        Random random = new Random(20_261_124);
        int tokens = 0;
        for (int keyring = 0; keyring < KILLS / KILLS_A_KEYRING; keyring++) {
            Path keyFile = directory.resolve("keyring" + keyring).resolve("secrets.key");
            List<String> returned = new ArrayList<>();
            for (int kill = 0; kill < KILLS_A_KEYRING; kill++) {
                returned.addAll(untilKilled(keyFile, random.nextInt(LONGEST_LIFE_MILLIS), kill % 5 == 0));
                assertOpen(keyFile, returned);
            }
            tokens += returned.size();
        }
        System.out.printf("kills %d, tokens returned %d, lost 0%n", KILLS, tokens);
        assertThat(tokens).isGreaterThan(KILLS);
    }

    /** Kills it so long after its first token, or, if that is to be early, so long after its start. */
    private static List<String> untilKilled(Path keyFile, int lifeMillis, boolean early) throws Exception {
        List<String> returned = new ArrayList<>();
        try (Program program = Program.start(RotatingProgram.class, keyFile.toString())) {
            if (!early) {
                returned.add(program.nextLine());
            }
            Thread.sleep(lifeMillis);
            program.kill();
            returned.addAll(program.remainingLines());
        }
        return returned;
    }

    private static void assertOpen(Path keyFile, List<String> returned) throws Exception {
        if (returned.isEmpty() && !Files.exists(keyFile.getParent())) {
            return;
        }
        try (SecretManager manager = new SecretManager(keyFile)) {
            assertThat(returned)
                    .allSatisfy(token -> assertThat(manager.decrypt(token)).isEqualTo("canary-value"));
            assertThat(manager.decrypt(manager.encrypt("canary-after"))).isEqualTo("canary-after");
            // Opening takes no lock and removes nothing; the next change does.
            manager.rotateKey();
        }
        try (var files = Files.list(keyFile.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("secrets.key", "secrets.key.ring", "secrets.key.lock");
        }
    }
}
