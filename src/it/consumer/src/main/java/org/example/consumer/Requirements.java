// SPDX-License-Identifier: Apache-2.0
package org.example.consumer;

import static java.util.stream.Collectors.toCollection;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import org.codomyrmex.secrets.SecretManager;

/** Reads the jar's descriptor, and its classes with jdeps: it may require no more than java.base and SLF4J. */
final class Requirements {
    private static final Set<String> ALLOWED = Set.of("java.base", "org.slf4j");
    private static final Set<String> EXPORTED = Set.of(
            "org.codomyrmex",
            "org.codomyrmex.secrets",
            "org.codomyrmex.secrets.fernet",
            "org.codomyrmex.secrets.jdbc",
            "org.codomyrmex.secrets.keyring",
            "org.codomyrmex.secrets.store",
            "org.codomyrmex.secrets.tink");

    private Requirements() {}

    public static void main(String[] args) throws URISyntaxException {
        Path jar = jarOf(SecretManager.class);
        ModuleDescriptor descriptor = ModuleFinder.of(jar)
                .find("org.codomyrmex.secrets")
                .orElseThrow(() -> new AssertionError("no module org.codomyrmex.secrets in " + jar))
                .descriptor();
        expect("a descriptor of its own", false, descriptor.isAutomatic());
        expect("what is mandatory", new TreeSet<>(ALLOWED), namesOf(descriptor, false));
        expect(
                "what is exported",
                new TreeSet<>(EXPORTED),
                descriptor.exports().stream()
                        .map(ModuleDescriptor.Exports::source)
                        .collect(toCollection(TreeSet::new)));

        Set<String> used = jdeps(jar);
        used.removeAll(namesOf(descriptor, true));
        expect("what the classes use", new TreeSet<>(ALLOWED), used);
        System.out.println("requires " + new TreeSet<>(ALLOWED));
    }

    private static Set<String> namesOf(ModuleDescriptor descriptor, boolean optional) {
        return descriptor.requires().stream()
                .filter(required -> required.modifiers().contains(Modifier.STATIC) == optional)
                .map(Requires::name)
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> jdeps(Path jar) throws URISyntaxException {
        StringWriter out = new StringWriter();
        int status = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(out, true),
                        new PrintWriter(out, true),
                        "--ignore-missing-deps",
                        "--multi-release",
                        "base",
                        "--module-path",
                        System.getProperty("java.class.path"),
                        "--list-deps",
                        jar.toString());
        expect("jdeps says\n" + out, 0, status);
        return out.toString()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.replaceFirst("/.*", ""))
                .collect(toCollection(TreeSet::new));
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static void expect(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new AssertionError(what + ": expected " + expected + ", found " + found);
        }
    }
}
