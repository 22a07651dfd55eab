// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** A database on this machine's disk behind a pool, as durable as it is out of the box. */
public final class StoreDatabase implements AutoCloseable {
    private static final int CONNECTIONS = 8;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Kind kind;
    private final DataSource dataSource;

    /** Which database. */
    public enum Kind {
        H2("H2"),
        POSTGRES("PostgreSQL");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    StoreDatabase(Kind kind) {
        this.kind = kind;
        try {
            // Not in the system's temporary directory, which may be memory.
            Path target = Files.createDirectories(Path.of("target", "benchmarks"));
            Path directory = Files.createTempDirectory(target, "database").toAbsolutePath();
            opened.push(() -> delete(directory));
            dataSource = kind == Kind.H2 ? h2(directory) : postgres(directory);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private DataSource h2(Path directory) {
        JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:file:" + directory.resolve("secrets"), "", "");
        pool.setMaxConnections(CONNECTIONS);
        opened.push(pool::dispose);
        return pool;
    }

    /** The server of the tests waits for no disk unless it is told to. */
    private DataSource postgres(Path directory) throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("postgres"))
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("autovacuum", "off")
                .start();
        opened.push(server);
        HikariConfig config = new HikariConfig();
        config.setDataSource(server.getPostgresDatabase());
        config.setMaximumPoolSize(CONNECTIONS);
        HikariDataSource pool = new HikariDataSource(config);
        opened.push(pool);
        requireDurable(pool);
        return pool;
    }

    private static void requireDurable(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                var lax = statement.executeQuery("SELECT name, setting FROM pg_settings"
                        + " WHERE name IN ('fsync', 'synchronous_commit') AND setting <> 'on'")) {
            if (lax.next()) {
                throw new IllegalStateException(lax.getString(1) + " is " + lax.getString(2));
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    DataSource dataSource() {
        return dataSource;
    }

    /** Leaves nothing of what was done so far to be done while something else is measured. */
    void settle() throws SQLException {
        execute(
                kind == Kind.H2
                        ? new String[] {"ANALYZE", "CHECKPOINT SYNC"}
                        : new String[] {"VACUUM ANALYZE", "CHECKPOINT"});
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
