// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.SecretStoreContract;

/** The whole contract on embedded H2, through a pool and beside it, in a file of H2's own file system in memory. */
class H2StoreTest extends SecretStoreContract {

    private final DataSource database = Database.at("jdbc:h2:nioMemFS:" + Database.newPrefix());
    private HikariDataSource pool;

    @Override
    protected SecretStore newStore() {
        pool = Database.pool(database, 4);
        return JdbcSecretStore.of(pool);
    }

    @Override
    protected SecretStore secondConnection(SecretStore first) {
        return JdbcSecretStore.of(database);
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
