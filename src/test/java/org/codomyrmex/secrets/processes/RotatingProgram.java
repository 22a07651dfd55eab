// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import java.nio.file.Path;
import java.util.List;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.SecretManager;

/** Rotates without a pause, and prints each token once it has been returned. */
final class RotatingProgram {

    private RotatingProgram() {}

    public static void main(String[] arguments) {
        try (SecretManager manager = new SecretManager(Path.of(arguments[0]))) {
            manager.storeSecret("kept", "canary-kept");
            while (true) {
                System.out.println(manager.encrypt("canary-value"));
                manager.rotateKey();
                List<KeyInfo> keys = manager.listKeys();
                if (!keys.get(0).primary() || keys.get(0).secrets() != 1) {
                    throw new IllegalStateException("the store was not re-encrypted: " + keys);
                }
            }
        }
    }
}
