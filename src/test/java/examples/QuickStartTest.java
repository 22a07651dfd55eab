// SPDX-License-Identifier: Apache-2.0
package examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.codomyrmex.secrets.readme.Sandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickStartTest {
    @TempDir
    Path directory;

    @Test
    void readsEverythingBackAndShowsNoKeyAndNoToken() throws IOException {
        Path keyFile = directory.resolve("secrets.key");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new QuickStart(keyFile, new PrintStream(bytes, true, UTF_8)).run();

        String output = bytes.toString(UTF_8);
        assertThat(output).endsWith("Everything read back as it was." + System.lineSeparator());
        List<String> keys = new ArrayList<>(Files.readAllLines(Path.of(keyFile + ".ring")));
        assertThat(keys).hasSize(2).contains(Files.readString(keyFile));
        assertThat(keys).allSatisfy(key -> assertThat(output).doesNotContain(key));
        assertThat(output).doesNotContainPattern("[\\w-]{33}");
        assertThat(output).isASCII();
    }

    @Test
    void runsAgainAndAgainInADirectoryOfItsOwn() throws Exception {
        Sandbox sandbox = new Sandbox(directory);
        for (int run = 0; run < 2; run++) {
            Sandbox.Outcome outcome = sandbox.java("examples.QuickStart");
            assertThat(outcome.code()).as(outcome.output()).isZero();
            assertThat(outcome.output()).contains("There was no key", "Everything read back");
        }
        assertThat(sandbox.home()).isEmptyDirectory();
        assertThat(sandbox.work().resolve("target/quick-start")).isDirectoryContaining("glob:**/secrets.key");
    }

    @Test
    void failsWhereItCannotWork() throws Exception {
        Sandbox sandbox = new Sandbox(directory);
        Files.createDirectories(sandbox.work().resolve("target/quick-start/secrets.key.ring/in-the-way"));
        assertThat(sandbox.java("examples.QuickStart").code()).isNotZero();
    }

    @Test
    void refusesWhatDoesNotReadBack() {
        assertThatThrownBy(() -> QuickStart.requireEqual("a secret", "s3cr3t", "other"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Not what it should be: a secret.");
    }
}
