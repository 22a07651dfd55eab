// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.KeyringException;

/**
 * Rotates without a pause while a thread of its own reads the lock file, as one that copies the directory does: closing it
 * drops the lock of the whole process. Prints each key id that a rotation returned and each token, and which call was
 * refused.
 */
final class LockLosingProgram {

    private LockLosingProgram() {}

    /** Arguments: key file, milliseconds. */
    public static void main(String[] arguments) throws InterruptedException {
        Path keyFile = Path.of(arguments[0]);
        long end = System.nanoTime()
                + Duration.ofMillis(Long.parseLong(arguments[1])).toNanos();
        try (SecretManager manager = new SecretManager(keyFile)) {
            Thread copying = new Thread(() -> readUntil(keyFile.resolveSibling("secrets.key.lock"), end));
            copying.start();
            while (System.nanoTime() < end) {
                rotate(manager);
                encrypt(manager);
            }
            copying.join();
        }
    }

    private static void readUntil(Path lockFile, long end) {
        while (System.nanoTime() < end) {
            try (InputStream input = Files.newInputStream(lockFile)) {
                input.readAllBytes();
            } catch (NoSuchFileException cleaned) {
                // Somebody removes it too.
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static void rotate(SecretManager manager) {
        try {
            System.out.println("rotated " + manager.rotateKey());
        } catch (KeyringException refused) {
            System.out.println("rotation refused " + refused.reason() + " " + refused.getMessage());
        }
    }

    private static void encrypt(SecretManager manager) {
        try {
            System.out.println("token " + manager.encrypt("canary-value"));
        } catch (KeyringException refused) {
            System.out.println("encryption refused " + refused.reason() + " " + refused.getMessage());
        }
    }
}
