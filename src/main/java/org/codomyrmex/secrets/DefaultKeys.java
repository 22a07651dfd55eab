// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.files.PathText;
import org.codomyrmex.secrets.keyring.EnvironmentKeyringSource;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds the keys if the application does not name them: through a system property, else an environment variable, else
 * in a file under the user's home directory; and in an envelope, if a setting asks for one. A setting that is present
 * but empty or malformed is an error, never a reason to create a key somewhere else.
 */
final class DefaultKeys {

    static final String KEY_FILE_PROPERTY = "codomyrmex.secrets.keyFile";
    static final String KEY_FILE_VARIABLE = "CODOMYRMEX_SECRETS_KEY_FILE";
    static final String KEYS_VARIABLE = "CODOMYRMEX_SECRETS_KEY";
    static final String REQUIRE_EXISTING_PROPERTY = "codomyrmex.secrets.requireExistingKey";
    static final String REQUIRE_EXISTING_VARIABLE = "CODOMYRMEX_SECRETS_REQUIRE_EXISTING_KEY";

    private final Setting.Sources settings;

    DefaultKeys(Map<String, String> environment, Function<String, @Nullable String> properties) {
        this.settings = new Setting.Sources(environment, properties);
    }

    static DefaultKeys ofThisProcess() {
        return new DefaultKeys(System.getenv(), System::getProperty);
    }

    KeyringSource source() {
        Optional<Setting> keyFile = settings.find(KEY_FILE_PROPERTY, KEY_FILE_VARIABLE);
        DefaultEnvelope envelope = new DefaultEnvelope(settings);
        if (settings.environment().containsKey(KEYS_VARIABLE)) {
            keyFile.ifPresent(setting -> {
                throw new CodomyrmexException("The environment variable " + KEYS_VARIABLE + " holds keys, and the "
                        + setting.name() + " names a key file. Set only one of them.");
            });
            envelope.setting().ifPresent(setting -> {
                throw new CodomyrmexException("The environment variable " + KEYS_VARIABLE + " holds keys, which no"
                        + " envelope protects, and the " + setting.name() + " asks for one. Set only one of them.");
            });
            return EnvironmentKeyringSource.of(KEYS_VARIABLE, settings.environment());
        }
        FileKeyringSource plain = keyFile.map(DefaultKeys::namedFile)
                .orElseGet(
                        () -> FileKeyringSource.at(home().resolve(".codomyrmex").resolve("secrets.key")));
        return envelope.envelope().map(plain::withEnvelope).orElse(plain);
    }

    private static FileKeyringSource namedFile(Setting setting) {
        if (isKeys(setting.value())) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The " + setting.name()
                            + " holds keys, expected the path of a key file. Put the keys themselves into the"
                            + " environment variable " + KEYS_VARIABLE + ".");
        }
        Path file = setting.path("a key file");
        try {
            return FileKeyringSource.at(file);
        } catch (IllegalArgumentException notAFile) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The " + setting.name() + " is " + (setting.value().isEmpty() ? "empty" : "not the path of a file")
                            + ", expected the path of a key file. Name one, or unset it.");
        }
    }

    /** A key given in place of a path would become a file name, which everyone can see. */
    private static boolean isKeys(String text) {
        try {
            Keyring.parse(text);
            return true;
        } catch (IllegalArgumentException path) {
            return false;
        }
    }

    private Path home() {
        String home = Objects.requireNonNullElse(settings.properties().apply("user.home"), "");
        try {
            Path directory = Path.of(home);
            if (!home.isEmpty() && directory.isAbsolute() && Files.isDirectory(directory)) {
                return directory;
            }
        } catch (InvalidPathException noPath) {
            // Reported below, like every other reason why there is no home directory.
        }
        String undecoded =
                PathText.undecoded(home).map(lost -> " It " + lost + ".").orElse("");
        throw new KeyringException(
                UNAVAILABLE,
                "The home directory was not found (user.home is \"" + Printable.of(home) + "\")." + undecoded
                        + " Name a key file with the system property " + KEY_FILE_PROPERTY
                        + " or the environment variable " + KEY_FILE_VARIABLE + ".");
    }

    boolean existingKeyRequired() {
        return settings.find(REQUIRE_EXISTING_PROPERTY, REQUIRE_EXISTING_VARIABLE)
                .map(setting -> switch (setting.value()) {
                    case "true" -> true;
                    case "false" -> false;
                    default ->
                        throw new CodomyrmexException("The " + setting.name()
                                + " is neither true nor false. Set it to one of them, or unset it.");
                })
                .orElse(false);
    }
}
