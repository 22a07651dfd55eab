// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A closed manager lets what runs finish, refuses what comes, and drops its keys when the last operation has ended. */
@Timeout(30)
class CloseTest {

    /** Every public method but {@code close} and {@code toString}. */
    static final List<Consumer<SecretManager>> CALLS = List.of(
            manager -> manager.storeSecret("name", canary()),
            manager -> manager.storeSecret("name", canary(), Map.of()),
            manager -> manager.storeSecret("name", new byte[1], Map.of()),
            manager -> manager.getSecret("id"),
            manager -> manager.getSecretByName("name"),
            manager -> manager.getSecretBytes("id"),
            manager -> manager.useSecret("id", String::new),
            manager -> manager.describeSecret("id"),
            manager -> manager.listSecrets(),
            manager -> manager.forEachSecret(secret -> {}),
            manager -> manager.deleteSecret("id"),
            manager -> manager.rotateSecret("name", canary()),
            manager -> manager.rotateSecret("name", new byte[1]),
            manager -> manager.rotationHistory(),
            manager -> manager.rotationHistory("name"),
            manager -> manager.checkSecretAge("name", Duration.ZERO),
            manager -> manager.rotateKey(),
            manager -> manager.rekey(),
            manager -> manager.rekey((done, failed, total) -> {}),
            manager -> manager.listKeys(),
            manager -> manager.destroyKey("id"),
            manager -> manager.encrypt(canary()),
            manager -> manager.encrypt(new byte[1]),
            manager -> manager.decrypt("token"),
            manager -> manager.decrypt("token", Duration.ZERO),
            manager -> manager.decryptBytes("token"),
            manager -> manager.reencrypt("token"),
            manager -> manager.keyIdOf("token"),
            manager -> manager.keyFile(),
            manager -> Secrets.manageSecrets(manager, "list", Map.of()),
            manager -> Secrets.encryptConfiguration(manager, Map.of("a", canary()), List.of("a")),
            manager -> Secrets.decryptConfiguration(manager, Map.of()));

    /** A store in which reading by id waits for the test. */
    private static final class Waiting extends ForwardingStore {

        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public Optional<StoredSecret> findById(String id) {
            entered.countDown();
            try {
                assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            return super.findById(id);
        }
    }

    private final Waiting store = new Waiting();
    private final FernetKey callers = FernetKey.generate();
    private final SecretManager manager = SecretManager.builder()
            .keyring(KeyringSource.of(Keyring.of(callers)))
            .store(store)
            .build();

    private List<FernetKey> keysHeld() {
        return List.of(manager.keys.forReading().primary());
    }

    @ParameterizedTest
    @FieldSource("CALLS")
    void refusesEveryLaterCall(Consumer<SecretManager> call) {
        SecretManager closed = SecretManager.inMemory();
        closed.close();
        assertThat(refusal(IllegalStateException.class, () -> call.accept(closed)))
                .hasMessageContainingAll("SecretManager is closed", "open another");
    }

    @Test
    void stillSaysWhatItIs(@TempDir Path directory) {
        SecretManager closed = new SecretManager(directory.resolve("secrets.key"));
        closed.close();
        assertThat(closed).hasToString("SecretManager[" + directory.resolve("secrets.key") + "]");
    }

    @Test
    void mayBeClosedTwiceAndByTwoThreads() {
        manager.close();
        assertThatCode(manager::close).doesNotThrowAnyException();
        CompletableFuture.runAsync(manager::close)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        refusal(IllegalStateException.class, manager::listKeys);
    }

    @Test
    void dropsItsKeysAndLeavesTheCallersRingAndStore() {
        String id = manager.storeSecret("name", canary());
        List<FernetKey> held = keysHeld();
        manager.close();
        assertThat(held).isNotEmpty().allMatch(FernetKey::isDestroyed);
        assertThat(callers.isDestroyed()).isFalse();

        store.released.countDown();
        try (SecretManager again = SecretManager.builder()
                .keyring(KeyringSource.of(Keyring.of(callers)))
                .store(store)
                .build()) {
            assertThat(again.getSecret(id)).contains(canary());
        }
    }

    @Test
    void letsARunningOperationFinishAndDropsTheKeysOnlyThen() throws Exception {
        String id = manager.storeSecret("name", canary());
        List<FernetKey> held = keysHeld();
        CompletableFuture<Optional<String>> running = CompletableFuture.supplyAsync(() -> manager.getSecret(id));
        assertThat(store.entered.await(20, TimeUnit.SECONDS)).isTrue();

        manager.close();
        refusal(IllegalStateException.class, () -> manager.getSecretByName("name"));
        manager.close();
        assertThat(running).isNotDone();
        assertThat(held).noneMatch(FernetKey::isDestroyed);

        store.released.countDown();
        assertThat(running.get(20, TimeUnit.SECONDS)).contains(canary());
        assertThat(held).allMatch(FernetKey::isDestroyed);
    }

    @Test
    void mayBeClosedByAnActionOfItsOwn() {
        manager.storeSecret("name", canary());
        List<FernetKey> held = keysHeld();
        manager.forEachSecret(secret -> {
            manager.close();
            assertThat(held).noneMatch(FernetKey::isDestroyed);
        });
        assertThat(held).allMatch(FernetKey::isDestroyed);
    }

    @Test
    void dropsItsKeysAlsoWhereTheLastOperationFails() {
        manager.storeSecret("name", canary());
        List<FernetKey> held = keysHeld();
        refusal(
                UnsupportedOperationException.class,
                () -> manager.forEachSecret(secret -> {
                    manager.close();
                    throw new UnsupportedOperationException("the caller's own");
                }));
        assertThat(held).allMatch(FernetKey::isDestroyed);
    }

    @Test
    void leavesTheKeyFileForTheNextManager(@TempDir Path directory) {
        Path keyFile = directory.resolve("secrets.key");
        String token;
        try (SecretManager first = new SecretManager(keyFile)) {
            token = first.encrypt(canary());
        }
        try (SecretManager second = new SecretManager(keyFile)) {
            assertThat(second.decrypt(token)).isEqualTo(canary());
        }
    }
}
