// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.codomyrmex.secrets.files.PathText;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.jspecify.annotations.Nullable;

/** A setting that is present: a system property, or else an environment variable. It shows its name, never its value. */
final class Setting {

    private final String name;
    private final String value;

    private Setting(String name, String value) {
        this.name = name;
        this.value = value;
    }

    /** Where settings are read. The property wins over the variable of the same meaning, also if the property is empty. */
    record Sources(Map<String, String> environment, Function<String, @Nullable String> properties) {

        Optional<Setting> find(String property, String variable) {
            String byProperty = properties.apply(property);
            return byProperty != null
                    ? Optional.of(new Setting("system property " + property, byProperty))
                    : Optional.ofNullable(environment.get(variable))
                            .map(value -> new Setting("environment variable " + variable, value));
        }

        /** {@return what it is, without any value} */
        @Override
        public String toString() {
            return "Sources";
        }
    }

    /** What it is and how it is named, for the middle of a sentence. */
    String name() {
        return name;
    }

    String value() {
        return value;
    }

    /**
     * The value as a path that means what it says.
     *
     * @param expected what the path should name
     * @throws KeyringException {@code UNAVAILABLE} if the value is odd or is not a path; the message does not repeat it
     */
    Path path(String expected) {
        String odd = PathText.oddity(value).orElse(null);
        if (odd == null) {
            try {
                return Path.of(value);
            } catch (InvalidPathException refused) {
                // Its message is the value.
                odd = PathText.refusal(value);
            }
        }
        throw new KeyringException(
                UNAVAILABLE, "The value of the " + name + " " + odd + ". Expected the path of " + expected + ".");
    }

    /** {@return its name, without its value} */
    @Override
    public String toString() {
        return name;
    }
}
