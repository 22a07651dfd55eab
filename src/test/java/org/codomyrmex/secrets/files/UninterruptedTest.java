// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UninterruptedTest {

    @TempDir
    Path directory;

    @AfterEach
    void leavesNoInterruptBehind() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aStepRunsWithoutThePendingInterruptAndGetsItBack() throws IOException {
        boolean[] interrupted = {true};
        Thread.currentThread().interrupt();

        Uninterrupted.run(() -> interrupted[0] = Thread.currentThread().isInterrupted());

        assertThat(Thread.interrupted()).isTrue();
        assertThat(interrupted[0]).isFalse();
    }

    @Test
    void withoutAnInterruptThereIsNoneAfterwards() throws IOException {
        Uninterrupted.run(() -> {});
        Uninterrupted.sleep(Duration.ofMillis(1));

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aStepThatAnInterruptClosesIsRunAgain() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        int[] runs = new int[1];

        Uninterrupted.run(() -> {
            if (runs[0]++ == 0) {
                Thread.currentThread().interrupt();
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(runs[0]).isEqualTo(2);
    }

    @Test
    void aStepThatFailsIsRunOnceAndTheInterruptIsKept() {
        int[] runs = new int[1];
        Thread.currentThread().interrupt();

        assertThatIOException()
                .isThrownBy(() -> Uninterrupted.run(() -> {
                    runs[0]++;
                    throw new IOException("full");
                }))
                .withMessage("full");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(runs[0]).isEqualTo(1);
    }

    @Test
    void sleepsForAllOfTheTimeAndKeepsTheInterrupt() {
        Thread.currentThread().interrupt();
        long start = System.nanoTime();

        Uninterrupted.sleep(Duration.ofMillis(40));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(40));
        assertThat(Thread.interrupted()).isTrue();
    }
}
