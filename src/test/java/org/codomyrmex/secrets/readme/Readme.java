// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of Markdown, taken apart: its headings, its links and its fenced blocks of code. */
final class Readme {
    private static final Pattern FENCE = Pattern.compile("```(\\w*)");
    private static final Pattern HEADING = Pattern.compile("(#{1,6}) (.+)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final String ABOVE_ALL_SECTIONS = "first screen";

    private final List<Block> blocks = new ArrayList<>();
    private final List<String> headings = new ArrayList<>();
    private final List<String> prose = new ArrayList<>();
    private final String text;

    /**
     * A fenced block of code.
     *
     * @param language what stands behind the fence
     * @param section the heading of level two above it
     * @param line where its first line is in the page, counted from one
     * @param lines its lines, without the fences
     */
    record Block(String language, String section, int line, List<String> lines) {
        String text() {
            return String.join("\n", lines);
        }
    }

    private Readme(List<String> lines) {
        text = String.join("\n", lines);
        String section = ABOVE_ALL_SECTIONS;
        int number = 0;
        while (number < lines.size()) {
            String line = lines.get(number++);
            Matcher fence = FENCE.matcher(line);
            Matcher heading = HEADING.matcher(line);
            if (fence.matches()) {
                int end = number;
                while (!lines.get(end).equals("```")) {
                    end++;
                }
                blocks.add(new Block(fence.group(1), section, number + 1, List.copyOf(lines.subList(number, end))));
                number = end + 1;
            } else if (heading.matches()) {
                headings.add(heading.group(2));
                section = heading.group(1).length() == 2 ? heading.group(2) : section;
            } else {
                prose.add(line);
            }
        }
    }

    static Readme read(Path file) throws IOException {
        return new Readme(Files.readAllLines(file));
    }

    static Readme of(String text) {
        return new Readme(text.lines().toList());
    }

    /** All of it, code and prose. */
    String text() {
        return text;
    }

    List<Block> blocks(String language) {
        return blocks.stream()
                .filter(block -> block.language().equals(language))
                .toList();
    }

    /** The blocks of every section that has any, in order. */
    Map<String, List<Block>> sections() {
        Map<String, List<Block>> sections = new LinkedHashMap<>();
        blocks.forEach(block -> sections.computeIfAbsent(block.section(), name -> new ArrayList<>())
                .add(block));
        return sections;
    }

    /** What the links outside code lead to. */
    List<String> links() {
        return prose.stream()
                .flatMap(line -> LINK.matcher(line).results())
                .map(MatchResult::group)
                .map(found -> found.substring(2, found.length() - 1))
                .toList();
    }

    /** The names under which headings can be linked to. */
    List<String> anchors() {
        return headings.stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
