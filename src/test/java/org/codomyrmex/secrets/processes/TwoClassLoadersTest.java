// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.codomyrmex.secrets.SecretManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two web applications of one server: the library is loaded twice, and both copies do everything to one keyring. */
@Tag("slow")
class TwoClassLoadersTest {

    private static final int MILLIS = 8_000;

    @TempDir
    Path directory;

    @Test
    void managersOfTwoClassLoadersShareOneKeyring() throws Exception {
        Path keyFile = directory.resolve("secrets.key");
        ExecutorService pool = Executors.newFixedThreadPool(2);
        List<Future<?>> running = new ArrayList<>();
        List<URLClassLoader> loaders = new ArrayList<>();
        try {
            for (String seed : List.of("11", "12")) {
                URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
                loaders.add(loader);
                Class<?> program = loader.loadClass(SharingProgram.class.getName());
                assertThat(program).isNotSameAs(SharingProgram.class);
                running.add(pool.submit(() -> {
                    run(program, keyFile.toString(), seed, String.valueOf(MILLIS));
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
            for (URLClassLoader loader : loaders) {
                loader.close();
            }
        }
        try (SecretManager manager = new SecretManager(keyFile)) {
            assertThat(manager.listKeys()).filteredOn(key -> key.primary()).hasSize(1);
        }
    }

    private static void run(Class<?> program, String... arguments) throws Exception {
        Method main = program.getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        try {
            main.invoke(null, (Object) arguments);
        } catch (InvocationTargetException failed) {
            throw new AssertionError("a copy of the library failed", failed.getCause());
        }
    }

    private static URL[] classPath() {
        return Stream.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> url(Path.of(entry)))
                .toArray(URL[]::new);
    }

    private static URL url(Path entry) {
        try {
            return entry.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
