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

/**
 * A setting that is present: a system property, or else an environment variable. Its text form is its name, never its
 * value.
 */
final class Setting {

    private final String name;
    private final String value;

    private Setting(String name, String value) {
        this.name = name;
        this.value = value;
    }

    /** Where settings are read from. A property takes precedence over its variable, even if the property is empty. */
    record Sources(Map<String, String> environment, Function<String, @Nullable String> properties) {

        Optional<Setting> find(String property, String variable) {
            String byProperty = properties.apply(property);
            return byProperty != null
                    ? Optional.of(new Setting("system property " + property, byProperty))
                    : Optional.ofNullable(environment.get(variable))
                            .map(value -> new Setting("environment variable " + variable, value));
        }

        /** {@return the class name, without any value} */
        @Override
        public String toString() {
            return "Sources";
        }
    }

    /** Its kind and name, for use within a sentence. */
    String name() {
        return name;
    }

    String value() {
        return value;
    }

    /**
     * The value as a path, if it is meant literally.
     *
     * @param expected what the path should name
     * @throws KeyringException {@code UNAVAILABLE} if the value is not a path or probably not meant literally; the
     *     message does not repeat it
     */
    Path path(String expected) {
        String odd = PathText.oddity(value).orElse(null);
        if (odd == null) {
            try {
                return Path.of(value);
            } catch (InvalidPathException refused) {
                // The exception's message contains the value.
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
