// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The row of each key that was ever in use or forbidden. Whoever stores something under a key locks its row first, and so
 * does whoever forbids it: of the two, the second sees what the first did.
 */
final class KeyRows {

    private final Queries queries;

    KeyRows(Queries queries) {
        this.queries = queries;
    }

    /** Locks a key's row for a writer, making it where it is missing; whether the key may be used. */
    boolean allows(Connection connection, String keyId) throws SQLException {
        return locked(connection, queries.keyShared, keyId) == 0;
    }

    /** Forbids a key that nothing is under; whether it is forbidden now. */
    boolean forbid(Connection connection, String keyId) throws SQLException {
        boolean forbidden = locked(connection, queries.keyAlone, keyId) != 0;
        if (isInUse(connection, keyId)) {
            return false;
        }
        if (!forbidden) {
            try (PreparedStatement update = connection.prepareStatement(queries.forbid)) {
                update.setString(1, keyId);
                update.executeUpdate();
            }
        }
        return true;
    }

    private int locked(Connection connection, String query, String keyId) throws SQLException {
        OptionalInt present = select(connection, query, keyId);
        if (present.isPresent()) {
            return present.getAsInt();
        }
        try (PreparedStatement add = connection.prepareStatement(queries.addKey)) {
            add.setString(1, keyId);
            add.executeUpdate();
        }
        return select(connection, query, keyId).orElseThrow(() -> new SQLException("a key's row vanished", "40001"));
    }

    private static OptionalInt select(Connection connection, String query, String keyId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setString(1, keyId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
            }
        }
    }

    private boolean isInUse(Connection connection, String keyId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.firstUnderKey)) {
            select.setString(1, keyId);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    Map<String, Long> counts(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.counts);
                ResultSet row = select.executeQuery()) {
            Map<String, Long> counts = new HashMap<>();
            while (row.next()) {
                counts.merge(String.valueOf(row.getString(1)), row.getLong(2), Long::sum);
            }
            return Map.copyOf(counts);
        }
    }
}
