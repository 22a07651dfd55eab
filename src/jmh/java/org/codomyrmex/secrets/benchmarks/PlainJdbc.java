// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.store.MetadataText;
import org.codomyrmex.secrets.store.StoredSecret;

/** The table of secrets as a programmer without this library's store uses it: no locks, no seals, no conditions. */
final class PlainJdbc {
    private static final int BATCH = 256;
    private static final String SEAL = "s".repeat(43);

    private final DataSource dataSource;
    private final String table;

    PlainJdbc(DataSource dataSource, String prefix) {
        this.dataSource = dataSource;
        this.table = prefix + "secrets";
    }

    /** Adds a row, which is a transaction by itself; where there is another statement it comes after that. */
    String insert(String id, String name, String keyId, String token, String... andThen) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            try (PreparedStatement insert = connection.prepareStatement(insertion())) {
                bind(insert, id, name, System.currentTimeMillis() * 1000, "{}", keyId, token, SEAL);
                insert.executeUpdate();
            }
            for (String further : andThen) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(further);
                }
            }
        }
        return id;
    }

    /** The token in a row of which all is read. */
    String token(String id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT token, id, name, created_at_micros, metadata, key_id, seal FROM " + table
                                + " WHERE id = ?")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("no row " + id);
                }
                for (int column = 2; column <= 7; column++) {
                    row.getString(column);
                }
                return row.getString(1);
            }
        }
    }

    /** Adds many rows in one transaction. */
    void insertAll(List<StoredSecret> secrets) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(insertion())) {
            connection.setAutoCommit(false);
            int waiting = 0;
            for (StoredSecret secret : secrets) {
                bind(
                        insert,
                        secret.id(),
                        secret.name(),
                        secret.createdAtMicros(),
                        MetadataText.write(secret.metadata()),
                        secret.keyId(),
                        secret.token(),
                        secret.seal().orElseThrow());
                insert.addBatch();
                if (++waiting % BATCH == 0) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private String insertion() {
        return "INSERT INTO " + table
                + " (id, name, created_at_micros, metadata, key_id, token, seal) VALUES (?, ?, ?, ?, ?, ?, ?)";
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Long number) {
                statement.setLong(i + 1, number);
            } else {
                statement.setString(i + 1, (String) values[i]);
            }
        }
    }

    /** Encrypts all rows anew, a page at a time, each in a transaction. Their positions are 1 to their number. */
    int rotate(int rows, FernetKey oldKey, FernetKey newKey, int threads) throws Exception {
        Fernet from = new Fernet(oldKey);
        Fernet to = new Fernet(newKey);
        AtomicLong next = new AtomicLong(1);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            Callable<Integer> worker = () -> {
                int updated = 0;
                for (long at = next.getAndAdd(BATCH); at <= rows; at = next.getAndAdd(BATCH)) {
                    updated += rotatePage(at, from, to, newKey.id());
                }
                return updated;
            };
            int updated = 0;
            for (Future<Integer> each :
                    pool.invokeAll(Stream.generate(() -> worker).limit(threads).toList())) {
                updated += each.get();
            }
            return updated;
        } finally {
            pool.shutdown();
        }
    }

    private int rotatePage(long at, Fernet from, Fernet to, String keyId) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT id, token FROM " + table + " WHERE position >= ? AND position < ? ORDER BY position");
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE " + table + " SET key_id = ?, token = ?, seal = ? WHERE id = ?")) {
            connection.setAutoCommit(false);
            select.setLong(1, at);
            select.setLong(2, at + BATCH);
            int rows = 0;
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String token = to.encrypt(from.decrypt(row.getString("token")));
                    bind(update, keyId, token, SEAL, row.getString("id"));
                    update.addBatch();
                    rows++;
                }
            }
            update.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
            return rows;
        }
    }

    void requireAllUnder(String keyId) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT COUNT(*) FROM " + table + " WHERE key_id <> ?")) {
            select.setString(1, keyId);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getInt(1) > 0) {
                    throw new IllegalStateException("not all were encrypted anew");
                }
            }
        }
    }
}
