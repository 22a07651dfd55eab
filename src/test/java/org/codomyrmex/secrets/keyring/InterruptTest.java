// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An interrupt neither cuts an operation in half nor is lost. */
@Timeout(60)
class InterruptTest {

    @TempDir
    Path directory;

    private KeyringFiles files;

    @BeforeEach
    void nameFiles() {
        files = new KeyringFiles(directory);
    }

    @AfterEach
    void leavesNoInterruptBehind() {
        assertThat(Thread.interrupted()).isFalse();
    }

    static List<Scenario> scenarios() {
        return Scenario.ALL;
    }

    private void assertDone(Scenario scenario, Disk disk) {
        scenario.state().accept(files);
        Thread.currentThread().interrupt();

        Keyring result = scenario.perform(files.source(disk));

        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        assertThat(scenario.after()).isIn(result, null);
        assertThat(files.openedWithoutATouch()).isEqualTo(result);
        assertThat(files.state()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void anInterruptBeforeAnOperationIsKept(Scenario scenario) {
        assertDone(scenario, Disk.system());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void anInterruptBeforeEveryStepIsKept(Scenario scenario) {
        Thread caller = Thread.currentThread();
        assertDone(scenario, new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) {
                caller.interrupt();
            }
        });
    }

    @Test
    void anInterruptWhileAKeyFileSettlesIsKeptAndAllOfTheTimeIsWaited() {
        files.with(Scenario.RING);
        KeyringFiles.write(files.keyFile, new byte[0]);
        Thread.currentThread().interrupt();
        long start = System.nanoTime();

        assertThat(files.opened()).isEqualTo(Scenario.RING);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptWhileWaitingForTheLockIsKept() throws Exception {
        files.with(Scenario.RING);
        Keyring[] rotated = new Keyring[1];
        boolean[] kept = new boolean[1];
        Thread rotating = new Thread(() -> {
            rotated[0] = Scenario.ROTATE.perform(files.source());
            kept[0] = Thread.currentThread().isInterrupted();
        });
        try (var held = Disk.system().lock(files.lock, Optional.empty(), Duration.ofSeconds(5))) {
            assertThat(held).isNotNull();
            rotating.start();
            Thread.sleep(30);
            rotating.interrupt();
            Thread.sleep(30);
            assertThat(rotating.isAlive()).isTrue();
        }
        rotating.join();
        assertThat(rotated[0]).isEqualTo(Scenario.ROTATE.after());
        assertThat(kept[0]).isTrue();
        files.assertWritten(rotated[0]);
    }

    @Test
    void manyInterruptsOfAThreadThatRotatesCostNothing() throws Exception {
        files.with(Scenario.RING);
        FileKeyringSource source = files.source();
        Thread rotating = new Thread(() -> {
            for (int round = 0; round < 5; round++) {
                source.update(ring -> ring.rotatedTo(FernetKey.generate()));
                source.load(false);
            }
        });
        Throwable[] failure = new Throwable[1];
        rotating.setUncaughtExceptionHandler((thread, thrown) -> failure[0] = thrown);
        rotating.start();
        while (rotating.isAlive()) {
            rotating.interrupt();
            Thread.sleep(0, 100_000);
        }
        assertThat(failure[0]).isNull();
        assertThat(files.opened().keyIds()).hasSize(7);
    }
}
