// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.secrets.SecretManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A manager that waits for the lock, to rotate, goes on reading and encrypting. */
@Timeout(120)
class WaitingRotationTest {

    private static final Duration PROMPT = Duration.ofSeconds(1);

    @TempDir
    Path directory;

    private void holdsUpNothingElse(Duration held) throws Exception {
        Path keyFile = directory.resolve("secrets.key");
        try (SecretManager manager = new SecretManager(keyFile);
                Program holding = Program.start(HoldingProgram.class, keyFile.toString(), "60000")) {
            assertThat(holding.nextLine()).isEqualTo("inside");
            try (SteadyUse use = SteadyUse.of(manager)) {
                CompletableFuture<String> rotation = CompletableFuture.supplyAsync(manager::rotateKey);
                use.requirePrompt(held, PROMPT);
                assertThat(rotation).as("a rotation beside a held lock").isNotDone();
                holding.kill();
                String rotated = rotation.get(3, TimeUnit.SECONDS);
                use.requirePrompt(PROMPT);
                assertThat(manager.keyIdOf(manager.encrypt("canary-after"))).contains(rotated);
                System.out.println("beside a rotation that waits for the lock: " + use);
            }
        }
    }

    @Test
    void holdsUpNoReadAndNoEncryptionOfItsOwn() throws Exception {
        holdsUpNothingElse(Duration.ofMillis(2_200));
    }

    @Test
    @Tag("slow")
    void holdsUpNoReadAndNoEncryptionHoweverLongItWaits() throws Exception {
        holdsUpNothingElse(Duration.ofSeconds(15));
    }
}
