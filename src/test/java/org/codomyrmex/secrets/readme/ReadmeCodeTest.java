// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The code in the README compiles, runs and has the results that it states; and what has not is found out. */
class ReadmeCodeTest {
    private static final Path README = Path.of("README.md");

    @TempDir
    Path directory;

    static Stream<Section> sections() throws IOException {
        return sectionsOf(Readme.read(README)).filter(Section::hasCode);
    }

    private static Stream<Section> sectionsOf(Readme readme) {
        return readme.sections().entrySet().stream().map(entry -> new Section(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sections")
    void theCodeOfASectionDoesWhatItSays(Section section) throws IOException, InterruptedException {
        section.run(directory);
    }

    @Test
    void everyTaskStatesResults() throws IOException {
        assertThat(Readme.read(README).sections().values())
                .filteredOn(blocks ->
                        blocks.stream().anyMatch(block -> block.language().equals("java")))
                .hasSizeGreaterThan(8)
                .allSatisfy(blocks -> assertThat(blocks)
                        .as(blocks.get(0).section())
                        .anyMatch(block -> block.text().contains("// \u2192")));
    }

    @Test
    void saysWhatItsExamplesTakeForGranted() throws IOException {
        String text = Readme.read(README).text();
        assertThat(text).contains(JavaProgram.MANAGER);
        assertThat(JavaProgram.IMPORTS)
                .filteredOn(name -> !text.contains("`" + name + "`"))
                .isEmpty();
    }

    @Test
    void acceptsStatedResultsThatAreRight() throws Exception {
        run("""
            ```java
            String id = manager.storeSecret("a", "b");   // \u2192 \u2026
            manager.getSecret(id);                       // \u2192 Optional[b]
            if (id.length() == 32) {
                manager.encrypt("\\"");                  // \u2192 gAAAA\u2026
            }
            manager.decrypt("no token");                 // \u2192 throws InvalidTokenException: \u2026
            ```
            """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"manager.encrypt(\"a\");  // \u2192 a", "manager.decrypt(\"no token\");"})
    void findsAStatementThatDoesSomethingElse(String statement) {
        assertThatThrownBy(() -> run("# Title\n```java\nint i = 1;\n" + statement + "\n```\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Readme3.java:4");
    }

    @Test
    void findsAResultThatIsWrong() {
        Expect.value(1, "[a, \u2026]", List.of("a", "b"));
        Expect.thrown(1, "throws Exception: \u2026", new Exception("e"));
        assertThatThrownBy(() -> Expect.value(7, "[\u2026b, c]", List.of("a", "b")))
                .hasMessage("README.md:7 states [\u2026b, c], but the result is [a, b]");
        assertThatThrownBy(() -> Expect.thrown(7, "throws Exception: \u2026", new IllegalStateException("e")))
                .hasMessageContaining("but the result is throws IllegalStateException: e");
        assertThatThrownBy(() -> Expect.notThrown(7, "throws \u2026")).hasMessageContaining("but nothing is thrown");
    }

    @Test
    void findsCodeThatDoesNotCompile() {
        assertThatThrownBy(() -> run("text\n\n```java\nint i = 1;\nmanager.openSesame();\n```\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("README.md:5 cannot find symbol");
        assertThatThrownBy(() -> run("text\n\n```java\nint i = ;\n```\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("README.md:4 illegal start of expression");
    }

    @Test
    void findsAResultThatBelongsToNothing() {
        assertThatThrownBy(() -> run("```java\n// \u2192 42\nint i = 1;\n```\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 results, of which 0");
    }

    private void run(String page) throws IOException, InterruptedException {
        for (Section section : sectionsOf(Readme.of(page)).toList()) {
            section.run(directory);
        }
    }
}
