// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A volume as Kubernetes mounts it: the names are links through the link {@code ..data}, which is turned in one step to
 * lead to another version; then the former version is removed.
 */
@Timeout(60)
class VolumeTest {

    private static final List<Keyring> STATES = states();

    @TempDir
    Path volume;

    private Path data;
    private Path keyFile;
    private int version;

    private static List<Keyring> states() {
        Keyring first = Keyring.of(FernetKey.generate(), FernetKey.generate());
        return List.of(first, first.rotatedTo(FernetKey.generate()));
    }

    @BeforeEach
    void mount() throws IOException {
        data = volume.resolve("..data");
        keyFile = Files.createSymbolicLink(volume.resolve("secrets.key"), Path.of("..data", "secrets.key"));
        Files.createSymbolicLink(volume.resolve("secrets.key.ring"), Path.of("..data", "secrets.key.ring"));
        Files.createSymbolicLink(data, publish());
    }

    private Path publish() {
        version++;
        KeyringFiles files = KeyringFiles.below(volume, "..version-" + version).with(STATES.get(version % 2));
        return files.directory.getFileName();
    }

    private void swap() {
        try {
            Path former = volume.resolve(Files.readSymbolicLink(data));
            Path fresh = Files.createSymbolicLink(volume.resolve("..data_tmp"), publish());
            Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
            for (Path file : KeyringFiles.listed(former)) {
                Files.delete(file);
            }
            Files.delete(former);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** On this disk the volume is swapped before one of the operations. */
    private FileKeyringSource swappedBefore(int operation, int[] done, boolean writable) {
        return new FileKeyringSource(
                new WatchedDisk() {
                    @Override
                    public boolean isWritable(Path directory) {
                        return writable;
                    }

                    @Override
                    protected void before(Operation any, Path file) {
                        if (done[0]++ == operation) {
                            swap();
                        }
                    }
                },
                keyFile,
                false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSwapBeforeAnyStepOfALoadCostsNoError(boolean writable) {
        int[] done = new int[1];
        for (int operation = 0; operation == 0 || done[0] >= operation; operation++) {
            done[0] = 0;
            assertThat(swappedBefore(operation, done, writable).load(false))
                    .as("swapped before operation " + operation)
                    .isIn(STATES);
        }
        assertThat(version).isGreaterThan(4);
    }

    @Test
    void aSwapBeforeAnyStepOfARecoveryCostsNoError() throws IOException {
        int[] done = new int[1];
        for (int operation = 0; operation == 0 || done[0] >= operation; operation++) {
            Files.write(volume.resolve("..data").resolve("secrets.key.0123456789abcdef.tmp"), new byte[1]);
            done[0] = 0;
            assertThat(swappedBefore(operation, done, true).update(UnaryOperator.identity()))
                    .as("swapped before operation " + operation)
                    .isIn(STATES);
        }
        assertThat(version).isGreaterThan(5);
    }

    @Test
    void aVolumeThatIsSwappedAgainAndAgainIsReadAsOneStateOrTheOther() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService publisher = Executors.newSingleThreadExecutor();
        try {
            Future<?> swaps = publisher.submit(() -> {
                while (!done.get()) {
                    swap();
                }
            });
            Set<Keyring> seen = new HashSet<>();
            int[] never = new int[1];
            long end = System.nanoTime() + Duration.ofMillis(600).toNanos();
            while (System.nanoTime() - end < 0) {
                seen.add(swappedBefore(-1, never, false).load(false));
            }
            done.set(true);
            swaps.get();
            assertThat(seen).isSubsetOf(STATES).isNotEmpty();
            assertThat(version).isGreaterThan(2);
        } finally {
            done.set(true);
            publisher.shutdown();
        }
    }
}
