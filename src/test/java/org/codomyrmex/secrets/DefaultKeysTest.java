// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.EnvironmentKeyringSource;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the keys are when the application does not say. */
class DefaultKeysTest {

    private static final String PROPERTY = "codomyrmex.secrets.keyFile";
    private static final String VARIABLE = "CODOMYRMEX_SECRETS_KEY_FILE";
    private static final String KEYS = "CODOMYRMEX_SECRETS_KEY";
    private static final String REQUIRE = "CODOMYRMEX_SECRETS_REQUIRE_EXISTING_KEY";
    private static final String REQUIRE_PROPERTY = "codomyrmex.secrets.requireExistingKey";

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();
    private final DefaultKeys keys = new DefaultKeys(environment, properties::get);

    @TempDir
    private Path home;

    private Path keyFile() {
        return ((FileKeyringSource) keys.source()).keyFile();
    }

    @Test
    void areUnderTheHomeOfTheUser() {
        properties.put("user.home", home.toString());
        assertThat(keyFile()).isEqualTo(home.resolve(".codomyrmex").resolve("secrets.key"));
        assertThat(home).as("nothing is made before they are loaded").isEmptyDirectory();
    }

    @Test
    void areWhereTheVariableSaysAndTheHomeIsNotLookedAt() {
        environment.put(VARIABLE, home.resolve("by-variable.key").toString());
        assertThat(keyFile()).isEqualTo(home.resolve("by-variable.key"));
    }

    @Test
    void areWhereThePropertySaysBeforeAllElse() {
        properties.put("user.home", home.toString());
        properties.put(PROPERTY, home.resolve("by-property.key").toString());
        environment.put(VARIABLE, home.resolve("by-variable.key").toString());
        assertThat(keyFile()).isEqualTo(home.resolve("by-property.key"));
    }

    @Test
    void areInTheWorkingDirectoryWhereThePathIsRelative() {
        properties.put(PROPERTY, "some.key");
        assertThat(keyFile()).isEqualTo(Path.of("some.key").toAbsolutePath());
    }

    @Test
    void areTheVariablesOwnWhereItHoldsKeys() {
        FernetKey first = FernetKey.generate();
        FernetKey second = FernetKey.generate();
        for (String separator : new String[] {",", "\n", " , ", "\r\n\n"}) {
            environment.put(KEYS, first.reveal() + separator + second.reveal());
            assertThat(keys.source()).isInstanceOf(EnvironmentKeyringSource.class);
            assertThat(keys.source().load(false)).isEqualTo(Keyring.of(first, second));
        }
    }

    @Test
    void areRefusedWhereKeysAndAKeyFileAreSetAtOnce() {
        environment.put(KEYS, FernetKey.generate().reveal());
        environment.put(VARIABLE, home.resolve("secrets.key").toString());
        assertThat(refusal(CodomyrmexException.class, keys::source))
                .hasMessageContainingAll(KEYS + " holds keys", VARIABLE, "Set only one of them");

        properties.put(PROPERTY, home.resolve("secrets.key").toString());
        environment.remove(VARIABLE);
        assertThat(refusal(CodomyrmexException.class, keys::source))
                .hasMessageContainingAll(KEYS + " holds keys", PROPERTY, "Set only one of them");
    }

    @Test
    void areNeverSoughtElsewhereBecauseASettingIsEmpty() {
        properties.put("user.home", home.toString());
        properties.put(PROPERTY, "");
        assertThat(refusal(KeyringException.class, keys::source))
                .hasMessageContainingAll("system property " + PROPERTY + " is empty", "unset it");

        properties.remove(PROPERTY);
        environment.put(VARIABLE, "");
        assertThat(refusal(KeyringException.class, keys::source))
                .hasMessageContainingAll("environment variable " + VARIABLE + " is empty", "unset it");

        environment.remove(VARIABLE);
        for (String empty : new String[] {"", " ", "\n"}) {
            environment.put(KEYS, empty);
            KeyringException refused =
                    refusal(KeyringException.class, () -> keys.source().load(true));
            assertThat(refused.reason()).isEqualTo(Reason.ABSENT);
            assertThat(refused).hasMessageContainingAll(KEYS, "empty", "Fernet keys");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "a\u0000b"})
    void areRefusedWhereASettingIsNoPathOfAFile(String path) {
        properties.put(PROPERTY, path);
        assertThat(refusal(KeyringException.class, keys::source))
                .hasMessageContainingAll(PROPERTY, "not the path of a file");
        properties.clear();
        environment.put(VARIABLE, path);
        assertThat(refusal(KeyringException.class, keys::source))
                .hasMessageContainingAll(VARIABLE, "not the path of a file");
    }

