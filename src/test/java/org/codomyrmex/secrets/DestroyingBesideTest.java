// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.processes.SteadyUse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key is being destroyed, and the store does not answer. */
@Timeout(60)
class DestroyingBesideTest {

    private static final Duration PROMPT = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    /** A database that has stopped answering. */
    private static final class Hanging extends ForwardingStore {

        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch answering = new CountDownLatch(1);

        @Override
        public boolean forbid(String keyId) {
            asked.countDown();
            try {
                answering.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException("interrupted", interrupted);
            }
            return super.forbid(keyId);
        }
    }

    @Test
    void aStoreThatHangsHoldsUpNothingThatNeedsNoStore() throws Exception {
        Path keyFile = directory.resolve("secrets.key");
        Hanging store = new Hanging();
        try (SecretManager manager = SecretManager.builder()
                        .keyring(FileKeyringSource.at(keyFile))
                        .store(store)
                        .build();
                SecretManager beside = new SecretManager(keyFile)) {
            String old = manager.listKeys().get(0).id();
            manager.rotateKey();
            // Before the store is asked: a first call that hangs would never end.
            try (SteadyUse own = SteadyUse.of(manager);
                    SteadyUse another = SteadyUse.of(beside)) {
                CompletableFuture<Boolean> destroyed = CompletableFuture.supplyAsync(() -> manager.destroyKey(old));
                try {
                    assertThat(store.asked.await(10, TimeUnit.SECONDS))
                            .as("the store is asked")
                            .isTrue();
                    own.requirePrompt(Duration.ofMillis(2_500), PROMPT);
                    another.requirePrompt(PROMPT);
                    new SecretManager(keyFile).close();
                    assertThat(destroyed).isNotDone();
                } finally {
                    store.answering.countDown();
                }
                assertThat(destroyed.get(10, TimeUnit.SECONDS)).isTrue();
                own.requirePrompt(PROMPT);
                another.requirePrompt(PROMPT);
            }
            assertThat(manager.listKeys()).extracting(KeyInfo::id).doesNotContain(old);
        }
    }
}
