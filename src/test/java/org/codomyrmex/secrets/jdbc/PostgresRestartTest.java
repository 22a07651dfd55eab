// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codomyrmex.secrets.Canary.canary;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.store.StoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL is stopped and started again in the middle of a running application. */
@Timeout(120)
class PostgresRestartTest {

    @TempDir
    Path directory;

    private EmbeddedPostgres start(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false)
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAndTheStoreGoesOn() throws Exception {
        int port = freePort();
        EmbeddedPostgres server = start(port);
        HikariConfig config = Database.poolOf(Database.at(server.getJdbcUrl("postgres", "postgres")), 4);
        config.setConnectionTimeout(1_000);
        try (HikariDataSource pool = new HikariDataSource(config);
                SecretManager manager = SecretManager.builder()
                        .keyring(new InMemoryKeyringSource())
                        .store(JdbcSecretStore.of(pool))
                        .build()) {
            Map<String, String> stored = new LinkedHashMap<>();
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger failures = new AtomicInteger();
            Thread writer = new Thread(() -> store(manager, stored, over, failures));
            writer.start();
            Thread.sleep(500);
            server.close();
            assertThatThrownBy(manager::listKeys)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContainingAll("cannot be reached", "Start the database");
            server = start(port);
            Thread.sleep(1_500);
            over.set(true);
            writer.join();

            assertThat(failures).hasPositiveValue();
            assertThat(stored).hasSizeGreaterThan(50);
            stored.forEach((id, value) -> assertThat(manager.getSecret(id)).contains(value));
            manager.rotateKey();
            assertThat(manager.rekey().failed()).isZero();
            assertThat(manager.listKeys().get(0).secrets()).isGreaterThanOrEqualTo(stored.size());
            assertThat(manager.listKeys().get(1).secrets()).isZero();
        } finally {
            server.close();
        }
    }

    /** Only what was acknowledged is expected to be there; what failed may be there too. */
    private static void store(
            SecretManager manager, Map<String, String> stored, AtomicBoolean over, AtomicInteger failures) {
        while (!over.get()) {
            String value = canary(stored.size());
            try {
                stored.put(manager.storeSecret("name", value), value);
            } catch (StoreException failed) {
                failures.incrementAndGet();
            }
        }
    }
}
