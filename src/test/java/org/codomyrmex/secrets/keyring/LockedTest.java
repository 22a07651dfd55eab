// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.codomyrmex.secrets.files.LockTimeoutException;
import org.codomyrmex.secrets.files.LockingProcess;
import org.codomyrmex.secrets.files.OtherProcess;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A keyring whose lock another process has. */
@Timeout(90)
class LockedTest {

    @TempDir
    Path directory;

    private KeyringFiles files;
    private OtherProcess holder;

    @BeforeEach
    void lockElsewhere() {
        files = new KeyringFiles(directory).with(Scenario.RING);
        holder = OtherProcess.java(LockingProcess.class);
        assertThat(holder.ask("lock " + files.lock)).isEqualTo("done");
    }

    @AfterEach
    void end() {
        holder.close();
        assertThat(System.getProperties().stringPropertyNames()).noneMatch(name -> name.contains("secrets.key"));
    }

    /** The real disk, which is less patient. */
    private FileKeyringSource impatient() {
        return files.source(new WatchedDisk() {
            @Override
            public Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) throws IOException {
                assertThat(deadline).isEqualTo(Duration.ofSeconds(30));
                return super.lock(lockFile, ownership, Duration.ofMillis(100));
            }
        });
    }

    private void assertLocked(KeyringException refusal, String time) {
        assertThat(refusal.reason()).isEqualTo(Reason.LOCKED);
        assertThat(refusal)
                .hasMessageContainingAll(
                        "The lock on the keyring " + files.keyFile + " could not be taken",
                        files.lock + " was held by another process for " + time,
                        "Look for a process that hangs")
                .hasCauseInstanceOf(LockTimeoutException.class);
    }

    @Test
    void wholeFilesAreOpenedWithoutTheLock() {
        assertThat(files.source().load(true)).isEqualTo(Scenario.RING);
    }

    @Test
    void whatNeedsTheLockIsRefusedAfterTheDeadlineAndNothingIsTouched() throws IOException {
        Map<String, String> state = files.state();
        for (Runnable change : List.<Runnable>of(
                () -> Scenario.ROTATE.perform(impatient()), () -> Scenario.DESTROY.perform(impatient()))) {
            assertLocked(catchThrowableOfType(KeyringException.class, change::run), "100 ms");
        }
        assertThat(files.state()).isEqualTo(state);

        Files.delete(files.ring);
        state = files.state();
        assertLocked(
                catchThrowableOfType(KeyringException.class, () -> impatient().load(true)), "100 ms");
        assertThat(files.state()).isEqualTo(state);
        Files.delete(files.keyFile);
        assertLocked(
                catchThrowableOfType(KeyringException.class, () -> impatient().load(true)), "100 ms");
        assertThat(files.state()).isEmpty();
    }

    /** The real disk, which takes the lock at once or not at all. */
    private FileKeyringSource unwaiting() {
        return files.source(new WatchedDisk() {
            @Override
            public Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) throws IOException {
                assertThat(deadline).isZero();
                return super.lock(lockFile, ownership, deadline);
            }
        });
    }

    @Test
    void aWholeRingIsUsedAsItStandsWithoutWaitingForTheLock() throws IOException {
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(Scenario.OTHER));
        Map<String, String> other = files.state();
        FileKeyringSource source = unwaiting();

        assertThat(source.load(true)).isEqualTo(Scenario.RING.withRetired(Scenario.OTHER));
        KeyringSnapshot reloaded = source.reload(Optional.empty(), Duration.ZERO);
        assertThat(reloaded.keyring()).isEqualTo(Scenario.RING.withRetired(Scenario.OTHER));
        assertThat(files.state()).isEqualTo(other);

        Files.delete(files.keyFile);
        Map<String, String> missing = files.state();
        assertThat(source.load(true)).isEqualTo(Scenario.RING);
        assertThat(files.state()).isEqualTo(missing);

        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(Scenario.OTHER));
        holder.close();
        assertThat(source.reload(Optional.of(reloaded), Duration.ZERO).keyring())
                .as("it is not taken for unchanged, for it was not recovered")
                .isEqualTo(Scenario.RING.rotatedTo(Scenario.OTHER));
    }

    @Test
    void aReloadWithoutARingWaitsForNobody() throws IOException {
        Files.delete(files.ring);
        Map<String, String> state = files.state();

        assertLocked(
                catchThrowableOfType(KeyringException.class, () -> unwaiting().reload(Optional.empty(), Duration.ZERO)),
                "0 ms");

        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void aReloadThatMayWaitDoesSoOnlyForTemporaries() {
        FileKeyringSource source = files.source();
        KeyringSnapshot whole = source.reload(Optional.empty(), Duration.ofSeconds(60));
        assertThat(whole.keyring()).isEqualTo(Scenario.RING);
        KeyringFiles.write(files.ringTemporary, KeyringFiles.ringText(Scenario.RING));
        long start = System.nanoTime();

        assertThat(source.reload(Optional.of(whole), Duration.ofMillis(300))).isSameAs(whole);

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(300), Duration.ofSeconds(20));
        assertThat(files.ringTemporary).exists();
    }

    @Test
    @Tag("slow")
    void theDeadlineIsThirtySeconds() {
        long start = System.nanoTime();

        assertLocked(
                catchThrowableOfType(KeyringException.class, () -> Scenario.ROTATE.perform(files.source())),
                "30000 ms");

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(40));
    }

    @Test
    void whoWaitsGoesOnWhenTheLockIsGivenBack() throws Exception {
        CompletableFuture<Keyring> rotated =
                CompletableFuture.supplyAsync(() -> Scenario.ROTATE.perform(files.source()));
        Thread.sleep(50);
        assertThat(rotated).isNotDone();

        assertThat(holder.ask("unlock")).isEqualTo("done");

        assertThat(rotated.get()).isEqualTo(Scenario.ROTATE.after());
    }

    @Test
    void theLockOfAKilledProcessIsFree() {
        CompletableFuture<Keyring> rotated =
                CompletableFuture.supplyAsync(() -> Scenario.ROTATE.perform(files.source()));

        holder.kill();

        assertThat(rotated.join()).isEqualTo(Scenario.ROTATE.after());
        assertThat(files.lock).as("the lock file is never deleted").exists();
    }
}
