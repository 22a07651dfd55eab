// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.SecretStoreContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The whole contract on SQLite as it comes: with a rollback journal, where readers and the writer lock each other out. */
@Tag("slow")
class SqliteDefaultsStoreTest extends SecretStoreContract {

    @TempDir
    Path directory;

    @Override
    protected SecretStore newStore() {
        return JdbcSecretStore.of(database());
    }

    @Override
    protected SecretStore secondConnection(SecretStore first) {
        return JdbcSecretStore.of(database());
    }

    private DataSource database() {
        SQLiteDataSource dataSource = new SQLiteDataSource();
        dataSource.setUrl("jdbc:sqlite:" + directory.resolve("secrets.sqlite").toAbsolutePath());
        return dataSource;
    }

    @Override
    public int many() {
        return 600;
    }
}
