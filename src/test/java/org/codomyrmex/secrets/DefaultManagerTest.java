// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one manager that the static functions share, and those that stand in for it. */
class DefaultManagerTest {

    private final SecretManager first = SecretManager.inMemory();
    private final SecretManager second = SecretManager.inMemory();
    private final SecretManager third = SecretManager.inMemory();

    @TempDir
    private Path directory;

    private SystemProperty keyFile;

    @BeforeEach
    void setKeyFile() {
        keyFile = SystemProperty.set("codomyrmex.secrets.keyFile", directory.resolve("secrets.key"));
    }

    @AfterEach
    void clear() {
        keyFile.close();
    }

    @Test
    void isOpenedAtFirstUseAndThenTheSameForEverybody() {
        DefaultManager shared = new DefaultManager();
        assertThat(directory).isEmptyDirectory();

        Set<SecretManager> managers = new HashSet<>();
        List<CompletableFuture<SecretManager>> calls = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(shared::get))
                .toList();
        calls.forEach(call -> managers.add(call.orTimeout(20, TimeUnit.SECONDS).join()));
        assertThat(managers).hasSize(1);
        assertThat(shared.get().keyFile()).contains(directory.resolve("secrets.key"));
    }

    @Test
    void staysUsableWithoutAWordWhenAContainerClosesIt() {
        SecretManager shared = new DefaultManager().get();
        try (CapturedLog log = new CapturedLog()) {
            shared.close();
            shared.close();
            assertThat(log.errors()).isEmpty();
            assertThat(log.warnings()).isEmpty();
        }
        assertThat(shared.getSecret(shared.storeSecret("name", canary()))).contains(canary());
    }

    @Test
    void isTriedAgainAfterAnOpeningThatFailed() throws IOException {
        DefaultManager shared = new DefaultManager();
        Path file = Files.writeString(directory.resolve("secrets.key"), "no key");
        for (int i = 0; i < 2; i++) {
            assertThat(refusal(KeyringException.class, shared::get).reason())
                    .isEqualTo(KeyringException.Reason.MALFORMED);
        }
        FernetKey key = FernetKey.generate();
        Files.writeString(file, key.reveal());
        assertThat(shared.get().listKeys()).extracting(KeyInfo::id).containsExactly(key.id());
    }

    @Test
    void isReplacedUntilTheScopeIsClosed() {
        String id = first.storeSecret("name", canary());
        try (DefaultManagerScope scope = Secrets.replaceDefaultManager(first)) {
            assertThat(scope).isNotNull();
            assertThat(Secrets.defaultManager()).isSameAs(first);
            assertThat(Secrets.manageSecrets("get", Map.of("secret_id", id))).isEqualTo(Optional.of(canary()));

            Map<String, Object> config = Map.of("password", canary(2));
            Map<String, Object> encrypted = Secrets.encryptConfiguration(config, List.of("password"));
            assertThat(first.getSecretByName("config_password")).contains(canary(2));
            assertThat(Secrets.decryptConfiguration(encrypted)).isEqualTo(config);
        }
        assertThat(first.getSecret(id)).as("it is not closed with its scope").contains(canary());
    }

    @Test
    void goesBackToTheSharedOneWhenAllScopesAreClosed() {
        DefaultManager shared = new DefaultManager();
        SecretManager opened = shared.get();
        DefaultManagerScope scope = shared.replace(first);
        assertThat(shared.get()).isSameAs(first);
        scope.close();
        assertThat(shared.get()).isSameAs(opened);
    }

    @Test
    void isNotOpenedWhileAnotherStandsInForIt() {
        DefaultManager shared = new DefaultManager();
        DefaultManagerScope scope = shared.replace(first);
        assertThat(shared.get()).isSameAs(first);
        assertThat(directory).isEmptyDirectory();
        scope.close();
        assertThat(shared.get()).isNotSameAs(first);
    }

    @Test
    void isReplacedInLayers() {
        DefaultManager shared = new DefaultManager();
        DefaultManagerScope outer = shared.replace(first);
        DefaultManagerScope middle = shared.replace(second);
        DefaultManagerScope inner = shared.replace(third);
        assertThat(shared.get()).isSameAs(third);
        inner.close();
        assertThat(shared.get()).isSameAs(second);
        middle.close();
        assertThat(shared.get()).isSameAs(first);
        outer.close();
    }

    @Test
    void keepsTheNewestReplacementWhateverTheOrderOfClosing() {
        DefaultManager shared = new DefaultManager();
        SecretManager opened = shared.get();
        DefaultManagerScope outer = shared.replace(first);
        DefaultManagerScope middle = shared.replace(second);
        DefaultManagerScope inner = shared.replace(third);

        middle.close();
        assertThat(shared.get()).isSameAs(third);
        outer.close();
        assertThat(shared.get()).isSameAs(third);
        inner.close();
        assertThat(shared.get()).isSameAs(opened);
    }

    @Test
    void isPutBackOnceHoweverOftenAScopeIsClosed() {
        DefaultManager shared = new DefaultManager();
        DefaultManagerScope outer = shared.replace(first);
        DefaultManagerScope inner = shared.replace(first);
        inner.close();
        inner.close();
        assertThat(shared.get()).isSameAs(first);
        outer.close();
        assertThat(shared.get()).isNotSameAs(first);
    }
}
