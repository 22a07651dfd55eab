// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Exceptions with the names that the clients of a KMS give theirs, which are not on the class path of the tests. */
final class NamedException {

    private NamedException() {}

    /** An exception of that class, which is made for it. */
    static RuntimeException of(String className, String message) {
        int dot = className.lastIndexOf('.');
        String source = "package " + className.substring(0, dot) + "; public class " + className.substring(dot + 1)
                + " extends RuntimeException { public " + className.substring(dot + 1)
                + "(String message) { super(message); } }";
        try {
            Path classes = Files.createTempDirectory("named-exception");
            JavaFileObject file =
                    new SimpleJavaFileObject(
                            URI.create("string:///" + className.replace('.', '/') + ".java"),
                            JavaFileObject.Kind.SOURCE) {
                        @Override
                        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                            return source;
                        }
                    };
            List<String> options = List.of("-proc:none", "-d", classes.toString());
            boolean compiled = ToolProvider.getSystemJavaCompiler()
                    .getTask(null, null, null, options, null, List.of(file))
                    .call();
            if (!compiled) {
                throw new AssertionError(className);
            }
            try (URLClassLoader loader =
                    new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
                return (RuntimeException)
                        loader.loadClass(className).getConstructor(String.class).newInstance(message);
            } finally {
                remove(classes);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError(className, impossible);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
