// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.SecretStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The whole contract on a PostgreSQL server, through two pools. */
class PostgresStoreTest extends SecretStoreContract {

    private static HikariDataSource one;
    private static HikariDataSource two;

    private String prefix;

    @BeforeAll
    static void openPools() {
        one = Database.pool(Database.POSTGRES.in(Path.of("")), 4);
        two = Database.pool(Database.POSTGRES.in(Path.of("")), 4);
    }

    @AfterAll
    static void closePools() {
        one.close();
        two.close();
    }

    @Override
    protected SecretStore newStore() {
        prefix = Database.newPrefix();
        return JdbcSecretStore.of(one, prefix);
    }

    @Override
    protected SecretStore secondConnection(SecretStore first) {
        return JdbcSecretStore.of(two, prefix);
    }

    @Override
    public int many() {
        return 600;
    }
}
