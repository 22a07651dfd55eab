// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.codomyrmex.secrets.SecretManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process is stopped in the middle of an encryption, and goes on when the key it began under is destroyed. */
@Timeout(180)
@DisabledOnOs(OS.WINDOWS)
class StoppedEncryptionTest {

    /** More than are needed: one that had made its token before it was stopped does not count. */
    private static final int MOST_ATTEMPTS = 40;

    @TempDir
    Path directory;

    @Test
    void handsOutNoTokenUnderADestroyedKey() throws Exception {
        assertThat(lostIn(1)).isEmpty();
    }

    @Test
    @Tag("slow")
    void handsOutNoTokenUnderADestroyedKeyWhereverItStops() throws Exception {
        assertThat(lostIn(4)).isEmpty();
    }

    /** The attempts in which the token that was handed out is under no key of the ring. */
    private List<String> lostIn(int stops) throws Exception {
        Path keyFile = directory.resolve("secrets.key");
        List<String> lost = new ArrayList<>();
        int stopped = 0;
        try (SecretManager manager = new SecretManager(keyFile);
                Program program = Program.start(
                        EncryptingProgram.class, keyFile.toString(), String.valueOf(MOST_ATTEMPTS), "20")) {
            long nanos = Long.parseLong(program.nextLine());
            for (int attempt = 0; stopped < stops && attempt < MOST_ATTEMPTS; attempt++) {
                long delay = nanos * (stopped + 1) / (stops + 2);
                assertThat(program.nextLine()).isEqualTo("begin");
                LockSupport.parkNanos(delay);
                program.freeze();
                boolean inTheMiddle = !program.hasPrinted();
                if (inTheMiddle) {
                    stopped++;
                    String former = manager.listKeys().get(0).id();
                    manager.rotateKey();
                    assertThat(manager.destroyKey(former)).isTrue();
                }
                program.thaw();
                assertThat(program.nextLine()).isEqualTo("made");
                String token = program.nextLine();
                if (inTheMiddle && manager.keyIdOf(token).isEmpty()) {
                    lost.add("stopped " + delay / 1_000 + " of " + nanos / 1_000 + " microseconds after it began");
                }
            }
        }
        System.out.printf("encryptions stopped %d, tokens lost %d%n", stopped, lost.size());
        assertThat(stopped).isEqualTo(stops);
        return lost;
    }
}
