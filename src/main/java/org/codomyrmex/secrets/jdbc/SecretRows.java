// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.Swap;
import org.codomyrmex.secrets.store.WriteOutcome;

/** The rows of the secrets themselves. */
final class SecretRows {

    /** How many rows are read at a time. */
    static final int PAGE = 256;

    private final Dialect dialect;
    private final Queries queries;

    SecretRows(Dialect dialect, Queries queries) {
        this.dialect = dialect;
        this.queries = queries;
    }

    void insert(Connection connection, StoredSecret secret) throws SQLException {
        insert(connection, queries.insert, secret, statement -> {});
    }

    /** The same with all its locks in one statement; false, and nothing is stored, where the key is not allowed. */
    boolean insertAtOnce(Connection connection, String prefix, StoredSecret secret) throws SQLException {
        return insert(
                connection,
                queries.insertAtOnce,
                secret,
                statement -> dialect.bindLocks(statement, SecretRow.PARAMETERS + 1, prefix, secret));
    }

    private boolean insert(Connection connection, String query, StoredSecret secret, Binding further)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(query)) {
            SecretRow.bind(insert, dialect, secret);
            further.to(insert);
            return insert.executeUpdate() > 0;
        } catch (SQLException failure) {
            if (dialect.troubleOf(failure) == Trouble.DUPLICATE) {
                throw taken(secret.id());
            }
            throw failure;
        }
    }

    /** Sets parameters. */
    @FunctionalInterface
    private interface Binding {
        void to(PreparedStatement statement) throws SQLException;
    }

    void refuseKnownId(Connection connection, String id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.knownId)) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    throw taken(id);
                }
            }
        }
    }

    private static StoreException taken(String id) {
        return new StoreException("A secret with the id " + Storable.shown(id)
                + " is stored already; a new secret needs a new id. Nothing was changed.");
    }

    Optional<StoredSecret> byId(Connection connection, String id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.byId)) {
            select.setString(1, id);
            return first(select).map(SecretRow::secret);
        }
    }

    Optional<StoredSecret> byName(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.byName)) {
            dialect.bindName(select, 1, name);
            return first(select).map(SecretRow::secret);
        }
    }

    /** The row at a place in the order, whole. */
    Optional<SecretRow> byPosition(Connection connection, long position) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.byPosition)) {
            select.setLong(1, position);
            return first(select);
        }
    }

    private static Optional<SecretRow> first(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(SecretRow.of(row)) : Optional.empty();
        }
    }

    /** The id of the earliest of a name; what is expected to be it is locked, so that it is still there afterwards. */
    Optional<String> firstId(Connection connection, String name, boolean locked) throws SQLException {
        String query = locked ? queries.idByNameLocked : queries.idByName;
        try (PreparedStatement select = connection.prepareStatement(query)) {
            dialect.bindName(select, 1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
            }
        }
    }

    /** Swaps what is to be under an allowed key; what became of each. */
    List<WriteOutcome> swap(Connection connection, List<Swap> swaps, Set<String> allowed) throws SQLException {
        boolean[] isAllowed = new boolean[swaps.size()];
        boolean batches = dialect.batches() && swaps.size() > 1;
        List<Integer> rows = new ArrayList<>(swaps.size());
        try (PreparedStatement update = connection.prepareStatement(queries.swap)) {
            for (int i = 0; i < isAllowed.length; i++) {
                isAllowed[i] = allowed.contains(swaps.get(i).replacement().keyId());
                if (isAllowed[i]) {
                    bind(update, swaps.get(i));
                    if (batches) {
                        update.addBatch();
                    } else {
                        rows.add(update.executeUpdate());
                    }
                }
            }
            if (batches) {
                Arrays.stream(update.executeBatch()).forEach(rows::add);
            }
        } catch (BatchUpdateException failure) {
            throw withoutWords(failure);
        }
        Iterator<Integer> changed = rows.iterator();
        List<WriteOutcome> outcomes = new ArrayList<>(swaps.size());
        for (boolean isIt : isAllowed) {
            outcomes.add(
                    !isIt ? WriteOutcome.KEY_FORBIDDEN : changed.next() > 0 ? WriteOutcome.DONE : WriteOutcome.CHANGED);
        }
        return outcomes;
    }

    /** Why a batch failed. Its own words may repeat the whole statement, values and all. */
    private static SQLException withoutWords(BatchUpdateException failure) {
        SQLException reason = failure.getNextException();
        return reason == null
                ? new SQLException("a batch was refused", failure.getSQLState(), failure.getErrorCode())
                : reason;
    }

    private void bind(PreparedStatement update, Swap swap) throws SQLException {
        update.setString(1, swap.replacement().keyId());
        dialect.bindText(update, 2, swap.replacement().token());
        update.setString(3, swap.replacement().seal().orElse(null));
        update.setString(4, swap.expected().id());
        dialect.bindText(update, 5, swap.expected().token());
    }

    boolean delete(Connection connection, String id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(queries.delete)) {
            delete.setString(1, id);
            return delete.executeUpdate() > 0;
        }
    }

    void deleteNamed(Connection connection, String name) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(queries.deleteByName)) {
            dialect.bindName(delete, 1, name);
            delete.executeUpdate();
        }
    }

    /** The place of what is the last row now; 0: there is none. */
    long lastPosition(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(queries.lastPosition);
                ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** The next rows after a place, up to another; those that are large lack what is large about them. */
    List<SecretRow> page(Connection connection, long after, long last, Optional<String> notUnder) throws SQLException {
        String query = notUnder.isPresent() ? queries.pageNotUnder : queries.page;
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setLong(1, after);
            select.setLong(2, last);
            int parameter = 3;
            if (notUnder.isPresent()) {
                select.setString(parameter, notUnder.get());
                parameter++;
            }
            select.setInt(parameter, PAGE);
            try (ResultSet row = select.executeQuery()) {
                List<SecretRow> rows = new ArrayList<>(PAGE);
                while (row.next()) {
                    rows.add(SecretRow.of(row));
                }
                return rows;
            }
        }
    }
}
