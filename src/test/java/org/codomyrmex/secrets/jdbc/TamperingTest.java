// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.Canary.canary;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.CapturedLog;
import org.codomyrmex.secrets.RekeyFailure;
import org.codomyrmex.secrets.RekeyReport;
import org.codomyrmex.secrets.SecretInfo;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.UnreadableSecretException;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.store.StoreException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody writes to the tables behind our back: every change of a record is refused, and the other records go on. */
@Timeout(300)
class TamperingTest {

    /** What a record is made of; the order alone is not authenticated. */
    private static final List<String> COLUMNS =
            List.of("id", "name", "created_at_micros", "metadata", "key_id", "token", "seal");

    @TempDir
    Path directory;

    private final InMemoryKeyringSource keys = new InMemoryKeyringSource();
    private DataSource database;
    private String table;
    private SecretManager manager;
    private final List<String> ids = new ArrayList<>();

    /** In how many rows everything is edited and exchanged. */
    int rows() {
        return 8;
    }

    private void open(Database kind) {
        database = kind.in(directory);
        String prefix = Database.newPrefix();
        table = prefix + "secrets";
        manager = SecretManager.builder()
                .keyring(keys)
                .store(JdbcSecretStore.of(database, prefix))
                .build();
    }

    private void fill(int rows) {
        for (int i = 0; i < rows; i++) {
            ids.add(manager.storeSecret("name-" + i, canary(i), Map.of("number", i)));
            if (i == rows / 2) {
                // Half of them are under another key than the others, and all of them stay so.
                keys.update(ring -> ring.rotatedTo(FernetKey.generate()));
                awaitNextLook();
            }
        }
    }

