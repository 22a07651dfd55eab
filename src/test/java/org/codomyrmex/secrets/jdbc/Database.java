// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteDataSource;

/** The databases that the store is tested on, all of them real: files of H2 and SQLite, and one PostgreSQL server. */
public enum Database {
    H2 {
        @Override
        public String url(Path directory) {
            return "jdbc:h2:file:" + directory.resolve("secrets-h2").toAbsolutePath();
        }
    },
    SQLITE {
        /** As most applications set it up, but without waiting for the disk, which no test here would notice. */
        @Override
        public String url(Path directory) {
            return "jdbc:sqlite:" + directory.resolve("secrets.sqlite").toAbsolutePath()
                    + "?journal_mode=WAL&synchronous=OFF";
        }
    },
    POSTGRES {
        @Override
        public String url(Path directory) {
            return Server.RUNNING.getJdbcUrl("postgres", "postgres");
        }
    };

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Where another process finds it; those in files are in the directory. */
    public abstract String url(Path directory);

    /** A data source without a pool. */
    public DataSource in(Path directory) {
        return at(url(directory));
    }

    /** A table prefix that no other test of this JVM has, for the databases share one PostgreSQL server. */
    public static String newPrefix() {
        return "t" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet() + "_";
    }

    /** A data source without a pool for the URL of one of the three. */
    public static DataSource at(String url) {
        if (url.startsWith("jdbc:h2:")) {
            JdbcDataSource h2 = new JdbcDataSource();
            h2.setURL(url);
            return h2;
        }
        if (url.startsWith("jdbc:sqlite:")) {
            SQLiteDataSource sqlite = new SQLiteDataSource();
            sqlite.setUrl(url);
            return sqlite;
        }
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        postgres.setUrl(url);
        return postgres;
    }

    /** A pool over another data source, with the settings that matter to a test. */
    static HikariConfig poolOf(DataSource dataSource, int connections) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        return config;
    }

    /** A pool of so many connections. */
    public static HikariDataSource pool(DataSource dataSource, int connections) {
        return new HikariDataSource(poolOf(dataSource, connections));
    }

    /** Runs statements beside every store. */
    static void execute(DataSource dataSource, String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static final class Server {

        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "100")
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
                return server;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private static void stop(EmbeddedPostgres server) {
            try {
                server.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
