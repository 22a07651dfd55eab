// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

/** Opens the default key file, which creates it if it is absent, and prints the id of its key. */
final class FirstKeyProgram {

    private FirstKeyProgram() {}

    /** Prints one line. */
    public static void main(String[] arguments) {
        try (SecretManager manager = new SecretManager()) {
            System.out.println(manager.listKeys().get(0).id());
        }
    }
}
