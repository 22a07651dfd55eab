// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.Map;

/** What {@link ReadingProcessTest} runs: everything that only reads through the default manager. */
final class ReadingProgram {

    private ReadingProgram() {}

    /** Prints one line for each step. */
    public static void main(String[] arguments) {
        operation("get", Map.of("secret_id", "0123456789abcdef0123456789abcdef"));
        operation("get_by_name", Map.of("name", "name"));
        operation("list", Map.of());
        operation("delete", Map.of("secret_id", "0123456789abcdef0123456789abcdef"));
        operation("rotation_history", Map.of());
        operation("check_age", Map.of("name", "name"));
        decryption("plain", Map.of("port", 8080, "nested", Map.of("host", "example.org")));
        decryption("by id", Map.of("password", "encrypted:0123456789abcdef0123456789abcdef"));
        decryption("by token", Map.of("password", "encrypted:" + foreignToken()));
    }

    private static String foreignToken() {
        try (SecretManager stranger = SecretManager.inMemory()) {
            return stranger.encrypt(Canary.canary());
        }
    }

    private static void operation(String name, Map<String, ?> arguments) {
        SettingsProgram.tell(name, () -> Secrets.manageSecrets(name, arguments));
    }

    private static void decryption(String name, Map<String, ?> configuration) {
        SettingsProgram.tell(name, () -> Secrets.decryptConfiguration(configuration));
    }
}
