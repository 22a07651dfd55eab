// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How often each operation speaks to the database: what its speed depends on, and the same on every machine. */
class StatementsTest {

    private static final Set<String> MESSAGES =
            Set.of("execute", "executeQuery", "executeUpdate", "executeBatch", "commit", "rollback");

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
            assertThat(messages).hasSizeLessThan(secrets / 10);
            assertThat(manager.getSecretByName("name 399")).contains("value 399");
        }
    }

    private SecretManager manager(DataSource pool, String prefix, Keyring ring) {
        return SecretManager.builder()
                .keyring(KeyringSource.of(ring))
                .store(JdbcSecretStore.of(counted(pool), prefix))
                .build();
    }

    private DataSource counted(DataSource dataSource) {
        return counted(DataSource.class, dataSource);
    }

    /** Hands everything on, and notes what sends a message to the database. */
    private <T> T counted(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (MESSAGES.contains(method.getName())) {
                        messages.add(method.getName());
                    }
                    return counted(method, call(method, real, arguments));
                }));
    }

    private Object counted(Method method, Object result) {
        return List.of(Connection.class, PreparedStatement.class, Statement.class)
                        .contains(method.getReturnType())
                ? counted(method.getReturnType(), result)
                : result;
    }

    private static Object call(Method method, Object real, Object... arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
