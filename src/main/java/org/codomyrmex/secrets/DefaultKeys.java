// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.keyring.EnvironmentKeyringSource;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.jspecify.annotations.Nullable;

/**
 * Where keys are when the application does not say: the system property, else the environment variable, else a file under
 * the user's home; and, if a setting asks for it, in an envelope. A setting that is there but empty is an error, never a reason to create a key somewhere else.
 */
final class DefaultKeys {

    static final String KEY_FILE_PROPERTY = "codomyrmex.secrets.keyFile";
    static final String KEY_FILE_VARIABLE = "CODOMYRMEX_SECRETS_KEY_FILE";
    static final String KEYS_VARIABLE = "CODOMYRMEX_SECRETS_KEY";
    static final String REQUIRE_EXISTING_VARIABLE = "CODOMYRMEX_SECRETS_REQUIRE_EXISTING_KEY";

    private final Map<String, String> environment;
    private final Function<String, @Nullable String> properties;

    DefaultKeys(Map<String, String> environment, Function<String, @Nullable String> properties) {
        this.environment = environment;
        this.properties = properties;
    }

    static DefaultKeys ofThisProcess() {
        return new DefaultKeys(System.getenv(), System::getProperty);
    }

    KeyringSource source() {
        String property = properties.apply(KEY_FILE_PROPERTY);
        String variable = environment.get(KEY_FILE_VARIABLE);
        if (environment.containsKey(KEYS_VARIABLE)) {
            if (property != null || variable != null) {
                throw new CodomyrmexException("The environment variable " + KEYS_VARIABLE + " holds keys and "
                        + (property != null
                                ? "the system property " + KEY_FILE_PROPERTY
                                : "the environment variable " + KEY_FILE_VARIABLE)
                        + " names a key file. Set one of the two.");
            }
            new DefaultEnvelope(environment).setting().ifPresent(setting -> {
                throw new CodomyrmexException("The environment variable " + KEYS_VARIABLE + " holds keys, which no"
                        + " envelope protects, and the environment variable " + setting
                        + " asks for one. Set one of the two.");
            });
            return EnvironmentKeyringSource.of(KEYS_VARIABLE, environment);
        }
        FileKeyringSource plain = file(property, variable);
        return new DefaultEnvelope(environment)
                .envelope()
                .map(plain::withEnvelope)
                .orElse(plain);
    }

    private FileKeyringSource file(@Nullable String property, @Nullable String variable) {
        if (property != null) {
            return namedFile(property, "system property " + KEY_FILE_PROPERTY);
        }
        if (variable != null) {
            return namedFile(variable, "environment variable " + KEY_FILE_VARIABLE);
        }
        return FileKeyringSource.at(home().resolve(".codomyrmex").resolve("secrets.key"));
    }

    private static FileKeyringSource namedFile(String path, String setting) {
        if (isKeys(path)) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The " + setting + " holds keys, expected the path of a key file. Keys themselves go into the"
                            + " environment variable " + KEYS_VARIABLE + ".");
        }
        try {
            return FileKeyringSource.at(Path.of(path));
        } catch (IllegalArgumentException noPath) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The " + setting + " is " + (path.isEmpty() ? "empty" : "no path of a file")
                            + ", expected the path of a key file. Name one, or unset it.");
        }
    }

    /** A key where a path belongs would become a file name, and be seen by everybody. */
    private static boolean isKeys(String text) {
        try {
            Keyring.parse(text);
            return true;
        } catch (IllegalArgumentException path) {
            return false;
        }
    }

    private Path home() {
        String home = Objects.requireNonNullElse(properties.apply("user.home"), "");
        try {
            Path directory = Path.of(home);
            if (!home.isEmpty() && directory.isAbsolute() && Files.isDirectory(directory)) {
                return directory;
            }
        } catch (InvalidPathException noPath) {
            // Said below, together with every other way in which a home cannot be found.
        }
        throw new KeyringException(
                UNAVAILABLE,
                "The home directory cannot be found (user.home is \"" + Printable.of(home)
                        + "\"), so there is no default"
                        + " key file. Name one with the system property " + KEY_FILE_PROPERTY
                        + " or the environment variable " + KEY_FILE_VARIABLE + ".");
    }

    boolean existingKeyRequired() {
        String setting = environment.getOrDefault(REQUIRE_EXISTING_VARIABLE, "false");
        return switch (setting) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new CodomyrmexException("The environment variable " + REQUIRE_EXISTING_VARIABLE
                        + " is neither true nor false. Set it to one of them, or unset it.");
        };
    }
}
