// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.MALFORMED;

import java.util.Map;
import java.util.Objects;

/**
 * Keys in an environment variable, separated by commas or line breaks, the primary first. The environment of a running
 * process does not change, so such a keyring cannot be rotated: give every instance the new key as the second one, then
 * as the first one, and take the old one away when nothing is under it any more.
 */
public final class EnvironmentKeyringSource implements KeyringSource {

    private final String variable;
    private final Map<String, String> environment;

    private EnvironmentKeyringSource(String variable, Map<String, String> environment) {
        if (variable.isEmpty()) {
            throw new IllegalArgumentException("variable is empty, expected the name of an environment variable");
        }
        if (variable.indexOf('=') >= 0) {
            // Every key ends with one and no variable has one: a key given as the name must not be repeated.
            throw new IllegalArgumentException("variable has an equals sign, expected the name of an environment"
                    + " variable. If it is a key, put it into the variable and name that here");
        }
        this.variable = variable;
        this.environment = environment;
    }

    /**
     * A source that reads one variable of this process's environment.
     *
     * @param variable its name
     * @return the source; the variable is read when the keyring is loaded
     */
    public static EnvironmentKeyringSource of(String variable) {
        return of(variable, System.getenv());
    }

    /**
     * A source that reads one variable of a given environment.
     *
     * @param variable its name
     * @param environment the variables and their values
     * @return the source
     */
    public static EnvironmentKeyringSource of(String variable, Map<String, String> environment) {
        return new EnvironmentKeyringSource(
                Objects.requireNonNull(variable, "variable"), Objects.requireNonNull(environment, "environment"));
    }

    @Override
    public Keyring load(boolean mayCreate) {
        String text = environment.get(variable);
        if (text == null || text.isBlank()) {
            throw new KeyringException(
                    ABSENT,
                    "The environment variable " + variable + " is " + (text == null ? "not set" : "empty")
                            + ", expected one or more Fernet keys separated by commas, the primary first.");
        }
        try {
            return Keyring.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new KeyringException(
                    MALFORMED, "The environment variable " + variable + " is no keyring: " + malformed.getMessage());
        }
    }

    /** {@return the name of the variable, never its value} */
    @Override
    public String toString() {
        return "EnvironmentKeyringSource[" + variable + "]";
    }
}
