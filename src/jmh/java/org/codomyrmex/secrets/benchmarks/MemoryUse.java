// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.Map;
import org.codomyrmex.secrets.SecretManager;

/** The heap that a secret of 64 bytes takes in a manager in memory, beyond its name, which the caller keeps here. */
final class MemoryUse {
    private static final int SECRETS = 200_000;

    private MemoryUse() {}

    /**
     * Prints it.
     *
     * @param args none
     */
    public static void main(String... args) {
        String[] names = new String[SECRETS];
        for (int i = 0; i < SECRETS; i++) {
            names[i] = "secret " + i;
        }
        SecretManager manager = SecretManager.inMemory();
        manager.deleteSecret(manager.storeSecret("first", "v".repeat(64)));
        long before = used();
        for (String name : names) {
            manager.storeSecret(name, "v".repeat(64), Map.of());
        }
        long after = used();
        System.out.println(new Finding(Finding.Counts.LEAST, (double) (after - before) / SECRETS, "MemoryUse.secret"));
        if (!manager.getSecretByName(names[SECRETS - 1]).equals(manager.getSecretByName(names[0]))) {
            throw new IllegalStateException("not what was stored");
        }
        manager.close();
    }

    /** Collects until nothing more is found. */
    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
