// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.codomyrmex.secrets.store.StoreException;

/**
 * H2, embedded or as a server. Its writers go one at a time, by a lock on the row of the schema: neither a foreign key nor
 * SERIALIZABLE keeps a key from being forbidden beside an insert, and a name that is not there yet has no row to lock.
 */
final class H2Dialect extends Dialect {

    /** A VARCHAR has 1,048,576 characters at the most, also as a parameter. */
    private static final int LONGEST_STRING = 100_000;

    private static final int LOCK_TIMEOUT = 50_200;
    private static final int DEADLOCK = 40_001;
    private static final int CONCURRENT_UPDATE = 90_131;
    private static final int LOB_GONE = 90_039;
    private static final int READ_ONLY = 90_097;
    private static final int ADMIN_REQUIRED = 90_040;

    @Override
    List<String> tables(String prefix) {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "schema (only_row INTEGER PRIMARY KEY, version INTEGER NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "keys (key_id VARCHAR_CASESENSITIVE(64) PRIMARY KEY, forbidden INTEGER NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "secrets (position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                        + " id VARCHAR_CASESENSITIVE(64) NOT NULL UNIQUE,"
                        + " name VARCHAR_CASESENSITIVE(2048) NOT NULL, created_at_micros BIGINT NOT NULL,"
                        + " metadata CHARACTER LARGE OBJECT NOT NULL, key_id VARCHAR_CASESENSITIVE(64) NOT NULL,"
                        + " token CHARACTER LARGE OBJECT NOT NULL, seal VARCHAR_CASESENSITIVE(64))",
                "CREATE INDEX IF NOT EXISTS " + prefix + "secrets_name ON " + prefix + "secrets (name, position)",
                "CREATE INDEX IF NOT EXISTS " + prefix + "secrets_key_id ON " + prefix + "secrets (key_id)",
                "CREATE TABLE IF NOT EXISTS " + prefix
                        + "rotations (position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                        + " name VARCHAR_CASESENSITIVE(2048) NOT NULL, new_id VARCHAR_CASESENSITIVE(64) NOT NULL,"
                        + " previous_id VARCHAR_CASESENSITIVE(64), rotated_at_micros BIGINT NOT NULL)",
                "CREATE INDEX IF NOT EXISTS " + prefix + "rotations_name ON " + prefix + "rotations (name, position)");
    }

    @Override
    String tableQuery() {
        return "SELECT 1 FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = CURRENT_SCHEMA AND LOWER(TABLE_NAME) = ?";
    }

    @Override
    void requireExactText(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet loose = statement.executeQuery("SELECT 1 WHERE CAST('a' AS VARCHAR_CASESENSITIVE) = 'A'"
                        + " OR CAST(U&'\\00E9' AS VARCHAR_CASESENSITIVE) = U&'e\\0301'")) {
            if (loose.next()) {
                throw new StoreException("This H2 database compares text by a collation that takes different names for"
                        + " the same. Keep the secrets in a database without SET COLLATION.");
            }
        }
    }

    /** H2 ends a transaction at each change of the schema, so no lock spans them; IF NOT EXISTS looks before it leaps. */
    @Override
    boolean isMadeElsewhere(SQLException failure) {
        return switch (failure.getErrorCode()) {
            case 23_505, 42_101, 42_111, 50_000 -> true;
            default -> false;
        };
    }

    @Override
    void lockStore(Connection connection, Queries queries) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(queries.lockSchema)) {
            row.next();
        }
    }

    @Override
    String addKey(String table) {
        return "INSERT INTO " + table + " (key_id, forbidden) VALUES (?, 0)";
    }

    @Override
    void bindText(PreparedStatement statement, int parameter, String text) throws SQLException {
        if (text.length() <= LONGEST_STRING) {
            statement.setString(parameter, text);
        } else {
            statement.setCharacterStream(parameter, new StringReader(text), text.length());
        }
    }

    /**
     * H2 keeps commits in memory for half a second, which a killed process takes with it. A key that is destroyed meanwhile
     * would be missed by what is then found on the disk.
     */
    @Override
    void settle(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
        } catch (SQLException failure) {
            if (failure.getErrorCode() != ADMIN_REQUIRED || !writesAtOnce(connection)) {
                throw failure;
            }
        }
    }

    private static boolean writesAtOnce(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet delay = statement.executeQuery("SELECT 1 FROM INFORMATION_SCHEMA.SETTINGS"
                        + " WHERE SETTING_NAME = 'WRITE_DELAY' AND SETTING_VALUE = '0'")) {
            return delay.next();
        }
    }

    @Override
    boolean isBusy(SQLException failure) {
        return switch (failure.getErrorCode()) {
            case LOCK_TIMEOUT, DEADLOCK, CONCURRENT_UPDATE, LOB_GONE -> true;
            default -> false;
        };
    }

    @Override
    Trouble troubleOf(SQLException failure) {
        if (isBusy(failure)) {
            return Trouble.BUSY;
        }
        return switch (failure.getErrorCode()) {
            case READ_ONLY -> Trouble.READ_ONLY;
            case 90_020, 90_067, 90_098, 90_121, 90_146, 28_000 -> Trouble.UNREACHABLE;
            case 42_102, 42_103, 42_104 -> Trouble.NO_TABLES;
            case 90_096, ADMIN_REQUIRED -> Trouble.NOT_PERMITTED;
            case 90_030 -> Trouble.DAMAGED;
            case 90_028, 90_031 -> Trouble.UNWRITABLE;
            case 23_505 -> Trouble.DUPLICATE;
            default -> hasState(failure, "08", "HY") ? Trouble.UNREACHABLE : Trouble.OTHER;
        };
    }
}
