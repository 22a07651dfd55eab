// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.Canary.canary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.codomyrmex.secrets.Canary;
import org.codomyrmex.secrets.SecretInfo;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.SecretRotation;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A manager over a database, closed and opened again. */
@Timeout(120)
class OpeningTest {

    @TempDir
    Path directory;

    private final String prefix = Database.newPrefix();

    private SecretManager open(Database kind, String keyFile) {
        return SecretManager.builder()
                .keyring(FileKeyringSource.at(directory.resolve(keyFile)))
                .store(JdbcSecretStore.of(kind.in(directory), prefix))
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void secretsAndHistoryOutliveTheManager(Database kind) {
        String id;
        SecretInfo info;
        List<SecretRotation> history;
        try (SecretManager manager = open(kind, "secrets.key")) {
            manager.storeSecret("name", canary("old"), Map.of("port", 5432, "ratio", 0.1));
            id = manager.rotateSecret("name", canary("new")).newId();
            manager.rotateKey();
            info = manager.describeSecret(id).orElseThrow();
            history = manager.rotationHistory();
        }
        try (SecretManager manager = open(kind, "secrets.key")) {
            assertThat(manager.getSecret(id)).contains(canary("new"));
            assertThat(manager.getSecretByName("name")).contains(canary("new"));
            assertThat(manager.listSecrets()).containsExactly(info);
            assertThat(info.metadata()).containsEntry("port", 5432).containsEntry("ratio", 0.1);
            assertThat(manager.rotationHistory()).isEqualTo(history).hasSize(1);
            assertThat(manager.rotationHistory("name")).isEqualTo(history);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyFileThatIsMissingIsNotMadeForAStoreThatHasSecrets(Database kind) throws IOException {
        String keyId;
        try (SecretManager manager = open(kind, "secrets.key")) {
            manager.storeSecret("name", canary());
            keyId = manager.listKeys().get(0).id();
        }
        List<String> before = names();
        KeyringException refused = catchThrowableOfType(KeyringException.class, () -> open(kind, "another.key"));
        assertThat(refused).hasMessageContainingAll(keyId, "another.key");
        assertThat(refused.reason()).isEqualTo(KeyringException.Reason.ABSENT);
        assertThat(names()).isEqualTo(before);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("secrets.sqlite"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDumpOfAllTablesHoldsNoValueAndNoKey(Database kind) throws Exception {
        List<String> keys;
        try (SecretManager manager = open(kind, "secrets.key")) {
            for (int i = 0; i < 20; i++) {
                manager.storeSecret("name" + i, canary(i), Map.of("owner", "in clear"));
            }
            manager.rotateSecret("name1", canary("rotated"));
            manager.rotateKey();
            manager.storeSecret("large", (canary("large") + "x").repeat(10_000));
            keys = Files.readAllLines(directory.resolve("secrets.key.ring"), UTF_8);
        }
        String dump = dump(kind.in(directory));
        assertThat(dump).contains("name7", "in clear", "gAAAA").doesNotContain(Canary.MARK);
        assertThat(keys).hasSize(2).allSatisfy(key -> assertThat(dump).doesNotContain(key));
        if (kind != Database.POSTGRES) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(
                                each -> !each.getFileName().toString().startsWith("secrets.key"))
                        .toList()) {
                    String content = new String(Files.readAllBytes(file), ISO_8859_1);
                    assertThat(content.contains(Canary.MARK))
                            .as(file.toString())
                            .isFalse();
                    assertThat(keys).noneMatch(content::contains);
                }
            }
        }
    }

    private String dump(DataSource database) throws SQLException {
        StringBuilder dump = new StringBuilder();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("schema", "keys", "secrets", "rotations")) {
                try (ResultSet row = statement.executeQuery("SELECT * FROM " + prefix + table)) {
                    while (row.next()) {
                        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                            dump.append(row.getString(i)).append('\t');
                        }
                        dump.append('\n');
                    }
                }
            }
        }
        return dump.toString();
    }

    /** Each thread with a data source of its own, as another process has. */
    @ParameterizedTest
    @EnumSource
    void manyStartAtOnceWhereThereAreNoTablesYet(Database kind) throws Exception {
        for (int round = 0; round < 5; round++) {
            String own = prefix + round + "_";
            List<Callable<WriteOutcome>> starts = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                StoredSecret secret = new StoredSecret("id" + i, "name", Instant.EPOCH, Map.of(), "key", "token" + i);
                starts.add(() -> JdbcSecretStore.of(kind.in(directory), own).insert(secret));
            }
            ExecutorService threads = Executors.newFixedThreadPool(starts.size());
            try {
                for (Future<WriteOutcome> outcome : threads.invokeAll(starts)) {
                    assertThat(outcome.get()).isEqualTo(WriteOutcome.DONE);
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(JdbcSecretStore.of(kind.in(directory), own).countsByKey())
                    .isEqualTo(Map.of("key", 6L));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLargestValueAndTheLongestNameAreKept(Database kind) {
        String name = "\uD83D\uDD11".repeat(1_024);
        byte[] value = new byte[16 << 20];
        Arrays.fill(value, (byte) 7);
        try (SecretManager manager = open(kind, "secrets.key")) {
            String id = manager.storeSecret(name, value, Map.of("notes", "n".repeat(1_500_000)));
            String almost = name.substring(2) + "\uD83D\uDD12";
            manager.storeSecret(almost, canary());
            manager.rotateKey();
            assertThat(manager.getSecretBytes(id).orElseThrow()).isEqualTo(value);
            assertThat(manager.getSecretByName(almost)).contains(canary());
            assertThat(manager.listSecrets()).extracting(SecretInfo::name).containsExactly(name, almost);
            assertThat(manager.listKeys().get(0).secrets()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoPrefixesAreTwoStores(Database kind) {
        JdbcSecretStore one = JdbcSecretStore.of(kind.in(directory), prefix);
        JdbcSecretStore two = JdbcSecretStore.of(kind.in(directory), prefix + "two_");
        one.insert(new StoredSecret("id", "name", Instant.EPOCH, Map.of(), "key", "token"));
        assertThat(two.countsByKey()).isEmpty();
        assertThat(two.forbid("key")).isTrue();
        assertThat(one.forbid("key")).isFalse();
    }
}
