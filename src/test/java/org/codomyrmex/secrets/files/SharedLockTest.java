// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.Closeable;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lock between processes, and between class loaders, which share no statics. */
@Timeout(60)
class SharedLockTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static OtherProcess other;

    @TempDir
    Path directory;

    private Path lockFile;

    @BeforeAll
    static void startProcess() {
        other = OtherProcess.java(LockingProcess.class);
    }

    @AfterAll
    static void endProcess() {
        other.close();
    }

    @BeforeEach
    void nameLockFile() {
        lockFile = directory.resolve("secrets.key.lock");
    }

    private Closeable lock(Duration deadline) throws Exception {
        return Disk.system().lock(lockFile, Optional.empty(), deadline);
    }

    @Test
    void anotherProcessIsKeptOutUntilItIsGivenBack() throws Exception {
        try (Closeable held = lock(LONG)) {
            assertThat(held).isNotNull();
            assertThat(other.ask("try " + lockFile)).isEqualTo("held");
        }
        assertThat(other.ask("try " + lockFile)).isEqualTo("done");
        assertThatExceptionOfType(LockTimeoutException.class)
                .isThrownBy(() -> lock(SHORT))
                .withMessageContaining(lockFile.toString());
        assertThat(other.ask("unlock")).isEqualTo("done");
        lock(Duration.ZERO).close();
    }

    @Test
    void theLockOfAKilledProcessIsFree() throws Exception {
        try (OtherProcess killed = OtherProcess.java(LockingProcess.class)) {
            assertThat(killed.ask("lock " + lockFile)).isEqualTo("done");
            assertThatExceptionOfType(LockTimeoutException.class).isThrownBy(() -> lock(SHORT));
            killed.kill();
            lock(LONG).close();
        }
    }

    @Test
    void anAttemptInThisProcessDoesNotDropTheLockThatItHolds() throws Exception {
        try (Closeable held = lock(LONG)) {
            assertThat(held).isNotNull();
            assertThatExceptionOfType(LockTimeoutException.class).isThrownBy(() -> lock(SHORT));
            assertThat(other.ask("try " + lockFile)).isEqualTo("held");
        }
    }

    @Test
    void twoClassLoadersExcludeEachOtherAndNeitherDropsTheLockOfTheOther() throws Exception {
        try (URLClassLoader loader = loader()) {
            Class<?> disk = loader.loadClass(Disk.class.getName());
            assertThat(disk).isNotSameAs(Disk.class);

            try (Closeable held = lock(LONG)) {
                assertThat(held).isNotNull();
                assertThatExceptionOfType(InvocationTargetException.class)
                        .isThrownBy(() -> lock(disk, SHORT))
                        .havingCause()
                        .satisfies(cause ->
                                assertThat(cause.getClass().getName()).isEqualTo(LockTimeoutException.class.getName()));
                assertThat(other.ask("try " + lockFile)).isEqualTo("held");
            }
            try (Closeable held = lock(disk, LONG)) {
                assertThat(held).isNotNull();
                assertThatExceptionOfType(LockTimeoutException.class).isThrownBy(() -> lock(SHORT));
                assertThat(other.ask("try " + lockFile)).isEqualTo("held");
            }
            lock(Duration.ZERO).close();
        }
        assertThat(other.ask("try " + lockFile)).isEqualTo("done");
        assertThat(other.ask("unlock")).isEqualTo("done");
        assertThat(System.getProperties().stringPropertyNames()).noneMatch(name -> name.contains("secrets.key"));
    }

    /** A loader that has the library's classes for itself, as two applications in one container have. */
    private static URLClassLoader loader() {
        URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(SharedLockTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Closeable lock(Class<?> disk, Duration deadline) throws Exception {
        Method system = disk.getMethod("system");
        Method lock = disk.getMethod("lock", Path.class, Optional.class, Duration.class);
        return (Closeable) lock.invoke(system.invoke(null), lockFile, Optional.empty(), deadline);
    }

    @Test
    void aMissingLockFileIsMadeForItsOwnerAloneAndStays() throws Exception {
        try (Closeable held = lock(LONG)) {
            assertThat(held).isNotNull();
        }
        assertThat(lockFile).isEmptyFile();
        assertThat(Ownership.of(lockFile)).map(Ownership::modeText).hasValue("rw-------");
        assertThat(directory).isDirectoryContaining(path -> path.equals(lockFile));
    }
}
