// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import java.nio.file.Path;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.KeyringException;

/** Opens a key file where it is mounted, reads a token with it, and tries to rotate. Arguments: key file, token. */
final class MountedProgram {

    private MountedProgram() {}

    public static void main(String[] arguments) {
        try (SecretManager manager = new SecretManager(Path.of(arguments[0]))) {
            System.out.println("reads " + manager.decrypt(arguments[1]));
            System.out.println("writes " + manager.decrypt(manager.encrypt("canary-written")));
            System.out.println("keys " + manager.listKeys().size());
            try {
                manager.rotateKey();
                System.out.println("rotates");
            } catch (KeyringException refused) {
                System.out.println("refuses " + refused.reason() + ": " + refused.getMessage());
            }
            System.out.println("still reads " + manager.decrypt(arguments[1]));
        }
    }
}
