// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codomyrmex.secrets.fernet.FernetKey;

/**
 * One section of the README, as somebody would try it: in an empty directory, from top to bottom. Its blocks of Java are
 * one program, or several where Python stands between them; {@code export} in a block of shell sets the environment of
 * what follows, where {@code <…>} stands for a key.
 */
final class Section {
    private static final Pattern EXPORT = Pattern.compile("(?m)^export (\\w+)=\"?([^\"\n]*)\"?$");
    private static final Pattern A_KEY = Pattern.compile("<[^>]*>");
    private static final Pattern PYTHON_RESULT = Pattern.compile("(.*?) +# \u2192 (.*)");

    private final String name;
    private final List<Readme.Block> blocks;

    Section(String name, List<Readme.Block> blocks) {
        this.name = name;
        this.blocks = blocks;
    }

    /** Whether there is anything to run in it. */
    boolean hasCode() {
        return blocks.stream().anyMatch(block -> block.language().equals("java"));
    }

    void run(Path directory) throws IOException, InterruptedException {
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Sandbox sandbox = new Sandbox(directory);
        List<Step> steps = steps(classes);
        for (Step step : steps) {
            step.run(sandbox);
        }
    }

    private interface Step {
        void run(Sandbox sandbox) throws IOException, InterruptedException;
    }

    /** Everything is compiled before anything runs. */
    private List<Step> steps(Path classes) {
        List<Step> steps = new ArrayList<>();
        List<Readme.Block> program = new ArrayList<>();
        for (Readme.Block block : blocks) {
            switch (block.language()) {
                case "java" -> program.add(block);
                case "python" -> {
                    addProgram(program, classes, steps);
                    steps.add(sandbox -> runPython(sandbox, block));
                }
                case "sh" -> {
                    addProgram(program, classes, steps);
                    steps.add(sandbox -> export(sandbox, block));
                }
                default -> {}
            }
        }
        addProgram(program, classes, steps);
        return steps;
    }

    private static void addProgram(List<Readme.Block> blocks, Path classes, List<Step> steps) {
        if (!blocks.isEmpty()) {
            JavaProgram program = new JavaProgram(blocks);
            program.compileInto(classes);
            steps.add(sandbox -> requireSilence(sandbox.java(program.className(), classes)));
            blocks.clear();
        }
    }

    private static void requireSilence(Sandbox.Outcome outcome) {
        assertThat(outcome.output()).isEmpty();
        assertThat(outcome.code()).isZero();
    }

    private static void export(Sandbox sandbox, Readme.Block block) {
        for (MatchResult variable :
                (Iterable<MatchResult>) EXPORT.matcher(block.text()).results()::iterator) {
            sandbox.setEnvironment(
                    variable.group(1),
                    A_KEY.matcher(variable.group(2))
                            .replaceAll(key -> FernetKey.generate().reveal()));
        }
    }

    private static void runPython(Sandbox sandbox, Readme.Block block) throws IOException, InterruptedException {
        String python = Sandbox.pythonWithCryptography().orElse("");
        if (python.isEmpty()) {
            String lack = "There is no python3 that can import cryptography";
            if ("true".equals(System.getenv("CI"))) {
                fail(lack);
            }
            abort(lack);
        }
        requireSilence(sandbox.python(python, withChecks(block)));
    }

    private static String withChecks(Readme.Block block) {
        StringBuilder program = new StringBuilder();
        for (String line : block.lines()) {
            String checked = PYTHON_RESULT
                    .matcher(line)
                    .replaceAll(found -> Matcher.quoteReplacement(
                            "assert repr(" + found.group(1) + ") == " + quoted(found.group(2))));
            program.append(checked).append('\n');
        }
        return program.toString();
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    @Override
    public String toString() {
        return name;
    }
}
