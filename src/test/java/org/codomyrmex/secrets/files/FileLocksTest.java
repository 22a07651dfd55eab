// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lock between the threads of one process; {@link SharedLockTest} has class loaders and processes. */
@Timeout(60)
class FileLocksTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final ExecutorService others = Executors.newCachedThreadPool();

    @TempDir
    Path directory;

    private Path lockFile;

    @BeforeEach
    void makeLockFile() throws IOException {
        lockFile = Files.createFile(directory.resolve("secrets.key.lock"));
    }

    @AfterEach
    void leavesNoSystemPropertyBehind() {
        others.shutdownNow();
        assertThat(System.getProperties().stringPropertyNames()).noneMatch(name -> name.contains("secrets.key"));
    }

    private <T> Future<T> elsewhere(Callable<T> work) {
        return others.submit(work);
    }

    @Test
    void aTakenLockIsRefusedAfterTheDeadlineNamingTheFileAndTheTime() throws Exception {
        try (Closeable held = FileLocks.take(lockFile, () -> {}, LONG)) {
            assertThat(held).isNotNull();
            long start = System.nanoTime();
            elsewhere(() -> assertThatExceptionOfType(LockTimeoutException.class)
                            .isThrownBy(() -> FileLocks.take(lockFile, () -> {}, SHORT))
                            .withMessageStartingWith(
                                    lockFile + " was held by another thread of this process (system property ")
                            .withMessageEndingWith("for 50 ms"))
                    .get();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT);
        }
    }

    @Test
    void theSameThreadDoesNotGetItTwice() throws IOException {
        try (Closeable held = FileLocks.take(lockFile, () -> {}, LONG)) {
            assertThat(held).isNotNull();
            assertThatExceptionOfType(LockTimeoutException.class)
                    .isThrownBy(() -> FileLocks.take(lockFile, () -> {}, SHORT));
        }
    }

    @Test
    void aFreeLockIsTakenWithoutAnyTimeToWait() throws IOException {
        FileLocks.take(lockFile, () -> {}, Duration.ZERO).close();
        FileLocks.take(lockFile, () -> {}, Duration.ZERO).close();
    }

    @Test
    void whoWaitsGetsItWhenItIsGivenBack() throws Exception {
        Future<Boolean> waiting;
        try (Closeable held = FileLocks.take(lockFile, () -> {}, LONG)) {
            assertThat(held).isNotNull();
            waiting = elsewhere(() -> {
                FileLocks.take(lockFile, () -> {}, LONG).close();
                return true;
            });
            Thread.sleep(30);
            assertThat(waiting).isNotDone();
        }
        assertThat(waiting.get()).isTrue();
    }

    @Test
    void closingTwiceDoesNotTakeItFromTheNextHolder() throws IOException {
        Closeable first = FileLocks.take(lockFile, () -> {}, LONG);
        first.close();
        try (Closeable second = FileLocks.take(lockFile, () -> {}, LONG)) {
            assertThat(second).isNotNull();
            first.close();
            assertThatExceptionOfType(LockTimeoutException.class)
                    .isThrownBy(() -> FileLocks.take(lockFile, () -> {}, SHORT))
                    .withMessageContaining("another thread of this process");
        }
    }

    @Test
    @Timeout(30)
    void aPipeInThePlaceOfTheLockFileIsRefusedAtOnce() throws Exception {
        Path pipe = directory.resolve("pipe");
        assumeTrue(isMade(pipe), "needs mkfifo");

        assertThatIOException()
                .isThrownBy(() -> FileLocks.take(pipe, () -> {}, LONG))
                .withMessageContaining("is not a regular file");
    }

    private static boolean isMade(Path pipe) throws InterruptedException {
        try {
            return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    @Test
    void aLinkInThePlaceOfTheLockFileIsNotFollowedAndLeavesNoLock() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), lockFile);

        assertThatIOException()
                .isThrownBy(() -> FileLocks.take(link, () -> {}, LONG))
                .withMessageContaining("is not a regular file");

        Files.delete(link);
        FileLocks.take(Files.createFile(link), () -> {}, Duration.ZERO).close();
    }

    @Test
    void differentFilesAreDifferentLocks() throws IOException {
        Path other = Files.createFile(directory.resolve("other.lock"));
        try (Closeable held = FileLocks.take(lockFile, () -> {}, LONG);
                Closeable heldToo = FileLocks.take(other, () -> {}, Duration.ZERO)) {
            assertThat(List.of(held, heldToo)).doesNotHaveDuplicates();
        }
    }

    @Test
    void aFileThatCannotBeOpenedIsAnErrorAndLeavesTheLockFree() throws IOException {
        Path absent = directory.resolve("absent");
        assertThatIOException()
                .isThrownBy(() -> FileLocks.take(absent, () -> {}, LONG))
                .withMessageContaining("absent");
        assertThatIOException()
                .isThrownBy(() -> FileLocks.take(directory, () -> {}, LONG))
                .isNotInstanceOf(LockTimeoutException.class);
        assertThatIOException()
                .isThrownBy(() -> FileLocks.take(directory, () -> {}, LONG))
                .isNotInstanceOf(LockTimeoutException.class);
    }

    @Test
    void aLockTakenPastThisOneIsWaitedForLikeThatOfAnotherProcess() throws IOException {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock past = channel.lock()) {
            assertThat(past.isValid()).isTrue();
            assertThatExceptionOfType(LockTimeoutException.class)
                    .isThrownBy(() -> FileLocks.take(lockFile, () -> {}, SHORT))
                    .withMessage(lockFile + " was held by another process for 50 ms");
        }
        FileLocks.take(lockFile, () -> {}, Duration.ZERO).close();
    }

    @Test
    void replacedSystemPropertiesNeitherGiveTheLockAwayNorKeepIt() throws IOException {
        Properties properties = System.getProperties();
        try (Closeable held = FileLocks.take(lockFile, () -> {}, LONG)) {
            assertThat(held).isNotNull();
            System.setProperties(new Properties(properties));
            assertThatExceptionOfType(LockTimeoutException.class)
                    .isThrownBy(() -> FileLocks.take(lockFile, () -> {}, SHORT));
        } finally {
            System.setProperties(properties);
        }
        FileLocks.take(lockFile, () -> {}, Duration.ZERO).close();
    }

    @Test
    void theFileIsMadeWhenItIsTheTakersTurnAndNotBefore() throws Exception {
        AtomicInteger made = new AtomicInteger();
        FileLocks.Making making = made::incrementAndGet;
        try (Closeable held = FileLocks.take(lockFile, making, LONG)) {
            assertThat(held).isNotNull();
            assertThat(made).hasValue(1);
            assertThatExceptionOfType(LockTimeoutException.class)
                    .isThrownBy(() -> FileLocks.take(lockFile, making, SHORT));
            assertThat(made).hasValue(1);
        }
    }

    @Test
    void aFileThatCannotBeMadeIsAnErrorAndLeavesTheLockFree() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> FileLocks.take(
                        lockFile,
                        () -> {
                            throw new IOException("full");
                        },
                        LONG))
                .withMessage("full");
        FileLocks.take(lockFile, () -> {}, Duration.ZERO).close();
    }

    @Test
    void aPendingInterruptIsKeptAndDoesNotMatter() throws IOException {
        Thread.currentThread().interrupt();
        try {
            FileLocks.take(lockFile, () -> {}, LONG).close();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void anInterruptWhileWaitingIsKeptAndTheWaitGoesOn() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        boolean[] kept = new boolean[1];
        Thread waiting = new Thread(() -> {
            started.countDown();
            try {
                FileLocks.take(lockFile, () -> {}, LONG).close();
                kept[0] = Thread.currentThread().isInterrupted();
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        });
        try (Closeable held = FileLocks.take(lockFile, () -> {}, LONG)) {
            assertThat(held).isNotNull();
            waiting.start();
            started.await();
            Thread.sleep(20);
            waiting.interrupt();
            Thread.sleep(20);
            assertThat(waiting.isAlive()).isTrue();
        }
        waiting.join();
        assertThat(kept[0]).isTrue();
    }

    /** A POSIX lock is dropped by whoever closes the file: so nobody may even create it while another holds it. */
    @Test
    void aLockThatIsTakenWhileItsFileIsBeingMadeIsKept() throws Exception {
        Path locks = Path.of("/proc/locks");
        assumeTrue(Files.isReadable(locks), "skipped: needs Linux's list of locks");
        for (int round = 0; round < 200; round++) {
            Path fresh = directory.resolve("fresh" + round + ".lock");
            List<Future<Boolean>> held = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                held.add(elsewhere(() -> {
                    try (Closeable lock = Disk.system().lock(fresh, Optional.empty(), LONG)) {
                        String inode = ":" + Files.getAttribute(fresh, "unix:ino") + " ";
                        return lock != null && Files.readString(locks).contains(inode);
                    }
                }));
            }
            for (Future<Boolean> each : held) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    @Test
    void ofManyThreadsOneHoldsItAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        List<Future<Integer>> most = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            most.add(elsewhere(() -> {
                int seen = 0;
                for (int round = 0; round < 25; round++) {
                    try (Closeable held = Disk.system().lock(lockFile, Optional.empty(), LONG)) {
                        seen = Math.max(seen, held == null ? 0 : inside.incrementAndGet());
                        Uninterrupted.sleep(Duration.ofNanos(1000));
                        inside.decrementAndGet();
                    }
                }
                return seen;
            }));
        }
        for (Future<Integer> seen : most) {
            assertThat(seen.get()).isEqualTo(1);
        }
    }
}
