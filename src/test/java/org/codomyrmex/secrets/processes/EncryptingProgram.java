// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.secrets.SecretManager;

/**
 * Encrypts 16 MiB as often as it is asked to: says how long that takes, then each time that it begins, that it has a token,
 * and the token. After each token it waits to be stopped.
 */
final class EncryptingProgram {

    private static final int BYTES = 16 << 20;
    private static final int WARM_UPS = 4;

    private EncryptingProgram() {}

    /** Arguments: key file, how often, milliseconds between two times. */
    public static void main(String[] arguments) throws InterruptedException {
        byte[] value = new byte[BYTES];
        try (SecretManager manager = new SecretManager(Path.of(arguments[0]))) {
            long nanos = 0;
            for (int i = 0; i < WARM_UPS; i++) {
                long start = System.nanoTime();
                manager.encrypt(value);
                nanos = System.nanoTime() - start;
            }
            System.out.println(nanos);
            for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                TimeUnit.MILLISECONDS.sleep(Long.parseLong(arguments[2]));
                System.out.println("begin");
                String token = manager.encrypt(value);
                // At once, for to print the token takes longer than to make it.
                System.out.println("made");
                System.out.println(token);
            }
        }
    }
}
