// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.Map;
import java.util.Optional;

/** What {@link SettingsOfTheProcessTest} runs: uses the default manager, and prints what came of it. */
final class SettingsProgram {

    private SettingsProgram() {}

    /** Prints one line for each step. */
    public static void main(String[] arguments) {
        tell(
                "open",
                () -> Secrets.defaultManager().keyFile().map(Object::toString).orElse("no file"));
        tell("store", () -> {
            Object id = Secrets.manageSecrets("store", Map.of("name", "name", "value", Canary.canary()));
            return Secrets.manageSecrets("get", Map.of("secret_id", id)).equals(Optional.of(Canary.canary()));
        });
        tell("key", () -> Secrets.defaultManager().listKeys().get(0).id());
        tell("close", () -> {
            Secrets.defaultManager().close();
            return "closed";
        });
        tell("rotate", () -> Secrets.manageSecrets("rotate", Map.of()));
    }

    /** One step of a program. */
    interface Step {
        Object run();
    }

    /** Prints what a step returns, or what it throws. */
    static void tell(String name, Step step) {
        try {
            print(name + ": " + step.run());
        } catch (RuntimeException refused) {
            print(name + ": " + refused.getClass().getSimpleName() + ": " + refused.getMessage());
        }
    }

    private static void print(String line) {
        System.out.println(line);
    }
}
