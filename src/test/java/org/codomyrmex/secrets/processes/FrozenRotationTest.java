// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.SecretManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is stopped inside a rotation, with the lock in its hands, holds up nobody but who wants to rotate. */
@Timeout(180)
@DisabledOnOs(OS.WINDOWS)
class FrozenRotationTest {

    private static final Duration PROMPT = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final Set<String> AT_REST = Set.of("secrets.key", "secrets.key.ring", "secrets.key.lock");
    private static final int MOST_ATTEMPTS = 400;

    @TempDir
    Path directory;

    private Path keyFile;

    @BeforeEach
    void create() {
        keyFile = directory.resolve("secrets.key");
        new SecretManager(keyFile).close();
    }

    private static String primaryOf(SecretManager manager) {
        return manager.listKeys().get(0).id();
    }

    private void assertOpensAtOnce() {
        long start = System.nanoTime();
        try (SecretManager opened = new SecretManager(keyFile)) {
            assertThat(opened.decrypt(opened.encrypt("canary-new"))).isEqualTo("canary-new");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PROMPT);
    }

    private static void assertRotatesSoon(SecretManager manager, long endNanos) {
        String rotated = manager.rotateKey();
        assertThat(Duration.ofNanos(System.nanoTime() - endNanos))
                .as("from its end to the next rotation")
                .isLessThan(SOON);
        assertThat(primaryOf(manager)).isEqualTo(rotated);
    }

    /** As after a kill between ring and key file: every reader finds something to recover, and the lock is busy. */
    @Test
    void holdsUpNoReaderThatFindsTheKeyFileMissing() throws Exception {
        try (SecretManager manager = new SecretManager(keyFile);
                Program frozen = Program.start(HoldingProgram.class, keyFile.toString(), "500")) {
            assertThat(frozen.nextLine()).isEqualTo("inside");
            try (SteadyUse use = SteadyUse.of(manager)) {
                frozen.freeze();
                Files.delete(keyFile);
                use.requirePrompt(Duration.ofMillis(2_200), PROMPT);
                assertOpensAtOnce();
                frozen.kill();
                long end = System.nanoTime();
                assertRotatesSoon(manager, end);
                use.requirePrompt(PROMPT);
                System.out.println("frozen with the key file missing: " + use);
            }
        }
        assertThat(keyFile).exists();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("slow")
    void holdsUpNobodyForLongAndRotationsGoOnSoonAfterItsEnd(boolean killed) throws Exception {
        try (SecretManager manager = new SecretManager(keyFile);
                Program frozen = Program.start(HoldingProgram.class, keyFile.toString(), "500")) {
            assertThat(frozen.nextLine()).isEqualTo("inside");
            try (SteadyUse use = SteadyUse.of(manager)) {
                frozen.freeze();
                Files.delete(keyFile);
                use.requirePrompt(Duration.ofSeconds(6), PROMPT);
                assertOpensAtOnce();
                if (killed) {
                    frozen.kill();
                } else {
                    frozen.thaw();
                    assertThat(frozen.nextLine()).startsWith("rotated to ");
                    assertThat(frozen.awaitExit()).isZero();
                }
                assertRotatesSoon(manager, System.nanoTime());
                use.requirePrompt(Duration.ofSeconds(2), PROMPT);
                System.out.println("frozen inside a rotation, then " + (killed ? "killed: " : "continued: ") + use);
            }
            assertThat(manager.listKeys()).hasSize(killed ? 2 : 3);
        }
    }

    /** Stopped wherever it may be while files are half-written, without any help of the test's. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("slow")
    void holdsUpNobodyWhereverBetweenTheFilesItStops(boolean killed) throws Exception {
        try (SecretManager manager = new SecretManager(keyFile);
                Program frozen = Program.start(RotatingProgram.class, keyFile.toString())) {
            List<String> handedOut = new ArrayList<>(List.of(frozen.nextLine()));
            try (SteadyUse use = SteadyUse.of(manager)) {
                String where = freezeBetweenFiles(frozen, handedOut);
                use.requirePrompt(Duration.ofSeconds(4), PROMPT);
                assertOpensAtOnce();
                if (!killed) {
                    frozen.thaw();
                    handedOut.add(frozen.nextLine());
                }
                frozen.kill();
                assertRotatesSoon(manager, System.nanoTime());
                use.requirePrompt(Duration.ofSeconds(2), PROMPT);
                System.out.println("frozen with " + where + (killed ? ", killed: " : ", continued: ") + use);
            }
            handedOut.addAll(frozen.remainingLines());
            assertThat(handedOut)
                    .allSatisfy(token -> assertThat(manager.decrypt(token)).isEqualTo("canary-value"));
            assertThat(manager.listKeys()).filteredOn(KeyInfo::primary).hasSize(1);
        }
    }

    /** Stops it at one moment after the other, until the files it leaves are not as they are at rest. */
    private String freezeBetweenFiles(Program program, List<String> handedOut) throws Exception {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            while (program.hasPrinted()) {
                handedOut.add(program.nextLine());
            }
            long end = System.nanoTime() + SECONDS.toNanos(1);
            while (System.nanoTime() < end && halfDone().isEmpty()) {
                LockSupport.parkNanos(100_000);
            }
            program.freeze();
            Set<String> found = halfDone();
            if (!found.isEmpty()) {
                return found.toString();
            }
            program.thaw();
        }
        throw new AssertionError("it was never stopped between the files");
    }

    private Set<String> halfDone() throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> !AT_REST.contains(name))
                    // Under a name that is never used twice a temporary says nothing but what it is one of.
                    .forEach(name -> found.add(name.replaceAll("\\.[0-9a-f]{16}\\.", ".")));
        }
        String ring = Files.readString(directory.resolve("secrets.key.ring"));
        if (!ring.startsWith(Files.readString(keyFile).strip())) {
            found.add("a ring that the key file does not mirror");
        }
        return found;
    }
}
