// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that only reads through the default manager makes no key, wherever the settings lead it. */
class ReadingProcessTest {

    @TempDir
    private Path directory;

    @Test
    void makesNoKeyAtAWrongPath() {
        Path wrong = directory.resolve("mistyped").resolve("secrets.key");
        ChildProcess process = ChildProcess.start(
                ReadingProgram.class, Map.of(), "-Duser.home=" + directory, "-Dcodomyrmex.secrets.keyFile=" + wrong);
        assertReadsAndMakesNothing(process, wrong);
    }

    @Test
    void makesNoKeyUnderAHomeThatHasNone() {
        ChildProcess process = ChildProcess.start(ReadingProgram.class, Map.of(), "-Duser.home=" + directory);
        assertReadsAndMakesNothing(process, directory.resolve(".codomyrmex").resolve("secrets.key"));
    }

    private void assertReadsAndMakesNothing(ChildProcess process, Path keyFile) {
        List<String> lines = process.lines();
        assertThat(lines)
                .filteredOn(line -> line.matches("(get|list|delete|rotation|check|plain)\\S*: .*"))
                .hasSize(7)
                .contains(
                        "get: Optional.empty",
                        "get_by_name: Optional.empty",
                        "list: []",
                        "delete: false",
                        "rotation_history: []",
                        "check_age: Optional.empty")
                .anySatisfy(
                        line -> assertThat(line).startsWith("plain: {").contains("port=8080", "{host=example.org}"));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("by id: "))
                .singleElement()
                .asString()
                .startsWith("by id: ConfigurationException: ")
                .contains("password");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("by token: "))
                .singleElement()
                .asString()
                .contains(keyFile.toString());
        assertThat(directory).isEmptyDirectory();
    }
}
