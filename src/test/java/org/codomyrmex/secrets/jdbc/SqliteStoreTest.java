// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.SecretStoreContract;
import org.junit.jupiter.api.io.TempDir;

/** The whole contract on a SQLite file, through a pool and beside it. */
class SqliteStoreTest extends SecretStoreContract {

    @TempDir
    Path directory;

    private HikariDataSource pool;

    @Override
    protected SecretStore newStore() {
        pool = Database.pool(Database.SQLITE.in(directory), 4);
        return JdbcSecretStore.of(pool);
    }

    @Override
    protected SecretStore secondConnection(SecretStore first) {
        return JdbcSecretStore.of(Database.SQLITE.in(directory));
    }

    @Override
    protected void closeStore() {
        pool.close();
    }

    @Override
    public int many() {
        return 600;
    }
}