    private static void awaitNextLook() {
        try {
            Thread.sleep(1_100);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyColumnOfEveryRowIsAuthenticated(Database kind) throws SQLException {
        open(kind);
        int rows = rows();
        fill(rows);
        try (Connection connection = database.getConnection()) {
            for (int row = 0; row < rows; row++) {
                String id = ids.get(row);
                for (String column : COLUMNS) {
                    String before = read(connection, id, column);
                    for (String edited : edits(column, before)) {
                        write(connection, id, column, edited);
                        String found = column.equals("id") ? edited : id;
                        if (row % 4 == 0) {
                            assertRefused(found, "name-" + row, column + " as " + edited);
                        } else {
                            assertIdRefused(found, column + " as " + edited);
                        }
                        write(connection, found, column, before);
                    }
                    assertThat(manager.getSecret(id)).contains(canary(row));
                }
            }
        }
        assertThat(manager.listSecrets()).hasSize(rows);
    }

    /** What somebody might put there: another character, one fewer, one more, and what means almost the same. */
    private static List<String> edits(String column, String before) {
        if (column.equals("created_at_micros")) {
            return List.of(String.valueOf(Long.parseLong(before) + 1), "0", "-" + before);
        }
        char last = before.charAt(before.length() - 1);
        String start = before.substring(0, before.length() - 1);
        return switch (column) {
            case "metadata" -> List.of("{}", before.replace("{", "{ "), before.replace("}", "L}"), start);
            case "seal" ->
                List.of(start, before + "A", (before.charAt(0) == 'A' ? 'B' : 'A') + before.substring(1), "0");
            default -> List.of(start, before + "0", start + (last == 'a' ? 'b' : 'a'));
        };
    }

    @ParameterizedTest
    @EnumSource
    void aSealThatIsTakenAwayIsMissed(Database kind) throws SQLException {
        open(kind);
        fill(2);
        Database.execute(database, "UPDATE " + table + " SET seal = NULL WHERE id = '" + ids.get(0) + "'");
        assertRefused(ids.get(0), "name-0", "no seal");
        assertThat(manager.getSecret(ids.get(1))).contains(canary(1));
    }

    /** Two rows exchange a part of what they hold, in each way in which that makes a difference. */
    @ParameterizedTest
    @EnumSource
    void everyPairOfRowsThatIsSwappedIsRefused(Database kind) throws SQLException {
        open(kind);
        int rows = rows();
        fill(rows);
        List<List<String>> parts = List.of(List.of("token"), List.of("token", "key_id", "seal"), List.of("name"));
        try (Connection connection = database.getConnection()) {
            for (int one = 0; one < rows; one++) {
                for (int two = one + 1; two < rows; two++) {
                    List<String> part = parts.get((one + two) % parts.size());
                    swap(connection, ids.get(one), ids.get(two), part);
                    assertIdRefused(ids.get(one), part.toString());
                    assertIdRefused(ids.get(two), part.toString());
                    swap(connection, ids.get(one), ids.get(two), part);
                }
            }
        }
        for (int i = 0; i < rows; i++) {
            assertThat(manager.getSecret(ids.get(i))).contains(canary(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasTamperedWithIsListedNowhereRekeyedNeverAndDeletedAtWill(Database kind) throws SQLException {
        open(kind);
        fill(6);
        String first = keys.load(false).retired().get(0).id();
        Database.execute(
                database,
                "UPDATE " + table + " SET name = 'edited' WHERE id = '" + ids.get(0) + "'",
                "UPDATE " + table + " SET metadata = '{\"number\":' WHERE id = '" + ids.get(1) + "'",
                "UPDATE " + table + " SET key_id = '0123456789abcdef' WHERE id = '" + ids.get(2) + "'");
        try (CapturedLog log = new CapturedLog()) {
            assertThat(manager.listSecrets()).extracting(SecretInfo::id).containsExactlyElementsOf(ids.subList(3, 6));
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("3 secrets are left out", ids.get(0), ids.get(1), ids.get(2));
        }
        List<String> shown = new ArrayList<>();
        manager.forEachSecret(secret -> shown.add(secret.id()));
        assertThat(shown).containsExactlyElementsOf(ids.subList(3, 6));

        Map<String, String> before = dump();
        RekeyReport report = manager.rekey();
        assertThat(report.reencrypted()).isEqualTo(1);
        assertThat(report.failures())
                .containsExactlyInAnyOrder(
                        new RekeyFailure(ids.get(0), RekeyFailure.Reason.DAMAGED),
                        new RekeyFailure(ids.get(1), RekeyFailure.Reason.DAMAGED),
                        new RekeyFailure(ids.get(2), RekeyFailure.Reason.KEY_MISSING));
        Map<String, String> after = dump();
        for (int i = 0; i < 3; i++) {
            assertThat(after.get(ids.get(i))).isEqualTo(before.get(ids.get(i)));
        }
        assertThat(manager.listKeys())
                .filteredOn(key -> key.id().equals(first))
                .singleElement()
                .satisfies(key -> assertThat(key.secrets()).isEqualTo(2));

        for (int i = 0; i < 3; i++) {
            assertThat(manager.deleteSecret(ids.get(i))).isTrue();
        }
        assertThat(manager.rekey().failed()).isZero();
        assertThat(manager.listSecrets()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void aTamperedEarliestOfANameIsAnErrorAndNeverTheNextOne(Database kind) throws SQLException {
        open(kind);
        String first = manager.storeSecret("name", canary("first"));
        manager.storeSecret("name", canary("second"));
        Database.execute(database, "UPDATE " + table + " SET created_at_micros = 1 WHERE id = '" + first + "'");
        assertThat(refusal(() -> manager.getSecretByName("name"), "time")).hasMessageContaining(first);
        assertThat(refusal(() -> manager.rotateSecret("name", canary("third")), "time"))
                .hasMessageContaining(first);
        assertThat(refusal(() -> manager.checkSecretAge("name", Duration.ZERO), "time"))
                .hasMessageContaining(first);
        assertThat(manager.deleteSecret(first)).isTrue();
        assertThat(manager.getSecretByName("name")).contains(canary("second"));
    }

    @ParameterizedTest
    @EnumSource
    void aSealSurvivesEveryRekeying(Database kind) throws SQLException {
        open(kind);
        fill(5);
        for (int i = 0; i < 2; i++) {
            manager.rotateKey();
            assertThat(manager.listSecrets()).hasSize(5);
        }
        Database.execute(database, "UPDATE " + table + " SET name = 'name-1' WHERE id = '" + ids.get(0) + "'");
        assertIdRefused(ids.get(0), "name");
    }

    /** By id, by name, and wherever else a record is shown. */
    private void assertRefused(String id, String name, String how) {
        assertIdRefused(id, how);
        assertThat(manager.listSecrets()).as(how).extracting(SecretInfo::id).doesNotContain(id);
        try {
            assertThat(manager.getSecretByName(name).orElse("none")).as(how).isEqualTo("none");
        } catch (CodomyrmexException refused) {
            assertThat(refused).hasMessageContaining(id);
        }
    }

    private void assertIdRefused(String id, String how) {
        assertThat(refusal(() -> manager.getSecret(id), how)).hasMessageContaining(id);
        assertThat(refusal(() -> manager.describeSecret(id), how)).hasMessageContaining(id);
    }

    /** Damaged text is the store's to refuse, all else the manager's. */
    private static CodomyrmexException refusal(ThrowingCallable call, String how) {
        CodomyrmexException refused = catchThrowableOfType(CodomyrmexException.class, call);
        assertThat(refused).as(how).isInstanceOfAny(UnreadableSecretException.class, StoreException.class);
        return refused;
    }

    private String read(Connection connection, String id, String column) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + column + " FROM " + table + " WHERE id = ?")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getString(1);
            }
        }
    }

    private void write(Connection connection, String id, String column, String value) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE " + table + " SET " + column + " = ? WHERE id = ?")) {
            if (column.equals("created_at_micros")) {
                update.setLong(1, Long.parseLong(value));
            } else {
                update.setString(1, value);
            }
            update.setString(2, id);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    private void swap(Connection connection, String one, String two, List<String> columns) throws SQLException {
        for (String column : columns) {
            String ofOne = read(connection, one, column);
            write(connection, one, column, read(connection, two, column));
            write(connection, two, column, ofOne);
        }
    }

    private Map<String, String> dump() throws SQLException {
        Map<String, String> rows = new LinkedHashMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT id, name, key_id, metadata, token, seal FROM " + table)) {
            while (row.next()) {
                StringBuilder all = new StringBuilder();
                for (int i = 2; i <= 6; i++) {
                    all.append(row.getString(i)).append('|');
                }
                rows.put(row.getString(1), all.toString());
            }
        }
        return rows;
    }
}
