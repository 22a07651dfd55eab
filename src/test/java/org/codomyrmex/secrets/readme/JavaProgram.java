// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.readme;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Blocks of Java from the README as one program. Its lines have the numbers that they have there, so that whatever the
 * compiler or a stack trace says can be found on the page.
 *
 * <p>{@code // → value} behind a statement states the result of its expression, or the value of the variable that it
 * declares; {@code // → throws Type: message} states that it fails, and how; {@code …} stands for any text.
 */
final class JavaProgram {
    /** What the README says that its examples import. */
    static final List<String> IMPORTS = List.of(
            "java.nio.file.*",
            "java.time.*",
            "java.util.*",
            "javax.sql.*",
            "org.codomyrmex.secrets.*",
            "org.codomyrmex.secrets.fernet.*",
            "org.codomyrmex.secrets.jdbc.*",
            "org.codomyrmex.secrets.keyring.*",
            "org.codomyrmex.secrets.tink.*");

    /** What the README says that {@code manager} is in its examples, unless they declare one. */
    static final String MANAGER = "SecretManager manager = new SecretManager(Path.of(\"secrets.key\"));";

    private static final String ARROW = "// \u2192";
    private static final Pattern STATED = Pattern.compile("[ \t]*" + ARROW + " ([^\n]*)");

    private final String className;
    private final List<Readme.Block> blocks;

    JavaProgram(List<Readme.Block> blocks) {
        this.blocks = List.copyOf(blocks);
        this.className = "Readme" + blocks.get(0).line();
    }

    String className() {
        return className;
    }

    /**
     * Compiles the program, with its checks.
     *
     * @throws AssertionError where the README's code does not compile, or states a result of nothing
     */
    void compileInto(Path directory) {
        String plain = source("");
        Scan found = scan(plain);
        if (!found.declaresManager) {
            plain = source("static final " + MANAGER);
            found = scan(plain);
        }
        long arrows = plain.lines().filter(line -> line.contains(ARROW)).count();
        if (arrows != found.stated) {
            throw new AssertionError(
                    "The README's block at line " + blocks.get(0).line() + " has " + arrows + " results, of which "
                            + found.stated + " stand behind the end of a statement");
        }
        compile(found.withChecks(plain), directory);
    }

    private String source(String field) {
        StringBuilder source = new StringBuilder();
        IMPORTS.forEach(name -> source.append("import ").append(name).append("; "));
        source.append("import org.codomyrmex.secrets.readme.Expect; public final class ")
                .append(className)
                .append(" { ")
                .append(field)
                .append(" public static void main(String[] args) throws Exception {");
        if (blocks.stream().anyMatch(block -> block.text().contains("forKmsKey"))) {
            source.append(" ").append(StandInKms.class.getName()).append(".register();");
        }
        int line = 1;
        for (Readme.Block block : blocks) {
            source.append("\n".repeat(block.line() - line)).append(block.text());
            line = block.line() + block.lines().size() - 1;
        }
        return source.append("\n}}").toString();
    }

    private Scan scan(String source) {
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavacTask task = task(source, problems, List.of());
        try {
            CompilationUnitTree unit = task.parse().iterator().next();
            requireNone(problems);
            Scan scan = new Scan(unit, Trees.instance(task).getSourcePositions(), source);
            scan.scan(unit, null);
            return scan;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void compile(String source, Path directory) {
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        task(source, problems, List.of("-d", directory.toString())).call();
        requireNone(problems);
    }

    private JavacTask task(String source, DiagnosticCollector<JavaFileObject> problems, List<String> more) {
        List<String> options = new ArrayList<>(List.of("-proc:none", "-g", "--release", "17", "-cp"));
        options.add(System.getProperty("java.class.path"));
        options.addAll(more);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        return (JavacTask) compiler.getTask(null, null, problems, options, null, List.of(new Text(className, source)));
    }

    private static void requireNone(DiagnosticCollector<JavaFileObject> problems) {
        String said = problems.getDiagnostics().stream()
                .map(problem -> "README.md:" + problem.getLineNumber() + " " + problem.getMessage(Locale.ROOT))
                .collect(Collectors.joining("\n"));
        if (!said.isEmpty()) {
            throw new AssertionError(said);
        }
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String source;

        Text(String className, String source) {
            super(URI.create("readme:///" + className + ".java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }

    /** Finds the statements whose results are stated, and what to write around them. */
    private static final class Scan extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final String source;
        private final Map<Integer, String> insertions = new TreeMap<>();
        private int stated;
        private boolean declaresManager;

        Scan(CompilationUnitTree unit, SourcePositions positions, String source) {
            this.unit = unit;
            this.positions = positions;
            this.source = source;
        }

        @Override
        public Void visitVariable(VariableTree variable, Void nothing) {
            declaresManager |= variable.getName().contentEquals("manager");
            return super.visitVariable(variable, null);
        }

        @Override
        public Void visitBlock(BlockTree block, Void nothing) {
            block.getStatements().forEach(this::check);
            return super.visitBlock(block, null);
        }

        private void check(StatementTree statement) {
            int start = (int) positions.getStartPosition(unit, statement);
            int end = (int) positions.getEndPosition(unit, statement);
            Matcher comment = STATED.matcher(source).region(end, source.length());
            if (!comment.lookingAt()) {
                return;
            }
            String result = comment.group(1).strip();
            String arguments = unit.getLineMap().getLineNumber(end) + ", \""
                    + result.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            if (statement instanceof VariableTree variable) {
                insertions.put(end, " Expect.value(" + arguments + ", " + variable.getName() + ");");
            } else if (statement instanceof ExpressionStatementTree && result.startsWith("throws ")) {
                insertions.put(start, "try { ");
                insertions.put(
                        end,
                        " Expect.notThrown(" + arguments + "); } catch (Exception failed$) { Expect.thrown(" + arguments
                                + ", failed$); }");
            } else if (statement instanceof ExpressionStatementTree) {
                insertions.put(start, "Expect.value(" + arguments + ", ");
                insertions.put(end - 1, ")");
            } else {
                return;
            }
            stated++;
        }

        String withChecks(String plain) {
            StringBuilder checked = new StringBuilder();
            int from = 0;
            for (Map.Entry<Integer, String> insertion : insertions.entrySet()) {
                checked.append(plain, from, insertion.getKey()).append(insertion.getValue());
                from = insertion.getKey();
            }
            return checked.append(plain.substring(from)).toString();
        }
    }
}
