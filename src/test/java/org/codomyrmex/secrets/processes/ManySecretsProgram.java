// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.codomyrmex.secrets.RekeyReport;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.jdbc.Database;
import org.codomyrmex.secrets.jdbc.JdbcSecretStore;
import org.codomyrmex.secrets.keyring.FileKeyringSource;

/** Goes through very many secrets, looks some up by name, and re-encrypts all, in the heap that this JVM was given. */
final class ManySecretsProgram {

    private static final int WRITERS = 4;

    private final SecretManager manager;
    private final int count;

    private ManySecretsProgram(SecretManager manager, int count) {
        this.manager = manager;
        this.count = count;
    }

    /** Arguments: key file, URL of the database, table prefix, number of secrets. */
    public static void main(String[] arguments) throws Exception {
        try (SecretManager manager = SecretManager.builder()
                .keyring(FileKeyringSource.at(java.nio.file.Path.of(arguments[0])))
                .store(JdbcSecretStore.of(Database.pool(Database.at(arguments[1]), WRITERS), arguments[2]))
                .build()) {
            ManySecretsProgram program = new ManySecretsProgram(manager, Integer.parseInt(arguments[3]));
            program.timed("stored", program::store);
            program.timed("gone through", program::goThrough);
            program.timed("looked up by name", program::lookUp);
            program.timed("rekeyed", program::rekey);
            program.timed("gone through again", program::goThrough);
        }
    }

    private void timed(String what, Callable<Long> step) throws Exception {
        Instant start = Instant.now();
        long number = step.call();
        long millis = Instant.now().toEpochMilli() - start.toEpochMilli();
        System.out.println(what + " " + number + " in " + millis + " ms");
    }

    private long store() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Callable<Long>> tasks = IntStream.range(0, WRITERS)
                    .<Callable<Long>>mapToObj(writer -> () -> {
                        long stored = 0;
                        for (int i = writer; i < count; i += WRITERS) {
                            manager.storeSecret("name-" + i, "value-" + i, Map.of("number", i));
                            stored++;
                        }
                        return stored;
                    })
                    .toList();
            long all = 0;
            for (Future<Long> stored : threads.invokeAll(tasks)) {
                all += stored.get();
            }
            return all;
        } finally {
            threads.shutdown();
        }
    }

    private long goThrough() {
        long[] shown = {0};
        manager.forEachSecret(secret ->
                shown[0] += secret.name().equals("name-" + secret.metadata().get("number")) ? 1 : 0);
        return require(shown[0], count);
    }

    private long lookUp() {
        int looked = 0;
        for (int i = 0; i < count; i += Math.max(1, count / 1_000)) {
            if (!manager.getSecretByName("name-" + i).orElseThrow().equals("value-" + i)) {
                throw new IllegalStateException("another value");
            }
            looked++;
        }
        return looked;
    }

    private long rekey() {
        manager.rotateKey();
        RekeyReport left = manager.rekey();
        require(left.reencrypted() + left.failed(), 0);
        return require(manager.listKeys().get(0).secrets(), count);
    }

    private static long require(long found, long expected) {
        if (found != expected) {
            throw new IllegalStateException(found + " instead of " + expected);
        }
        return found;
    }
}
