// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.RekeyReport;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.jdbc.Database;
import org.codomyrmex.secrets.jdbc.JdbcSecretStore;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;

/** Stores, reads, rotates, re-encrypts and destroys keys beside others that do the same on the same keyring. */
final class SharingProgram {

    private final SecretManager manager;
    private final Random random;
    private final Map<String, String> stored = new LinkedHashMap<>();
    private long operations;
    private long destroyed;

    private SharingProgram(SecretManager manager, long seed) {
        this.manager = manager;
        random = new Random(seed);
    }

    private static SecretManager over(Path keyFile, String url, String prefix) {
        return SecretManager.builder()
                .keyring(FileKeyringSource.at(keyFile))
                .store(JdbcSecretStore.of(Database.pool(Database.at(url), 4), prefix))
                .build();
    }

    /** Arguments: key file, seed, milliseconds and, for a store that is shared too, its URL and table prefix. */
    public static void main(String[] arguments) {
        Path keyFile = Path.of(arguments[0]);
        SecretManager manager =
                arguments.length > 3 ? over(keyFile, arguments[3], arguments[4]) : new SecretManager(keyFile);
        SharingProgram program = new SharingProgram(manager, Long.parseLong(arguments[1]));
        long end = System.nanoTime()
                + Duration.ofMillis(Long.parseLong(arguments[2])).toNanos();
        while (System.nanoTime() < end) {
            program.step();
            program.operations++;
        }
        program.readAll();
        System.out.println("operations " + program.operations + ", destroyed " + program.destroyed);
    }

    private void step() {
        int choice = random.nextInt(1000);
        if (choice < 500) {
            String value = "canary-" + random.nextLong();
            stored.put(manager.storeSecret("name" + random.nextInt(50), value), value);
        } else if (choice < 950) {
            readOne();
        } else if (choice < 970) {
            manager.rotateKey();
        } else if (choice < 990) {
            RekeyReport report = manager.rekey();
            if (report.failed() > 0) {
                throw new IllegalStateException("not everything was re-encrypted: " + report);
            }
        } else {
            destroyOldest();
        }
        if (stored.size() > 2000) {
            new ArrayList<>(stored.keySet()).subList(0, 1000).forEach(id -> {
                manager.deleteSecret(id);
                stored.remove(id);
            });
        }
    }

    private void readOne() {
        if (!stored.isEmpty()) {
            List<String> ids = new ArrayList<>(stored.keySet());
            read(ids.get(random.nextInt(ids.size())));
        }
    }

    private void readAll() {
        List.copyOf(stored.keySet()).forEach(this::read);
    }

    private void read(String id) {
        if (!manager.getSecret(id).orElse("nothing").equals(stored.get(id))) {
            throw new IllegalStateException("secret " + id + " reads back as another value");
        }
    }

    private void destroyOldest() {
        List<KeyInfo> keys = manager.listKeys();
        KeyInfo oldest = keys.get(keys.size() - 1);
        if (oldest.primary()) {
            return;
        }
        manager.rekey();
        try {
            destroyed += manager.destroyKey(oldest.id()) ? 1 : 0;
        } catch (KeyringException refused) {
            // Another process made it the primary again, or a writer here was quicker: it stays, which is right.
            if (refused.reason() != KeyringException.Reason.IN_USE) {
                throw refused;
            }
        }
    }
}
