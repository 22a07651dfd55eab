// SPDX-License-Identifier: Apache-2.0
package org.example.consumer;

import org.codomyrmex.secrets.SecretManager;

/** Stores a secret and gets it back; the argument says where the library is expected: class-path or module-path. */
final class Consumer {
    private Consumer() {}

    public static void main(String[] args) {
        SecretManager manager = SecretManager.inMemory();
        String id = manager.storeSecret("a", "b");
        expect("b", manager.getSecret(id).orElse("nothing"));

        String module = SecretManager.class.getModule().getName();
        expect(args[0].equals("module-path") ? "org.codomyrmex.secrets" : null, module);
        System.out.println("works on the " + args[0] + " as " + (module == null ? "an unnamed module" : module));
    }

    private static void expect(String expected, String found) {
        if (!java.util.Objects.equals(expected, found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }
}
