// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codomyrmex.secrets.store.MetadataText;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Whatever is wrong with the database is said, with what to do about it; and nothing is half-written. */
@Timeout(60)
class FailuresTest {

    private static final String NAME = "shy-name";
    private static final String TOKEN = "shy-token";

    @TempDir
    Path directory;

    private final String prefix = Database.newPrefix();

    private static StoredSecret secret(int number) {
        return new StoredSecret(
                String.format(Locale.ROOT, "%032x", number),
                NAME,
                Instant.EPOCH,
                Map.of("shy", "shy-data"),
                "k",
                TOKEN);
    }

    /** Says what was found and what to do, and shows nothing of what is stored, down to the last cause. */
    private static StoreException failure(ThrowingCallable call) {
        StoreException failure = catchThrowableOfType(StoreException.class, call);
        assertThat(failure).as("a failure").isNotNull();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain("shy");
        }
        return failure;
    }

    @ParameterizedTest
    @EnumSource
    void aSchemaOfANewerReleaseIsLeftAlone(Database kind) throws SQLException {
        DataSource database = kind.in(directory);
        JdbcSecretStore.of(database, prefix);
        Database.execute(database, "UPDATE " + prefix + "schema SET version = 2");
        assertThat(failure(() -> JdbcSecretStore.of(database, prefix)))
                .hasMessageContainingAll(prefix, "version 2", "up to 1", "newer release");
        Database.execute(database, "UPDATE " + prefix + "schema SET version = 1");
        assertThat(JdbcSecretStore.of(database, prefix).countsByKey()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aHalfMadeSchemaIsFinished(Database kind) throws SQLException {
        DataSource database = kind.in(directory);
        JdbcSecretStore.of(database, prefix);
        Database.execute(
                database,
                "DELETE FROM " + prefix + "schema",
                "DROP TABLE " + prefix + "rotations",
                "DROP TABLE " + prefix + "keys");
        assertThat(JdbcSecretStore.of(database, prefix).insert(secret(1))).isEqualTo(WriteOutcome.DONE);
    }

    @ParameterizedTest
    @EnumSource
    void tablesThatAreGoneAreMissed(Database kind) throws SQLException {
        DataSource database = kind.in(directory);
        JdbcSecretStore store = JdbcSecretStore.of(database, prefix);
        Database.execute(database, "DROP TABLE " + prefix + "secrets");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> store.insert(secret(1)), () -> store.findByName(NAME), store::countsByKey)) {
            assertThat(failure(call)).hasMessageContainingAll("tables", "not there any more", "Restore");
        }
    }

    @Test
    void aDatabaseThatIsDownIsSaidToBe() {
        PGSimpleDataSource down = new PGSimpleDataSource();
        down.setServerNames(new String[] {"localhost"});
        down.setPortNumbers(new int[] {1});
        assertThat(failure(() -> JdbcSecretStore.of(down)))
                .hasMessageContainingAll("cannot be reached", "SQLState 08001", "Start the database")
                .hasCauseInstanceOf(SQLException.class);
    }

    @Test
    void aPoolThatIsExhaustedIsSaidToBe() throws SQLException {
        HikariConfig config = Database.poolOf(Database.H2.in(directory), 1);
        config.setConnectionTimeout(250);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            JdbcSecretStore store = JdbcSecretStore.of(pool, prefix);
            try (Connection taken = pool.getConnection()) {
                assertThat(taken.isClosed()).isFalse();
                assertThat(failure(() -> store.insert(secret(1))))
                        .hasMessageContainingAll("no connection", "more connections");
            }
            assertThat(store.insert(secret(1))).isEqualTo(WriteOutcome.DONE);
        }
    }

    @Test
    void aDriverThatIsMissingIsNamedAndThePasswordInItsUrlIsNot() {
        DataSource byUrl = new Wrapped(null, connection -> {}) {
            @Override
            public Connection getConnection() throws SQLException {
                return DriverManager.getConnection("jdbc:nothing://host/db?password=shy-password");
            }
        };
        assertThat(failure(() -> JdbcSecretStore.of(byUrl)))
                .hasMessageContainingAll("no JDBC driver", "class path")
                .hasNoCause();
        HikariDataSource lazy = new HikariDataSource();
        lazy.setJdbcUrl("jdbc:nothing://host/db?password=shy-password");
        assertThat(failure(() -> JdbcSecretStore.of(lazy)))
                .hasMessageContainingAll("no JDBC driver", "class path")
                .hasNoCause();
    }

    @Test
    void anotherDatabaseIsRefusedByItsName() {
        assertThat(failure(() -> Dialect.of("Oracle"))).hasMessageContainingAll("Oracle", "H2, SQLite or PostgreSQL");
        assertThat(failure(() -> Dialect.of("<evil>\n"))).hasMessageContaining("an unknown kind");
        assertThat(Dialect.of("PostgreSQL")).isInstanceOf(PostgresDialect.class);
        assertThat(Dialect.of("sqlite")).isInstanceOf(SqliteDialect.class);
    }

    @Test
    void adatabaseThatEveryConnectionOpensAnewIsRefused() {
        for (String url : List.of("jdbc:sqlite::memory:", "jdbc:h2:mem:lost")) {
            assertThat(failure(() -> JdbcSecretStore.of(Database.at(url))))
                    .hasMessageContainingAll("a database of its own", "DB_CLOSE_DELAY");
        }
        assertThat(JdbcSecretStore.of(Database.at("jdbc:h2:mem:kept;DB_CLOSE_DELAY=-1"))
                        .countsByKey())
                .isEmpty();
    }

    @Test
    void aReadOnlyDatabaseIsReadAndNotWritten() throws SQLException {
        List<DataSource> readOnly = new ArrayList<>();
        for (Database kind : Database.values()) {
            JdbcSecretStore.of(kind.in(directory), prefix).insert(secret(1));
        }
        readOnly.add(Database.at(Database.H2.url(directory) + ";ACCESS_MODE_DATA=r"));
        SQLiteConfig settings = new SQLiteConfig();
        settings.setReadOnly(true);
        SQLiteDataSource sqlite = new SQLiteDataSource(settings);
        sqlite.setUrl("jdbc:sqlite:" + directory.resolve("secrets.sqlite"));
        readOnly.add(sqlite);
        readOnly.add(Database.at(Database.POSTGRES.url(directory) + "&options=-c%20default_transaction_read_only=on"));
        for (DataSource database : readOnly) {
            JdbcSecretStore store = JdbcSecretStore.of(database, prefix);
            assertThat(store.findByName(NAME)).contains(secret(1));
            assertThat(failure(() -> store.insert(secret(2))))
                    .hasMessageContainingAll("read-only", "Nothing was changed", "may write");
            assertThat(failure(() -> store.delete(secret(1).id()))).hasMessageContaining("read-only");
            assertThat(failure(() -> JdbcSecretStore.of(database, prefix + "new_")))
                    .hasMessageContaining("read-only");
        }
        for (Database kind : Database.values()) {
            List<StoredSecret> left = new ArrayList<>();
            JdbcSecretStore.of(kind.in(directory), prefix).forEach(left::add);
            assertThat(left).containsExactly(secret(1));
        }
    }

    @Test
    void aDatabaseThatIsFullKeepsWhatItHas() throws SQLException {
        DataSource small = new Wrapped(Database.SQLITE.in(directory), connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA max_page_count = 40");
            }
        });
        JdbcSecretStore store = JdbcSecretStore.of(small, prefix);
        StoredSecret large = secret(2).withToken("k", "t".repeat(500_000));
        store.insert(secret(1));
        assertThat(failure(() -> store.insert(large))).hasMessageContainingAll("no space left", "Nothing was changed");
        assertThat(failure(() -> store.replaceNamed(Optional.of(secret(1).id()), large)))
                .hasMessageContaining("no space left");
        assertThat(store.findByName(NAME)).contains(secret(1));
        assertThat(store.rotations()).isEmpty();
        assertThat(store.countsByKey()).isEqualTo(Map.of("k", 1L));
    }

    @Test
    void aUserWithoutRightsIsTold() throws SQLException {
        DataSource database = Database.POSTGRES.in(directory);
        JdbcSecretStore.of(database, prefix);
        String user = prefix + "reader";
        Database.execute(database, "CREATE ROLE " + user + " LOGIN", "GRANT SELECT ON " + prefix + "schema TO " + user);
        PGSimpleDataSource weak = new PGSimpleDataSource();
        weak.setUrl(Database.POSTGRES.url(directory));
        weak.setUser(user);
        JdbcSecretStore store = JdbcSecretStore.of(weak, prefix);
        assertThat(failure(() -> store.insert(secret(1)))).hasMessageContainingAll("may not do this", "Grant");
    }

    @ParameterizedTest
    @EnumSource
    void whatABrokenConstraintWouldEchoIsDropped(Database kind) throws SQLException {
        DataSource database = kind.in(directory);
        JdbcSecretStore store = JdbcSecretStore.of(database, prefix);
        Database.execute(
                database,
                "CREATE UNIQUE INDEX " + prefix + "extra ON " + prefix + "rotations (name)",
                "CREATE UNIQUE INDEX " + prefix + "more ON " + prefix + "rotations (rotated_at_micros)");
        store.replaceNamed(Optional.empty(), secret(1));
        StoreException failure =
                failure(() -> store.replaceNamed(Optional.of(secret(1).id()), secret(2)));
        assertThat(failure).hasCauseInstanceOf(SQLException.class);
        assertThat(store.findByName(NAME)).contains(secret(1));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotStorableIsRefusedAndNeverFound(Database kind) {
        JdbcSecretStore store = JdbcSecretStore.of(kind.in(directory), prefix);
        store.insert(new StoredSecret("id", "?", Instant.EPOCH, Map.of(), "k", TOKEN));
        for (String name : List.of("", "n".repeat(1_025), "a\0b", "\uD800", "\uDC00\uD800")) {
            StoredSecret unnamed = new StoredSecret("x", name, Instant.EPOCH, Map.of(), "k", TOKEN);
            assertThat(failure(() -> store.insert(unnamed))).hasMessageContainingAll("name", "1 to 1024", "choose");
            assertThat(failure(() -> store.replaceNamed(Optional.empty(), unnamed)))
                    .hasMessageContaining("1 to 1024");
            assertThat(store.findByName(name)).isEmpty();
            assertThat(store.rotations(name)).isEmpty();
            assertThat(store.findById(name)).isEmpty();
            assertThat(store.delete(name)).isFalse();
        }
        StoredSecret tooLong = secret(7).withToken("k", "t".repeat(22_369_729));
        assertThat(failure(() -> store.insert(tooLong)))
                .hasMessageContainingAll("16 MiB", secret(7).id());
        for (String id : List.of("", "i".repeat(65), "\0")) {
            assertThat(failure(() -> store.insert(new StoredSecret(id, "n", Instant.EPOCH, Map.of(), "k", TOKEN))))
                    .hasMessageContaining("id");
            assertThat(failure(() -> store.insert(secret(8).withToken(id, TOKEN))))
                    .hasMessageContaining("key id");
            assertThat(store.forbid(id)).isTrue();
            List<StoredSecret> shown = new ArrayList<>();
            store.forEachNotUnder(id, shown::add);
            assertThat(shown).hasSize(1);
        }
        assertThat(store.countsByKey()).isEqualTo(Map.of("k", 1L));
    }

    @ParameterizedTest
    @EnumSource
    void aRowThatIsDamagedNamesItsIdAndStopsNoIteration(Database kind) throws SQLException {
        DataSource database = kind.in(directory);
        JdbcSecretStore store = JdbcSecretStore.of(database, prefix);
        for (int i = 1; i <= 3; i++) {
            store.insert(secret(i).withSeal("seal"));
        }
        Database.execute(
                database,
                "UPDATE " + prefix + "secrets SET metadata = 'shy' WHERE id = '"
                        + secret(1).id() + "'");
        assertThat(failure(() -> store.findById(secret(1).id())))
                .hasMessageContainingAll(secret(1).id(), "damaged");
        assertThat(failure(() -> store.findByName(NAME)))
                .hasMessageContainingAll(secret(1).id(), "backup");
        List<StoredSecret> shown = new ArrayList<>();
        store.forEach(shown::add);
        assertThat(shown)
                .hasSize(3)
                .startsWith(new StoredSecret(secret(1).id(), NAME, Instant.EPOCH, Map.of(), "k", TOKEN));
        assertThat(store.delete(secret(1).id())).isTrue();
        assertThat(store.findByName(NAME)).contains(secret(2).withSeal("seal"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Codomyrmex_", "1a", "_a", "a-b", "a.b", "a b", "a;", "\u00e4", "a\"", "a'"})
    void aPrefixThatIsNotOneIsACallersMistake(String wrong) {
        DataSource database = Database.H2.in(directory);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcSecretStore.of(database, wrong))
                .withMessageContaining("tablePrefix");
        assertThatIllegalArgumentException().isThrownBy(() -> JdbcSecretStore.of(database, "a".repeat(41)));
        assertThat(Files.exists(directory.resolve("secrets-h2.mv.db"))).isFalse();
    }

    @Test
    void refusesNullByTheNameOfTheArgument() {
        assertThatNullPointerException()
                .isThrownBy(() -> JdbcSecretStore.of(null))
                .withMessage("dataSource");
        assertThatNullPointerException()
                .isThrownBy(() -> JdbcSecretStore.of(Database.H2.in(directory), null))
                .withMessage("tablePrefix");
    }

    @Test
    void showsItsTablesAndNothingElse() {
        assertThat(JdbcSecretStore.of(Database.H2.in(directory))).hasToString("JdbcSecretStore[codomyrmex_*]");
        assertThat(MetadataText.write(Map.of())).isEqualTo("{}");
    }

    @Test
    void anH2DatabaseThatComparesTextLooselyIsRefused() throws SQLException {
        JdbcDataSource loose = new JdbcDataSource();
        loose.setURL("jdbc:h2:mem:loose;DB_CLOSE_DELAY=-1");
        Database.execute(loose, "SET COLLATION ENGLISH STRENGTH PRIMARY");
        assertThat(failure(() -> JdbcSecretStore.of(loose))).hasMessageContaining("COLLATION");
        JdbcDataSource ignoring = new JdbcDataSource();
        ignoring.setURL("jdbc:h2:mem:ignoring;DB_CLOSE_DELAY=-1;IGNORECASE=TRUE");
        JdbcSecretStore store = JdbcSecretStore.of(ignoring);
        store.insert(secret(1));
        assertThat(store.findByName(NAME.toUpperCase(Locale.ROOT))).isEmpty();
        assertThat(store.forbid("K")).isTrue();
    }
}