    @Test
    void areRefusedWhereKeysStandInThePlaceOfAPath() {
        String key = FernetKey.generate().reveal();
        for (String keysForAPath : new String[] {key, key + "\n", key + "," + key}) {
            properties.put(PROPERTY, keysForAPath);
            assertThat(refusal(KeyringException.class, keys::source))
                    .hasMessageContainingAll(PROPERTY, "holds keys", KEYS);
            properties.clear();
            environment.put(VARIABLE, keysForAPath);
            assertThat(refusal(KeyringException.class, keys::source))
                    .hasMessageContainingAll(VARIABLE, "holds keys", KEYS);
        }
    }

    @Test
    void areRefusedWhereTheVariableHoldsWhatIsNoKey() {
        String key = FernetKey.generate().reveal();
        for (String wrong : new String[] {"no key", key.substring(1), key + ",", key + "\n" + key.substring(0, 43)}) {
            environment.put(KEYS, wrong);
            KeyringException refused =
                    refusal(KeyringException.class, () -> keys.source().load(true));
            assertThat(refused.reason()).isEqualTo(Reason.MALFORMED);
            assertThat(refused).hasMessageContaining(KEYS).hasMessageNotContaining(key.substring(5, 20));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "relative/home", ".", "/no/such/home", "a\u0000b"})
    void areRefusedWhereThereIsNoHome(String nowhere) {
        properties.put("user.home", nowhere);
        KeyringException refused = refusal(KeyringException.class, keys::source);
        assertThat(refused)
                .hasMessageContainingAll("home directory was not found", PROPERTY, VARIABLE)
                .hasNoCause();
        assertThat(refused.getMessage()).doesNotContain("\u0000");
    }

    @Test
    void areRefusedWhereTheHomeIsNotSetOrIsNoDirectory() throws IOException {
        assertThat(refusal(KeyringException.class, keys::source)).hasMessageContainingAll(PROPERTY, VARIABLE);
        properties.put("user.home", Files.createFile(home.resolve("file")).toString());
        assertThat(refusal(KeyringException.class, keys::source)).hasMessageContainingAll(PROPERTY, VARIABLE);
    }

    @Test
    void areRequiredToExistAsThePropertySaysBeforeTheVariable() {
        properties.put(REQUIRE_PROPERTY, "true");
        assertThat(keys.existingKeyRequired()).isTrue();
        environment.put(REQUIRE, "false");
        assertThat(keys.existingKeyRequired()).isTrue();
        properties.put(REQUIRE_PROPERTY, "");
        assertThat(refusal(CodomyrmexException.class, keys::existingKeyRequired))
                .hasMessageContainingAll("system property " + REQUIRE_PROPERTY, "neither true nor false")
                .hasMessageNotContaining(REQUIRE);
    }

    @Test
    void areRequiredToExistWhereTheVariableSaysTrue() {
        assertThat(keys.existingKeyRequired()).isFalse();
        environment.put(REQUIRE, "false");
        assertThat(keys.existingKeyRequired()).isFalse();
        environment.put(REQUIRE, "true");
        assertThat(keys.existingKeyRequired()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TRUE", "True", "yes", "1", "0", " true", "true\n", "FALSE"})
    void areRefusedWhereTheVariableSaysNeitherTrueNorFalse(String neither) {
        environment.put(REQUIRE, neither);
        assertThat(refusal(CodomyrmexException.class, keys::existingKeyRequired))
                .hasMessageContainingAll("environment variable " + REQUIRE, "neither true nor false");
    }
}
