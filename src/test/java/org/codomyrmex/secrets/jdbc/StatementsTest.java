// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How often each operation speaks to the database: what its speed depends on, and the same on every machine. */
class StatementsTest {

    /** The locks, the statement and its end; H2 also waits for the disk. */
    private static final Map<Database, Integer> TO_STORE =
            Map.of(Database.POSTGRES, 1, Database.SQLITE, 4, Database.H2, 5);

    private final ConcurrentLinkedQueue<String> messages = new ConcurrentLinkedQueue<>();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void aSecretIsReadByOneStatementAndStoredByFew(Database database) {
        try (HikariDataSource pool = Database.pool(database.in(directory), 1);
                SecretManager manager = manager(pool, Database.newPrefix(), Keyring.of(FernetKey.generate()))) {
            manager.storeSecret("the first under its key", "value");
            messages.clear();

            String id = manager.storeSecret("name", "value");
            assertThat(messages).hasSize(TO_STORE.get(database));

            messages.clear();
            assertThat(manager.getSecret(id)).contains("value");
            assertThat(messages).containsExactly("executeQuery");

            messages.clear();
            assertThat(manager.getSecretByName("name")).contains("value");
            assertThat(messages).containsExactly("executeQuery");
        }
    }

    @ParameterizedTest
    @EnumSource
    void manySecretsAreReencryptedByFewStatements(Database database) {
        String prefix = Database.newPrefix();
        FernetKey former = FernetKey.generate();
        int secrets = 400;
        try (HikariDataSource pool = Database.pool(database.in(directory), 3);
                SecretManager writer = manager(pool, prefix, Keyring.of(former));
                SecretManager manager = manager(pool, prefix, Keyring.of(FernetKey.generate(), former))) {
            for (int i = 0; i < secrets; i++) {
                writer.storeSecret("name " + i, "value " + i);
            }
            messages.clear();
            assertThat(manager.rekey().reencrypted()).isEqualTo(secrets);
            // What is in this process has nothing to gain from a batch, and does not end one at its first failure.
            if (database != Database.POSTGRES) {
                assertThat(messages).doesNotContain("executeBatch");
                messages.removeIf("executeUpdate"::equals);
            }
            assertThat(messages).hasSizeLessThan(secrets / 10);
            assertThat(manager.getSecretByName("name 399")).contains("value 399");
        }
    }

    /** A statement that commits by itself has taken place although what wraps the driver fails afterwards. */
    @Test
    void whatFailsAfterAStatementThatCommitsByItselfIsUncertain() {
        String prefix = Database.newPrefix();
        DataSource database = Database.POSTGRES.in(directory);
        JdbcSecretStore store = JdbcSecretStore.of(database, prefix);
        store.insert(secret("1"));
        JdbcSecretStore traced = JdbcSecretStore.of(
                Watched.by(
                        message -> {
                            if (message.equals("executeUpdate")) {
                                throw new IllegalStateException("canary");
                            }
                        },
                        database),
                prefix);

        assertThatThrownBy(() -> traced.insert(secret("2")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("not known whether")
                .hasStackTraceContaining("IllegalStateException")
                .satisfies(failure -> assertThat(failure).hasRootCauseMessage("java.lang.IllegalStateException"));
        assertThat(store.findById("2")).contains(secret("2"));
    }

    private static StoredSecret secret(String id) {
        return new StoredSecret(id, "name", Instant.EPOCH, Map.of(), "key", "token");
    }

    private SecretManager manager(DataSource pool, String prefix, Keyring ring) {
        return SecretManager.builder()
                .keyring(KeyringSource.of(ring))
                .store(JdbcSecretStore.of(Watched.by(messages::add, pool), prefix))
                .build();
    }
}
