// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;

/** What one database does in its own way: its types, its locks, its transactions and its errors. Stateless. */
abstract sealed class Dialect permits H2Dialect, PostgresDialect, SqliteDialect {

    /** The dialect of a database product, by the name that its driver reports. */
    static Dialect of(String product) {
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "h2" -> new H2Dialect();
            case "sqlite" -> new SqliteDialect();
            case "postgresql" -> new PostgresDialect();
            default ->
                throw new StoreException(
                        "The database is "
                                + (product.matches("[A-Za-z0-9 ./_-]{1,60}") ? product : "of an unknown kind")
                                + ", but secrets are kept in H2, SQLite or PostgreSQL only. Hand in a DataSource of one of them.");
        };
    }

    /** The statements that make tables and indices; each does nothing where it was done before. */
    abstract List<String> tables(String prefix);

    /** A query with one parameter, a table's name in lower case, that has a row if this table can be seen. */
    abstract String tableQuery();

    /** Refuses a database that would not keep text as it is. */
    void requireExactText(Connection connection) throws SQLException {}

    /** Lets one process at a time change the schema, in the transaction that has begun. */
    void lockSchema(Connection connection, String prefix) throws SQLException {}

    /** Whether a table or index could not be made because another process made it in the same moment. */
    boolean isMadeElsewhere(SQLException failure) {
        return false;
    }

    /** Lets one writer at a time into the store, where single rows cannot be locked well enough. */
    void lockStore(Connection connection, Queries queries) throws SQLException {}

    /** Lets one writer at a time change what is stored under a name, so that its secrets are in order. */
    void lockName(Connection connection, String prefix, String name) throws SQLException {}

    /** Whether many updates are better sent at once. Where they are, none of them may wait long for a lock. */
    boolean batches() {
        return false;
    }

    /** Has the transaction that has begun give up a lock that it does not get soon. */
    void limitWaiting(Connection connection) throws SQLException {}

    /** Whether one statement can insert a secret and take the locks that this needs; it is then one message, not four. */
    boolean insertsAtOnce() {
        return false;
    }

    /** What such a statement selects from: one row where the key is allowed, else none. */
    String fromAllowed(String keysTable) {
        return "";
    }

    /** Sets the parameters of {@link #fromAllowed} from one on. */
    void bindLocks(PreparedStatement statement, int from, String prefix, StoredSecret secret) throws SQLException {}

    /** Ends the query of a row that others may lock like this too, but not for themselves alone. */
    String sharedLock() {
        return lock();
    }

    /** Ends the query of a row that is locked for this transaction alone. */
    String lock() {
        return " FOR UPDATE";
    }

    /** Adds a key's row, or does nothing where another transaction was quicker. */
    abstract String addKey(String table);

    /** The condition that finds a name, exactly and by an index; it has {@link #bindName} parameters. */
    String nameIs() {
        return "name = ?";
    }

    /** Sets the parameters of {@link #nameIs} from one on; returns the number of the next. */
    int bindName(PreparedStatement statement, int from, String name) throws SQLException {
        statement.setString(from, name);
        return from + 1;
    }

    /** Sets a text that may have 22 million characters. */
    void bindText(PreparedStatement statement, int parameter, String text) throws SQLException {
        statement.setString(parameter, text);
    }

    /** Whether rows are read at READ COMMITTED; where not, the database has no such level and needs none. */
    boolean readsCommitted() {
        return true;
    }

    /** Begins a transaction that will write; the connection commits by itself when it is handed in. */
    void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
    }

    void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    /** Waits, after a commit, until the disk has all that was committed; most databases did that before. */
    void settle(Connection connection) throws SQLException {}

    void rollback(Connection connection) throws SQLException {
        connection.rollback();
    }

    /** Whether the same may succeed a moment later, because another transaction stood in the way. */
    abstract boolean isBusy(SQLException failure);

    /** What kind of failure it is. */
    abstract Trouble troubleOf(SQLException failure);

    static boolean hasState(SQLException failure, String... beginnings) {
        String state = failure.getSQLState();
        if (state != null) {
            for (String beginning : beginnings) {
                if (state.startsWith(beginning)) {
                    return true;
                }
            }
        }
        return false;
    }
}
