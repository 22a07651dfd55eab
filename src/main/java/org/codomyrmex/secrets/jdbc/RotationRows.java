// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.codomyrmex.secrets.store.Rotation;
import org.codomyrmex.secrets.store.StoredSecret;

/** What is remembered of rotations. All of it stays in the table; the newest are shown, for they end up in memory. */
final class RotationRows {

    /** As many as a history in memory keeps. */
    static final int MOST = 10_000;

    private final Dialect dialect;
    private final Queries queries;

    RotationRows(Dialect dialect, Queries queries) {
        this.dialect = dialect;
        this.queries = queries;
    }

    void add(Connection connection, Optional<String> previousId, StoredSecret replacement) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(queries.addRotation)) {
            insert.setString(1, replacement.name());
            insert.setString(2, replacement.id());
            if (previousId.isPresent()) {
                insert.setString(3, previousId.get());
            } else {
                insert.setNull(3, Types.VARCHAR);
            }
            insert.setLong(4, replacement.createdAtMicros());
            insert.executeUpdate();
        }
    }

    List<Rotation> newest(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.rotations)) {
            select.setInt(1, MOST);
            return inOrder(select);
        }
    }

    List<Rotation> newest(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.rotationsOfName)) {
            select.setInt(dialect.bindName(select, 1, name), MOST);
            return inOrder(select);
        }
    }

    private static List<Rotation> inOrder(PreparedStatement newestFirst) throws SQLException {
        try (ResultSet row = newestFirst.executeQuery()) {
            List<Rotation> rotations = new ArrayList<>();
            while (row.next()) {
                rotations.add(new Rotation(
                        String.valueOf(row.getString(1)),
                        String.valueOf(row.getString(2)),
                        Optional.ofNullable(row.getString(3)),
                        SecretRow.instantOf(row.getLong(4))));
            }
            Collections.reverse(rotations);
            return List.copyOf(rotations);
        }
    }
}
