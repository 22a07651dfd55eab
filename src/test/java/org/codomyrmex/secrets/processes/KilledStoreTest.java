// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.jdbc.Database;
import org.codomyrmex.secrets.jdbc.JdbcSecretStore;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that stores, rotates and destroys over a database is killed at random moments. */
@Tag("slow")
class KilledStoreTest {

    private static final int KILLS = 50;
    private static final int KILLS_A_STORE = 10;

    /** Long enough for a key to be destroyed, which waits two seconds, now and then. */
    private static final int LONGEST_LIFE_MILLIS = 2_600;

    @TempDir
    Path directory;

    /** Side by side: each waits for its own processes most of the time. */
    @Test
    void everyAcknowledgedSecretOpens() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Map<Database, Future<Integer>> opened = new EnumMap<>(Database.class);
            for (Database kind : Database.values()) {
                opened.put(kind, threads.submit(() -> openedAfterKills(kind)));
            }
            for (Database kind : Database.values()) {
                int secrets = opened.get(kind).get();
                System.out.printf("%s: kills %d, secrets acknowledged %d, lost 0%n", kind, KILLS, secrets);
                assertThat(secrets).isGreaterThan(KILLS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private int openedAfterKills(Database kind) throws Exception {
        Random random = new Random(20_261_125);
        int opened = 0;
        for (int store = 0; store < KILLS / KILLS_A_STORE; store++) {
            Path own = Files.createDirectory(directory.resolve(kind + "-" + store));
            String prefix = Database.newPrefix();
            Map<String, String> acknowledged = new LinkedHashMap<>();
            for (int kill = 0; kill < KILLS_A_STORE; kill++) {
                int life = kill % 5 == 0 ? LONGEST_LIFE_MILLIS : random.nextInt(LONGEST_LIFE_MILLIS / 4);
                acknowledged.putAll(untilKilled(own, kind.url(own), prefix, life));
                assertOpen(own, kind, prefix, acknowledged);
            }
            opened += acknowledged.size();
        }
        return opened;
    }

    private static Map<String, String> untilKilled(Path directory, String url, String prefix, int lifeMillis)
            throws Exception {
        Map<String, String> acknowledged = new LinkedHashMap<>();
        String keyFile = directory.resolve("secrets.key").toString();
        try (Program program = Program.start(StoringProgram.class, keyFile, url, prefix)) {
            note(acknowledged, program.nextLine());
            Thread.sleep(lifeMillis);
            program.kill();
            program.remainingLines().forEach(line -> note(acknowledged, line));
        }
        return acknowledged;
    }

    private static void note(Map<String, String> acknowledged, String line) {
        List<String> words = List.of(line.split(" "));
        acknowledged.put(words.get(0), words.get(1));
    }

    private static void assertOpen(Path directory, Database kind, String prefix, Map<String, String> acknowledged) {
        try (var pool = Database.pool(kind.in(directory), 2);
                SecretManager manager = SecretManager.builder()
                        .keyring(FileKeyringSource.at(directory.resolve("secrets.key")))
                        .store(JdbcSecretStore.of(pool, prefix))
                        .requireExistingKey()
                        .build()) {
            acknowledged.forEach(
                    (id, value) -> assertThat(manager.getSecret(id)).as(id).contains(value));
            assertThat(manager.rekey().failed()).isZero();
            List<KeyInfo> keys = manager.listKeys();
            assertThat(keys.get(0).secrets())
                    .isEqualTo(manager.listSecrets().size())
                    .isGreaterThanOrEqualTo(acknowledged.size());
            assertThat(keys.stream().skip(1)).allMatch(key -> key.secrets() == 0);
        }
    }
}
