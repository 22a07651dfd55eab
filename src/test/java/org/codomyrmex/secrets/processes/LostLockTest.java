// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.Keyring;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three processes rotate one ring, and the file lock stops excluding anybody: no key is lost. */
@Timeout(180)
class LostLockTest {

    private static final int PROCESSES = 3;
    private static final int QUICK_MILLIS = 3_000;
    private static final int LONG_MILLIS = 15_000;

    /** Where a force costs nothing, there are many times as many rotations that can get in each other's way. */
    @TempDir(factory = KilledSealingTest.InMemory.class)
    Path directory;

    private Path keyFile;
    private final List<String> rotated = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private final List<String> refusedRotations = new ArrayList<>();
    private final List<String> refusedEncryptions = new ArrayList<>();

    @Test
    void threeProcessesThatDropTheirLockLoseNoKeyInAShortTime() throws Exception {
        rotateFor(QUICK_MILLIS, false);
        assertThat(rotated).isNotEmpty();
    }

    @Test
    @Tag("slow")
    void threeProcessesThatDropTheirLockLoseNoKey() throws Exception {
        rotateFor(LONG_MILLIS, false);
        assertThat(rotated).as("rotations go on").hasSizeGreaterThan(PROCESSES);
    }

    @Test
    @Tag("slow")
    void threeProcessesWhoseLockFileIsCleanedAwayLoseNoKey() throws Exception {
        rotateFor(LONG_MILLIS, true);
        assertThat(rotated).as("rotations go on").hasSizeGreaterThan(PROCESSES);
    }

    private void rotateFor(int millis, boolean cleaned) throws Exception {
        keyFile = directory.resolve("secrets.key");
        new SecretManager(keyFile).close();
        List<CompletableFuture<Integer>> programs = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            programs.add(CompletableFuture.supplyAsync(() -> run(millis), task -> new Thread(task).start()));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(programs.toArray(CompletableFuture[]::new));
        int removed = 0;
        while (cleaned && !all.isDone()) {
            removed += clean(keyFile.resolveSibling("secrets.key.lock")) ? 1 : 0;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
        }
        all.get(90, TimeUnit.SECONDS);
        assertThat(programs).allSatisfy(program -> assertThat(program.join()).isZero());
        assertThat(!cleaned || removed > 0).as("the lock file was removed").isTrue();
        assertNothingIsLost(removed);
    }

    /** A lock file that is not empty is none that a cleaner takes for rubbish. */
    private static boolean clean(Path lockFile) throws IOException {
        try {
            return Files.size(lockFile) == 0 && Files.deleteIfExists(lockFile);
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private int run(int millis) {
        try (Program program = Program.start(LockLosingProgram.class, keyFile.toString(), String.valueOf(millis))) {
            List<String> lines = program.remainingLines();
            synchronized (this) {
                lines.forEach(this::sort);
            }
            return program.awaitExit();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void sort(String line) {
        if (line.startsWith("rotated ")) {
            rotated.add(line.substring("rotated ".length()));
        } else if (line.startsWith("token ")) {
            tokens.add(line.substring("token ".length()));
        } else {
            (line.startsWith("rotation refused ") ? refusedRotations : refusedEncryptions).add(line);
        }
    }

    private void assertNothingIsLost(int removed) throws IOException {
        Keyring ring = Keyring.parse(Files.readString(keyFile.resolveSibling("secrets.key.ring")));
        List<String> lostKeys =
                rotated.stream().filter(id -> !ring.contains(id)).toList();
        long lostTokens;
        try (SecretManager fresh = new SecretManager(keyFile)) {
            lostTokens = tokens.stream().filter(token -> !opens(fresh, token)).count();
            assertThat(fresh.listKeys()).filteredOn(KeyInfo::primary).hasSize(1);
            assertThat(Files.readString(keyFile).equals(ring.primary().reveal()))
                    .as("the key file mirrors the ring")
                    .isTrue();
            fresh.rotateKey();
            assertThat(fresh.decrypt(fresh.encrypt("canary-after"))).isEqualTo("canary-after");
        }
        System.out.printf(
                "lost locks: rotations %d, lost %d, tokens %d, lost %d, keys in the ring %d, rotations that gave up %d,"
                        + " encryptions refused %d, lock files removed %d%n",
                rotated.size(),
                lostKeys.size(),
                tokens.size(),
                lostTokens,
                ring.keyIds().size(),
                refusedRotations.size(),
                refusedEncryptions.size(),
                removed);
        assertThat(lostKeys).as("keys that rotateKey returned").isEmpty();
        assertThat(lostTokens).as("tokens under a key that is gone").isZero();
        assertThat(refusedEncryptions).isEmpty();
        assertThat(refusedRotations).hasSizeLessThan(rotated.size());
        assertThat(Arrays.asList(directory.toFile().list()))
                .as("no temporary is left")
                .isSubsetOf("secrets.key", "secrets.key.ring", "secrets.key.lock");
    }

    private static boolean opens(SecretManager manager, String token) {
        try {
            return manager.decrypt(token).equals("canary-value");
        } catch (InvalidTokenException lost) {
            return false;
        }
    }
}
