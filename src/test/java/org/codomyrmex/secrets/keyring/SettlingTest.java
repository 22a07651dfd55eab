// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other programs truncate a key file and write it then, in two steps: whoever reads in between reads again. */
@Timeout(60)
class SettlingTest {

    private static final long TRUNCATED_MILLIS = 50;
    private static final byte[] NOTHING = new byte[0];

    private final FernetKey primary = FernetKey.generate();
    private final FernetKey other = FernetKey.generate();
    private final Keyring ring = Keyring.of(primary, FernetKey.generate());
    private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();

    @TempDir
    Path directory;

    private KeyringFiles files;

    @BeforeEach
    void nameFiles() {
        files = new KeyringFiles(directory);
    }

    @AfterEach
    void stop() {
        elsewhere.shutdownNow();
    }

    /** Truncates the key file now, and completes it after a while. */
    private Future<?> writeInTwoSteps(FernetKey key) {
        KeyringFiles.write(files.keyFile, NOTHING);
        return elsewhere.submit(() -> {
            pause();
            KeyringFiles.write(files.keyFile, KeyringFiles.keyText(key));
        });
    }

    private static void pause() {
        try {
            Thread.sleep(TRUNCATED_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aKeyFileThatStaysMalformedIsReadAgainForAtLeastATenthOfASecond() {
        files.with(ring);
        KeyringFiles.write(files.keyFile, NOTHING);
        int[] looks = new int[1];
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) {
                if (operation == Operation.READ && file.equals(files.keyFile)) {
                    looks[0]++;
                }
            }
        });
        long start = System.nanoTime();

        assertThat(source.load(false)).isEqualTo(ring);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(looks[0]).isGreaterThan(3);
    }

    @Test
    void aChangeBesideAKeyFileThatStaysMalformedWaitsForItAndIsThenRefused() {
        files.with(ring);
        KeyringFiles.write(files.keyFile, NOTHING);
        long start = System.nanoTime();

        assertThat(catchThrowableOfType(
                        KeyringException.class,
                        () -> files.source().update(present -> present.rotatedTo(FernetKey.generate()))))
                .hasMessageContainingAll("it is empty", "remove the key file, and it is written again");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(files.ring).hasBinaryContent(KeyringFiles.ringText(ring));
        assertThat(files.keyFile).isEmptyFile();
    }

    @Test
    void aRingThatStaysMalformedIsRefusedWithoutAnyWait() {
        files.with(ring);
        KeyringFiles.write(files.ring, NOTHING);
        int[] looks = new int[1];
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) {
                if (operation == Operation.READ && file.equals(files.ring)) {
                    looks[0]++;
                }
            }
        });

        assertThat(catchThrowableOfType(KeyringException.class, () -> source.load(false)))
                .hasMessageContaining("it is empty");

        assertThat(looks[0]).isLessThanOrEqualTo(2);
    }

    @Test
    void theSameKeyWrittenInTwoStepsCostsNoError() throws Exception {
        files.with(ring);
        Future<?> written = writeInTwoSteps(primary);

        assertThat(files.opened()).isEqualTo(ring);

        written.get();
        files.assertWritten(ring);
    }

    @Test
    void anotherKeyWrittenInTwoStepsBecomesThePrimary() throws Exception {
        files.with(ring);
        Future<?> written = writeInTwoSteps(other);

        assertThat(files.opened()).isEqualTo(ring.rotatedTo(other));

        written.get();
        files.assertWritten(ring.rotatedTo(other));
    }

    @Test
    void aFirstKeyWrittenInTwoStepsIsAdopted() throws Exception {
        Future<?> written = writeInTwoSteps(other);

        assertThat(files.source().load(true)).isEqualTo(Keyring.of(other));

        written.get();
        files.assertWritten(Keyring.of(other));
    }

    @Test
    void aRotationWaitsForAKeyThatIsBeingWritten() throws Exception {
        files.with(ring);
        FernetKey next = FernetKey.generate();
        Future<?> written = writeInTwoSteps(other);

        Keyring rotated = files.source().update(present -> present.rotatedTo(next));

        written.get();
        assertThat(rotated).isEqualTo(ring.rotatedTo(other).rotatedTo(next));
        files.assertWritten(rotated);
    }

    @Test
    void aWriterThatNeverRestsCostsNoErrorAndNoKey() throws Exception {
        files.with(ring);
        AtomicBoolean resting = new AtomicBoolean();
        Future<Keyring> written = elsewhere.submit(() -> {
            Keyring keys = ring;
            while (!resting.get()) {
                FernetKey key = FernetKey.generate();
                KeyringFiles.write(files.keyFile, NOTHING);
                Thread.sleep(10);
                KeyringFiles.write(files.keyFile, KeyringFiles.keyText(key));
                keys = keys.rotatedTo(key);
                // It rests for a moment: only the key that stands there while somebody looks can be taken over.
                Thread.sleep(60);
            }
            return keys;
        });

        FileKeyringSource source = files.source();
        long end = System.nanoTime() + Duration.ofMillis(700).toNanos();
        Keyring last = source.load(false);
        while (System.nanoTime() - end < 0) {
            Keyring next = source.load(false);
            assertThat(next.keyIds()).containsAll(last.keyIds());
            last = next;
        }
        resting.set(true);
        FernetKey lastWritten = written.get().primary();
        assertThat(files.opened().primary()).isEqualTo(lastWritten);
        assertThat(files.opened().keyIds()).containsAll(last.keyIds());
    }
}
