// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A key file path that only a shell, a framework or another locale would understand makes no key anywhere. */
class OddKeyFileTest {

    private static final String PROPERTY = "codomyrmex.secrets.keyFile";
    private static final String VARIABLE = "CODOMYRMEX_SECRETS_KEY_FILE";

    static List<Arguments> odd() {
        return List.of(
                Arguments.of("~/secrets.key", "begins with ~"),
                Arguments.of("\"/etc/secrets.key\"", "quotation mark"),
                Arguments.of("'/etc/secrets.key'", "quotation mark"),
                Arguments.of("/etc/secrets.key ", "white space"),
                Arguments.of("/etc/secrets.key\n", "white space"),
                Arguments.of(" ", "white space"),
                Arguments.of("${HOME}/secrets.key", "variable that was not expanded"),
                Arguments.of("file:/etc/secrets.key", "file:"));
    }

    @ParameterizedTest
    @MethodSource("odd")
    void isTheCallersMistakeInCode(String path, String words) {
        Path odd = Path.of(path);
        assertThat(refusal(IllegalArgumentException.class, () -> FileKeyringSource.at(odd)))
                .hasMessageContainingAll("keyFile ", words);
        assertThat(refusal(IllegalArgumentException.class, () -> new SecretManager(odd)))
                .hasMessageContainingAll("keyFile ", words);
        assertThat(odd).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("odd")
    void isRefusedInASettingThatIsNamed(String path, String words) {
        for (boolean byProperty : new boolean[] {true, false}) {
            Map<String, String> settings = Map.of(byProperty ? PROPERTY : VARIABLE, path);
            DefaultKeys keys = new DefaultKeys(
                    byProperty ? Map.of() : settings, byProperty ? settings::get : new HashMap<String, String>()::get);
            KeyringException refused = refusal(KeyringException.class, keys::source);
            assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refused)
                    .hasNoCause()
                    .hasMessageContainingAll(
                            byProperty ? "system property " + PROPERTY : "environment variable " + VARIABLE,
                            words,
                            "Expected the path of a key file");
        }
    }

    /** The JVM of a service whose unit sets no locale. The shell writes the bytes of "ü", whatever this JVM's encoding is. */
    @Test
    void isRefusedWithAWordAboutTheLocaleIfItsLettersCannotBeRead(@TempDir Path directory) {
        String path = "$(printf '" + directory + "/\\303\\274.key')";
        String passphrase = "export CODOMYRMEX_SECRETS_PASSPHRASE_FILE=" + path;
        ChildProcess byVariable = inAscii("export " + VARIABLE + "=" + path);
        ChildProcess byProperty = inAscii("export JDK_JAVA_OPTIONS=-D" + PROPERTY + "=" + path);
        ChildProcess byPassphrase = inAscii(passphrase, "-D" + PROPERTY + "=" + directory.resolve("plain.key"));
        ChildProcess byHome = inAscii("export JDK_JAVA_OPTIONS=-Duser.home=" + path);

        assertRefused(byVariable, "environment variable " + VARIABLE);
        assertRefused(byProperty, "system property " + PROPERTY);
        assertRefused(byPassphrase, "environment variable CODOMYRMEX_SECRETS_PASSPHRASE_FILE");
        assertRefused(byHome, "The home directory was not found");
        assertThat(directory).isEmptyDirectory();
    }

    private static ChildProcess inAscii(String shell, String... options) {
        return ChildProcess.startAfter(shell, SettingsProgram.class, Map.of("LC_ALL", "C"), options);
    }

    private static void assertRefused(ChildProcess process, String setting) {
        assertThat(process.lines())
                .filteredOn(line -> line.startsWith("open: "))
                .singleElement()
                .asString()
                .startsWith("open: KeyringException: ")
                .contains(setting, "in the locale of this process", "LC_ALL");
    }
}
