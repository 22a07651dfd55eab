// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * SQLite, which has one writer at a time. A transaction that reads before it writes must be begun as a writer's: else two
 * of them each hold what the other waits for. The driver begins none so, unless it is told to in words.
 */
final class SqliteDialect extends Dialect {

    @Override
    List<String> tables(String prefix) {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "schema (only_row INTEGER PRIMARY KEY, version INTEGER NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "keys (key_id TEXT NOT NULL PRIMARY KEY, forbidden INTEGER NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "secrets (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
                        + " name TEXT NOT NULL, created_at_micros INTEGER NOT NULL, metadata TEXT NOT NULL,"
                        + " key_id TEXT NOT NULL, token TEXT NOT NULL, seal TEXT)",
                "CREATE INDEX IF NOT EXISTS " + prefix + "secrets_name ON " + prefix + "secrets (name, position)",
                "CREATE INDEX IF NOT EXISTS " + prefix + "secrets_key_id ON " + prefix + "secrets (key_id)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "rotations (position INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
                        + " new_id TEXT NOT NULL, previous_id TEXT, rotated_at_micros INTEGER NOT NULL)",
                "CREATE INDEX IF NOT EXISTS " + prefix + "rotations_name ON " + prefix + "rotations (name, position)");
    }

    @Override
    String tableQuery() {
        return "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?";
    }

    @Override
    String lock() {
        return "";
    }

    @Override
    String addKey(String table) {
        return "INSERT INTO " + table + " (key_id, forbidden) VALUES (?, 0)";
    }

    @Override
    boolean readsCommitted() {
        return false;
    }

    @Override
    void begin(Connection connection) throws SQLException {
        execute(connection, "BEGIN IMMEDIATE");
    }

    @Override
    void commit(Connection connection) throws SQLException {
        execute(connection, "COMMIT");
    }

    @Override
    void rollback(Connection connection) throws SQLException {
        execute(connection, "ROLLBACK");
    }

    private static void execute(Connection connection, String words) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(words);
        }
    }

    @Override
    boolean isBusy(SQLException failure) {
        int code = primaryCode(failure);
        return code == 5 || code == 6;
    }

    @Override
    Trouble troubleOf(SQLException failure) {
        return switch (primaryCode(failure)) {
            case 5, 6 -> Trouble.BUSY;
            case 8 -> Trouble.READ_ONLY;
            case 13 -> Trouble.FULL;
            case 10 -> Trouble.UNWRITABLE;
            case 14 -> Trouble.UNREACHABLE;
            case 11, 26 -> Trouble.DAMAGED;
            case 19 -> Trouble.DUPLICATE;
            case 3, 23 -> Trouble.NOT_PERMITTED;
            case 1 -> isOfATable(failure) ? Trouble.NO_TABLES : Trouble.OTHER;
            default -> Trouble.OTHER;
        };
    }

    /** SQLite has no code of its own for this one. */
    private static boolean isOfATable(SQLException failure) {
        return failure.getMessage() != null && failure.getMessage().contains("no such table");
    }

    /** SQLite's extended codes keep the primary one in their last byte. */
    private static int primaryCode(SQLException failure) {
        return failure.getErrorCode() & 0xFF;
    }
}
