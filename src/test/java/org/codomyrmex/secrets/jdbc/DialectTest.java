// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import javax.sql.DataSource;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the codes of each database mean, and who may wait for H2's disk. */
class DialectTest {

    @TempDir
    Path directory;

    /** From the documentation of H2's {@code ErrorCode}. */
    @ParameterizedTest
    @CsvSource({
        "50200, HYT00, BUSY",
        "40001, 40001, BUSY",
        "90131, 90131, BUSY",
        "90039, 90039, BUSY",
        "90097, 90097, READ_ONLY",
        "90020, 90020, UNREACHABLE",
        "90067, 90067, UNREACHABLE",
        "90098, 90098, UNREACHABLE",
        "90121, 90121, UNREACHABLE",
        "90146, 90146, UNREACHABLE",
        "28000, 28000, UNREACHABLE",
        "42102, 42S02, NO_TABLES",
        "42104, 42S04, NO_TABLES",
        "90096, 90096, NOT_PERMITTED",
        "90040, 90040, NOT_PERMITTED",
        "90030, 90030, DAMAGED",
        "90028, 90028, UNWRITABLE",
        "90031, 90031, UNWRITABLE",
        "23505, 23505, DUPLICATE",
        "1, 08000, UNREACHABLE",
        "50000, HY000, UNREACHABLE",
        "42001, 42001, OTHER",
        "1, , OTHER"
    })
    void h2(int code, String state, Trouble trouble) {
        assertMeans(new H2Dialect(), code, state, trouble);
    }

    /** From appendix A of PostgreSQL's manual. */
    @ParameterizedTest
    @CsvSource({
        "40001, BUSY",
        "40P01, BUSY",
        "55P03, BUSY",
        "25006, READ_ONLY",
        "53100, FULL",
        "53200, FULL",
        "53400, FULL",
        "54000, FULL",
        "42501, NOT_PERMITTED",
        "42P01, NO_TABLES",
        "3F000, NO_TABLES",
        "23505, DUPLICATE",
        "XX001, DAMAGED",
        "XX002, DAMAGED",
        "08006, UNREACHABLE",
        "28P01, UNREACHABLE",
        "3D000, UNREACHABLE",
        "53300, UNREACHABLE",
        "57P01, UNREACHABLE",
        "58030, UNREACHABLE",
        "42601, OTHER",
        "XX000, OTHER",
        ", OTHER"
    })
    void postgres(String state, Trouble trouble) {
        assertMeans(new PostgresDialect(), 0, state, trouble);
    }

    /** From SQLite's list of result codes; those above 255 are extended ones. */
    @ParameterizedTest
    @CsvSource({
        "5, BUSY",
        "517, BUSY",
        "6, BUSY",
        "8, READ_ONLY",
        "13, FULL",
        "10, UNWRITABLE",
        "778, UNWRITABLE",
        "14, UNREACHABLE",
        "11, DAMAGED",
        "26, DAMAGED",
        "19, DUPLICATE",
        "2067, DUPLICATE",
        "3, NOT_PERMITTED",
        "23, NOT_PERMITTED",
        "1, OTHER",
        "20, OTHER",
        "0, OTHER"
    })
    void sqlite(int code, Trouble trouble) {
        assertMeans(new SqliteDialect(), code, null, trouble);
    }

    private static void assertMeans(Dialect dialect, int code, String state, Trouble trouble) {
        SQLException failure = new SQLException("words", state, code);
        assertThat(dialect.troubleOf(failure)).isEqualTo(trouble);
        assertThat(dialect.isBusy(failure)).isEqualTo(trouble == Trouble.BUSY);
    }

    @Test
    void aUserWhoCannotWaitForTheDiskIsToldUnlessH2WritesAtOnce() throws SQLException {
        DataSource owner = Database.H2.in(directory);
        JdbcSecretStore.of(owner);
        Database.execute(
                owner,
                "CREATE USER app PASSWORD 'app'",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA public TO app");
        JdbcDataSource weak = new JdbcDataSource();
        weak.setURL(Database.H2.url(directory));
        weak.setUser("app");
        weak.setPassword("app");
        JdbcSecretStore store = JdbcSecretStore.of(weak);

        assertThatThrownBy(() -> store.insert(secret("1")))
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(
                        "ended a transaction", "not known whether", "may not do this", "WRITE_DELAY=0");
        // The database stays open, or it would forget the setting.
        try (Connection open = owner.getConnection()) {
            Database.execute(owner, "SET WRITE_DELAY 0");
            assertThat(open.isValid(1)).isTrue();
            assertThat(store.insert(secret("2"))).isEqualTo(WriteOutcome.DONE);
        }
    }

    private static StoredSecret secret(String id) {
        return new StoredSecret(id, "name", Instant.EPOCH, Map.of(), "key", "token");
    }
}
