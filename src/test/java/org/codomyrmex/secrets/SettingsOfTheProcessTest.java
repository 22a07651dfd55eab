// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default manager finds its keys by the properties and variables of the process that it runs in. */
class SettingsOfTheProcessTest {

    private static final FernetKey KEY = FernetKey.generate();

    @TempDir
    private static Path directory;

    private static ChildProcess byHome;
    private static ChildProcess byVariable;
    private static ChildProcess byKeys;
    private static ChildProcess byBoth;
    private static ChildProcess requiring;

    /** All at once, because what takes long is their start. */
    @BeforeAll
    static void start() {
        String home = "-Duser.home=" + directory;
        byHome = start(Map.of(), home);
        byVariable = start(Map.of("CODOMYRMEX_SECRETS_KEY_FILE", file("by-variable.key")), home);
        byKeys = start(Map.of("CODOMYRMEX_SECRETS_KEY", KEY.reveal()), home);
        byBoth = start(
                Map.of("CODOMYRMEX_SECRETS_KEY", KEY.reveal()),
                home,
                "-Dcodomyrmex.secrets.keyFile=" + file("by-property.key"));
        requiring = start(
                Map.of("CODOMYRMEX_SECRETS_REQUIRE_EXISTING_KEY", "true"),
                home,
                "-Dcodomyrmex.secrets.keyFile=" + file("absent.key"));
    }

    private static ChildProcess start(Map<String, String> variables, String... options) {
        return ChildProcess.start(SettingsProgram.class, variables, options);
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void keepsOneManagerBehindTheFacadeWithItsKeyUnderTheHome() {
        List<String> lines = byHome.lines();
        Path keyFile = directory.resolve(".codomyrmex").resolve("secrets.key");
        assertThat(lines).startsWith("open: " + keyFile, "store: true").hasSize(5);
        assertThat(lines.get(2)).matches("key: [0-9a-f]{16}");
        assertThat(lines.get(3)).isEqualTo("close: closed");
        assertThat(lines.get(4)).matches("rotate: [0-9a-f]{16}").isNotEqualTo(lines.get(2));
        assertThat(keyFile).exists();
    }

    @Test
    void putsTheKeyFileWhereTheVariableSays() {
        assertThat(byVariable.lines()).startsWith("open: " + file("by-variable.key"), "store: true");
        assertThat(directory.resolve("by-variable.key")).exists();
    }

    @Test
    void readsKeysFromTheEnvironmentAndSaysWhyTheyCannotBeRotated() {
        List<String> lines = byKeys.lines();
        assertThat(lines).startsWith("open: no file", "store: true", "key: " + KEY.id());
        assertThat(lines.get(4)).startsWith("rotate: KeyringException: ").contains("environment", "key file");
    }

    @Test
    void refusesKeysAndAKeyFileAtOnce() {
        assertThat(byBoth.lines())
                .hasSize(5)
                .allMatch(line -> line.contains("CodomyrmexException: ")
                        && line.contains("CODOMYRMEX_SECRETS_KEY")
                        && line.contains("codomyrmex.secrets.keyFile"));
        assertThat(directory.resolve("by-property.key")).doesNotExist();
    }

    @Test
    void makesNoKeyWhereAnExistingOneIsRequired() {
        assertThat(requiring.lines())
                .hasSize(5)
                .allMatch(line -> line.contains("KeyringException: ") && line.contains(file("absent.key")));
        assertThat(Files.exists(directory.resolve("absent.key"))).isFalse();
        assertThat(Files.exists(directory.resolve("absent.key.ring"))).isFalse();
    }
}
