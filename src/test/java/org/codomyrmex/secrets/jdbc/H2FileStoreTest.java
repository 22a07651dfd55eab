// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.SecretStoreContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The whole contract on an embedded H2 file, where each write waits for the disk. */
@Tag("slow")
class H2FileStoreTest extends SecretStoreContract {

    @TempDir
    Path directory;

    private HikariDataSource pool;

    @Override
    protected SecretStore newStore() {
        pool = Database.pool(Database.H2.in(directory), 4);
        return JdbcSecretStore.of(pool);
    }

    @Override
    protected SecretStore secondConnection(SecretStore first) {
        return JdbcSecretStore.of(Database.H2.in(directory));
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
