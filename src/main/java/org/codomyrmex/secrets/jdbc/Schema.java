// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.codomyrmex.secrets.store.StoreException;

/**
 * Makes the tables and knows their version. Several processes may do so at once: all that is done here does nothing where
 * it was done before, and the version is written last, so that what was interrupted is done again. Where all is as it
 * should be, nothing is written.
 */
final class Schema {

    /** Raised by one for each change of the tables, with a step below that makes it. */
    static final int VERSION = 1;

    private final String prefix;
    private final Dialect dialect;
    private final Queries queries;

    Schema(String prefix, Dialect dialect, Queries queries) {
        this.prefix = prefix;
        this.dialect = dialect;
        this.queries = queries;
    }

    void prepare(Transactions transactions) {
        if (transactions.read(this::version) < VERSION) {
            transactions.write(connection -> {
                dialect.requireExactText(connection);
                dialect.lockSchema(connection, prefix);
                upgradeOrYield(connection);
                return VERSION;
            });
        }
        if (transactions.read(this::version) < VERSION) {
            throw new StoreException("The tables that were just made are not there in the next connection: each"
                    + " connection opens a database of its own. Name a file in the URL or, for H2 in memory, add"
                    + " DB_CLOSE_DELAY=-1.");
        }
    }

    /** Where another process was quicker this one begins anew, as after a deadlock, whose state and code this has. */
    private void upgradeOrYield(Connection connection) throws SQLException {
        try {
            upgrade(connection, version(connection));
        } catch (SQLException failure) {
            throw dialect.isMadeElsewhere(failure)
                    ? new SQLException("others make the tables too", "40001", 40_001, failure)
                    : failure;
        }
    }

    private void upgrade(Connection connection, int found) throws SQLException {
        if (found < 1) {
            try (Statement statement = connection.createStatement()) {
                for (String table : dialect.tables(prefix)) {
                    statement.execute(table);
                }
            }
            record(connection);
        }
    }

    private void record(Connection connection) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(queries.setVersion)) {
            set.setInt(1, VERSION);
            if (set.executeUpdate() > 0) {
                return;
            }
        }
        try (PreparedStatement add = connection.prepareStatement(queries.addVersion)) {
            add.setInt(1, VERSION);
            add.executeUpdate();
        }
    }

    /** The version of the tables; 0: they are not there, or not finished. */
    private int version(Connection connection) throws SQLException {
        if (!exists(connection)) {
            return 0;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(queries.version)) {
            int version = row.next() ? row.getInt(1) : 0;
            if (version > VERSION) {
                throw new StoreException(String.format(
                        Locale.ROOT,
                        "The tables %s* are of version %d, made by a newer release of this library, which knows versions"
                                + " up to %d. Nothing was changed; use that release, or another table prefix.",
                        prefix,
                        version,
                        VERSION));
            }
            return version;
        }
    }

    private boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(dialect.tableQuery())) {
            query.setString(1, prefix + "schema");
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }
}
