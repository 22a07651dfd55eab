// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import java.nio.file.Path;
import java.util.List;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.jdbc.Database;
import org.codomyrmex.secrets.jdbc.JdbcSecretStore;
import org.codomyrmex.secrets.keyring.FileKeyringSource;

/** Stores, rotates and destroys over a database without a pause, and prints each secret once it has been acknowledged. */
final class StoringProgram {

    private StoringProgram() {}

    /** Arguments: key file, URL of the database, table prefix. */
    public static void main(String[] arguments) {
        JdbcSecretStore store = JdbcSecretStore.of(Database.pool(Database.at(arguments[1]), 2), arguments[2]);
        try (SecretManager manager = SecretManager.builder()
                .keyring(FileKeyringSource.at(Path.of(arguments[0])))
                .store(store)
                .build()) {
            String own = "process" + ProcessHandle.current().pid() + "-";
            for (int number = 0; ; number++) {
                String value = "canary-" + number;
                System.out.println(manager.storeSecret("name", value) + " " + value);
                System.out.println(manager.rotateSecret(own + number, value).newId() + " " + value);
                if (number % 10 == 9) {
                    manager.rotateKey();
                    List<KeyInfo> keys = manager.listKeys();
                    manager.destroyKey(keys.get(keys.size() - 1).id());
                }
            }
        }
    }
}
