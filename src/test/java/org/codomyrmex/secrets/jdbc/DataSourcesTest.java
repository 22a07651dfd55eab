// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data sources as applications have them: with and without auto-commit, strictly isolated, and pools of one connection. */
@Timeout(60)
class DataSourcesTest {

    @TempDir
    Path directory;

    private final String prefix = Database.newPrefix();

    private static StoredSecret secret(int number, String keyId) {
        return new StoredSecret(
                String.format(Locale.ROOT, "%032x", number), "name", Instant.EPOCH, Map.of(), keyId, "token" + number);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionGoesBackAsItCameWithNothingLeftOpen(Database kind) throws SQLException {
        for (boolean commitsItself : new boolean[] {true, false}) {
            HikariConfig config = Database.poolOf(kind.in(directory), 1);
            config.setAutoCommit(commitsItself);
            try (HikariDataSource pool = new HikariDataSource(config)) {
                List<Boolean> states = new ArrayList<>();
                Wrapped watched = new Wrapped(pool, connection -> states.add(connection.getAutoCommit()));
                String own = prefix + commitsItself + "_";
                JdbcSecretStore store = JdbcSecretStore.of(watched, own);
                useAll(store);
                assertThat(states).hasSizeGreaterThan(10).containsOnly(commitsItself);
                // A second reader, without this pool, sees all of it: nothing waits to be committed.
                JdbcSecretStore beside = JdbcSecretStore.of(kind.in(directory), own);
                assertThat(beside.findByName("name")).contains(secret(3, "b"));
                assertThat(beside.insert(secret(9, "b"))).isEqualTo(WriteOutcome.DONE);
            }
        }
    }

    private static void useAll(JdbcSecretStore store) {
        StoredSecret first = secret(1, "a");
        assertThat(store.insert(first)).isEqualTo(WriteOutcome.DONE);
        assertThat(store.swap(first, first.withToken("b", "other"))).isEqualTo(WriteOutcome.DONE);
        assertThat(store.swap(first, first.withToken("b", "late"))).isEqualTo(WriteOutcome.CHANGED);
        assertThat(store.forbid("a")).isTrue();
        assertThat(store.insert(secret(2, "a"))).isEqualTo(WriteOutcome.KEY_FORBIDDEN);
        assertThat(store.replaceNamed(Optional.of(first.id()), secret(3, "b"))).isEqualTo(WriteOutcome.DONE);
        assertThat(store.rotations("name")).hasSize(1);
        assertThat(store.delete(first.id())).isFalse();
    }

    /** The driver hands out what its user set; at such a level a lock that was waited for shows what was before it. */
    @ParameterizedTest
    @EnumSource
    void aStricterIsolationIsPutAsideAndGivenBack(Database kind) throws Exception {
        int strict = kind == Database.H2 ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_SERIALIZABLE;
        HikariConfig config = Database.poolOf(kind.in(directory), 4);
        config.setTransactionIsolation(String.valueOf(strict));
        try (HikariDataSource pool = new HikariDataSource(config)) {
            JdbcSecretStore store = JdbcSecretStore.of(pool, prefix);
            for (int round = 0; round < 20; round++) {
                String keyId = "key" + round;
                StoredSecret secret = secret(100 + round, keyId);
                List<Object> results = together(() -> store.forbid(keyId), () -> store.insert(secret));
                assertThat(results).isIn(List.of(true, WriteOutcome.KEY_FORBIDDEN), List.of(false, WriteOutcome.DONE));
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getTransactionIsolation()).isEqualTo(strict);
            }
        }
    }

    private static List<Object> together(Callable<Object> one, Callable<Object> two) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Object> first = threads.submit(one);
            Object second = two.call();
            return List.of(first.get(), second);
        } finally {
            threads.shutdownNow();
        }
    }

    /** A store that took a second connection while it held one would wait for itself here. */
    @ParameterizedTest
    @EnumSource
    void aManagerWorksWithAPoolOfOneConnection(Database kind) {
        HikariConfig config = Database.poolOf(kind.in(directory), 1);
        config.setConnectionTimeout(20_000);
        try (HikariDataSource pool = new HikariDataSource(config);
                SecretManager manager = SecretManager.builder()
                        .keyring(new InMemoryKeyringSource())
                        .store(JdbcSecretStore.of(pool, prefix))
                        .build()) {
            for (int i = 0; i < 600; i++) {
                manager.storeSecret("name" + i, canary(i));
            }
            manager.rotateKey();
            manager.forEachSecret(
                    secret -> assertThat(manager.describeSecret(secret.id())).isPresent());
            assertThat(manager.rekey().failed()).isZero();
            assertThat(manager.listKeys().get(0).secrets()).isEqualTo(600);
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptIsPutOffUntilTheCallIsOver(Database kind) {
        JdbcSecretStore store = JdbcSecretStore.of(kind.in(directory), prefix);
        Thread.currentThread().interrupt();
        assertThat(store.insert(secret(1, "a"))).isEqualTo(WriteOutcome.DONE);
        assertThat(store.findByName("name")).isPresent();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.insert(secret(2, "a"))).isEqualTo(WriteOutcome.DONE);
    }
}
