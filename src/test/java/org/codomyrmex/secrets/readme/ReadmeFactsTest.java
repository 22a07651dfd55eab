// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What the README says beside code: commands, coordinates, links, settings, errors. */
class ReadmeFactsTest {
    private static final Path MAIN = Path.of("src", "main", "java");

    /** A name that is a setting's, and not the end of a package's. */
    private static final Pattern SETTING =
            Pattern.compile("(?<![\\w.])(codomyrmex\\.[a-z]+\\.\\w+|CODOMYRMEX_[A-Z_]+)");

    private static final Pattern PUBLIC_EXCEPTION =
            Pattern.compile("public final class (\\w+Exception) extends CodomyrmexException");

    private static Readme readme;

    @BeforeAll
    static void read() throws IOException {
        readme = Readme.read(Path.of("README.md"));
    }

    @Test
    void theFirstCommandsRunTheQuickStartAndTheTests() {
        assertThat(readme.blocks("sh").stream()
                        .flatMap(block -> block.lines().stream())
                        .filter(line -> line.contains("mvn")))
                .startsWith("mvn -q test-compile exec:java", "mvn verify")
                .contains("mvn -Pslow verify");
    }

    @Test
    void theDependencyIsThisProject() throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile())
                .getDocumentElement();
        assertThat(readme.blocks("xml").get(0).lines().stream().map(String::strip))
                .containsExactly(
                        "<dependency>",
                        "<groupId>" + child(project, "groupId") + "</groupId>",
                        "<artifactId>" + child(project, "artifactId") + "</artifactId>",
                        "<version>" + child(project, "version") + "</version>",
                        "</dependency>");
    }

    private static String child(Element element, String name) {
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return node.getTextContent();
            }
        }
        throw new AssertionError("no " + name);
    }

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(readme.links()).isNotEmpty().allSatisfy(link -> {
            if (link.startsWith("#")) {
                assertThat(readme.anchors()).contains(link.substring(1));
            } else if (!link.startsWith("https://")) {
                String[] parts = link.split("#", 2);
                assertThat(Path.of(parts[0])).exists();
                if (parts.length == 2) {
                    assertThat(Readme.read(Path.of(parts[0])).anchors()).contains(parts[1]);
                }
            }
        });
    }

    @Test
    void namesEverySettingAndNoOther() throws IOException {
        Set<String> inCode = new TreeSet<>();
        for (String source : sources()) {
            inCode.addAll(found(Pattern.compile("\"" + SETTING.pattern() + "\""), source));
        }
        assertThat(inCode).isNotEmpty();
        assertThat(found(SETTING, readme.text())).containsExactlyInAnyOrderElementsOf(inCode);
    }

    @Test
    void namesEveryExceptionAndEveryReason() throws IOException {
        Set<String> names = new TreeSet<>(Set.of(CodomyrmexException.class.getSimpleName()));
        for (String source : sources()) {
            names.addAll(found(PUBLIC_EXCEPTION, source));
        }
        Stream.of(InvalidTokenException.Reason.values(), KeyringException.Reason.values())
                .flatMap(Stream::of)
                .forEach(reason -> names.add(reason.name()));
        assertThat(names)
                .hasSizeGreaterThan(13)
                .filteredOn(name -> !readme.text().contains("`" + name + "`"))
                .as("what the README does not name")
                .isEmpty();
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            List<String> sources = new java.util.ArrayList<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.add(Files.readString(file));
            }
            return sources;
        }
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
