// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;

/**
 * PostgreSQL, for many writers at once. Those that store under a key share a lock on the key's row, which whoever forbids
 * the key wants alone. Those that write one name go one after the other, by an advisory lock: a sequence hands out its
 * numbers before the rows can be seen, so that without it the earliest of a name could turn out to be another later on.
 */
final class PostgresDialect extends Dialect {

    /** An entry of an index has 2,704 bytes at the most, and a name up to 4,096; so its beginning is what is indexed. */
    private static final String BEGINNING = "left(name, 512)";

    @Override
    List<String> tables(String prefix) {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "schema (only_row INTEGER PRIMARY KEY, version INTEGER NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "keys (key_id TEXT COLLATE \"C\" PRIMARY KEY, forbidden INTEGER NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "secrets (position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                        + " id TEXT COLLATE \"C\" NOT NULL UNIQUE, name TEXT COLLATE \"C\" NOT NULL,"
                        + " created_at_micros BIGINT NOT NULL, metadata TEXT NOT NULL,"
                        + " key_id TEXT COLLATE \"C\" NOT NULL, token TEXT COLLATE \"C\" NOT NULL, seal TEXT)",
                "CREATE INDEX IF NOT EXISTS " + prefix + "secrets_name ON " + prefix + "secrets (" + BEGINNING
                        + ", position)",
                "CREATE INDEX IF NOT EXISTS " + prefix + "secrets_key_id ON " + prefix + "secrets (key_id)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "rotations (position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                        + " name TEXT COLLATE \"C\" NOT NULL, new_id TEXT NOT NULL, previous_id TEXT,"
                        + " rotated_at_micros BIGINT NOT NULL)",
                "CREATE INDEX IF NOT EXISTS " + prefix + "rotations_name ON " + prefix + "rotations (" + BEGINNING
                        + ", position)");
    }

    @Override
    String tableQuery() {
        return "SELECT 1 WHERE to_regclass(?) IS NOT NULL";
    }

    @Override
    void requireExactText(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet encoding = statement.executeQuery("SHOW server_encoding")) {
            if (encoding.next() && !"UTF8".equals(encoding.getString(1))) {
                throw new StoreException("This PostgreSQL database does not keep text in UTF8, so it cannot keep every"
                        + " name. Keep the secrets in a database with ENCODING 'UTF8'.");
            }
        }
    }

    @Override
    void lockSchema(Connection connection, String prefix) throws SQLException {
        lock(connection, prefix + "schema");
    }

    @Override
    void lockName(Connection connection, String prefix, String name) throws SQLException {
        lock(connection, nameLock(prefix, name));
    }

    private static String nameLock(String prefix, String name) {
        return prefix + "name " + name;
    }

    private static void lock(Connection connection, String text) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
            statement.setLong(1, lockOf(text));
            statement.execute();
        }
    }

    /** A number that is locked until the transaction ends; two texts that share one cost each other time only. */
    private static long lockOf(String text) {
        return UUID.nameUUIDFromBytes(("org.codomyrmex.secrets " + text).getBytes(StandardCharsets.UTF_8))
                .getMostSignificantBits();
    }

    @Override
    boolean batches() {
        return true;
    }

    /** The server waits for ever by itself, and the rows that were updated before would wait as long. */
    @Override
    void limitWaiting(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '2s'");
        }
    }

    @Override
    boolean insertsAtOnce() {
        return true;
    }

    /**
     * Locks the name while it looks for the key's row, then this row. What is selected is made of rows that passed both, and
     * so is the new row's place in the order, which makes it the latest of its name. A key that is forbidden while this
     * waits for its row is looked at again, as READ COMMITTED does.
     */
    @Override
    String fromAllowed(String keysTable) {
        return " FROM (SELECT forbidden FROM " + keysTable
                + " WHERE key_id = ? AND pg_advisory_xact_lock(?) IS NOT NULL FOR SHARE) AS locked"
                + " WHERE forbidden = 0";
    }

    @Override
    void bindLocks(PreparedStatement statement, int from, String prefix, StoredSecret secret) throws SQLException {
        statement.setString(from, secret.keyId());
        statement.setLong(from + 1, lockOf(nameLock(prefix, secret.name())));
    }

    @Override
    String sharedLock() {
        return " FOR SHARE";
    }

    @Override
    String addKey(String table) {
        return "INSERT INTO " + table + " (key_id, forbidden) VALUES (?, 0) ON CONFLICT DO NOTHING";
    }

    @Override
    String nameIs() {
        return BEGINNING + " = left(?, 512) AND name = ?";
    }

    @Override
    int bindName(PreparedStatement statement, int from, String name) throws SQLException {
        statement.setString(from, name);
        statement.setString(from + 1, name);
        return from + 2;
    }

    @Override
    boolean isBusy(SQLException failure) {
        return hasState(failure, "40001", "40P01", "55P03");
    }

    @Override
    Trouble troubleOf(SQLException failure) {
        if (isBusy(failure)) {
            return Trouble.BUSY;
        }
        if (hasState(failure, "25006")) {
            return Trouble.READ_ONLY;
        }
        if (hasState(failure, "53100", "53200", "53400", "54")) {
            return Trouble.FULL;
        }
        if (hasState(failure, "42501")) {
            return Trouble.NOT_PERMITTED;
        }
        if (hasState(failure, "42P01", "3F")) {
            return Trouble.NO_TABLES;
        }
        if (hasState(failure, "23505")) {
            return Trouble.DUPLICATE;
        }
        if (hasState(failure, "XX001", "XX002")) {
            return Trouble.DAMAGED;
        }
        return hasState(failure, "08", "28", "3D", "53", "57P", "58") ? Trouble.UNREACHABLE : Trouble.OTHER;
    }
}
