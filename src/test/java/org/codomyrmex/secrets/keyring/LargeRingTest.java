// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ring of many keys is reloaded every second, so that must cost next to nothing. */
class LargeRingTest {

    private static final int KEYS = 2000;
    private static final int RUNS = 20;

    @TempDir
    Path directory;

    private static Keyring large() {
        return Keyring.of(Stream.generate(FernetKey::generate).limit(KEYS).toList());
    }

    @Test
    void anUnchangedRingIsReloadedInFiveMilliseconds() {
        KeyringFiles files = new KeyringFiles(directory).with(large());
        FileKeyringSource source = files.source();
        KeyringSnapshot last = source.reload(Optional.empty(), Duration.ZERO);
        assertThat(last.keyring().keyIds()).hasSize(KEYS);
        Duration best = Duration.ofDays(1);
        for (int run = 0; run < RUNS; run++) {
            long start = System.nanoTime();
            KeyringSnapshot next = source.reload(Optional.of(last), Duration.ZERO);
            best = shorter(best, start);
            assertThat(next).as("it was not parsed again").isSameAs(last);
        }
        assertThat(best).isLessThan(Duration.ofMillis(5));
    }

    @Test
    void aChangedRingIsReloadedInAHundredMilliseconds() {
        KeyringFiles files = new KeyringFiles(directory).with(large());
        FileKeyringSource source = files.source();
        KeyringSnapshot last = source.reload(Optional.empty(), Duration.ZERO);
        Duration best = Duration.ofDays(1);
        for (int run = 0; run < RUNS; run++) {
            Keyring changed = last.keyring().rotatedTo(FernetKey.generate());
            files.with(changed);
            long start = System.nanoTime();
            last = source.reload(Optional.of(last), Duration.ZERO);
            best = shorter(best, start);
            assertThat(last.keyring()).isEqualTo(changed);
        }
        assertThat(best).isLessThan(Duration.ofMillis(100));
    }

    private static Duration shorter(Duration best, long start) {
        Duration run = Duration.ofNanos(System.nanoTime() - start);
        return run.compareTo(best) < 0 ? run : best;
    }
}
