// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.processes.SealingProgram.Form;
import org.codomyrmex.secrets.processes.SealingProgram.Step;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * A process is killed at random moments while it seals a ring, changes its envelope, rotates under it, or unseals it: the
 * keyring opens in the former form or in the new one, and in no other, with every token.
 */
@Tag("slow")
@Timeout(300)
class KilledSealingTest {

    private static final int KILLS_A_STEP = 50;
    private static final int MOST_STARTS = 600;
    private static final int LONGEST_LIFE_MICROS = 100_000;

    /** On a medium whose forces take time, so that there is something to hit between the two files. */
    @TempDir
    Path directory;

    @TempDir(factory = InMemory.class)
    Path scratch;

    private final Map<Step, Integer> kills = new ConcurrentHashMap<>();
    private final Map<Step, Integer> inNewForm = new ConcurrentHashMap<>();

    /** Makes the directory in memory where there is such a place. */
    static final class InMemory implements TempDirFactory {

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "killed-sealing")
                    : Files.createTempDirectory("killed-sealing");
        }
    }

    @Test
    void everyKeyringOpensInTheFormerFormOrTheNewOneAndLosesNoToken() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<Integer>> lanes = new ArrayList<>();
        int tokens = 0;
        try {
            for (int lane = 0; lane < 2; lane++) {
                Killing killing = new Killing(directory.resolve("lane" + lane), new Random(lane));
                lanes.add(threads.submit(killing::run));
            }
            for (Future<Integer> lane : lanes) {
                tokens += lane.get();
            }
        } finally {
            threads.shutdownNow();
        }
        for (Step step : Step.values()) {
            int done = kills.getOrDefault(step, 0);
            System.out.printf(
                    "kills during %s %d, found in the form %s %d%n",
                    step, done, step.to(), inNewForm.getOrDefault(step, 0));
            assertThat(done).isGreaterThanOrEqualTo(KILLS_A_STEP);
        }
        int all = kills.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf("kills of sealing %d, tokens returned %d, lost 0%n", all, tokens);
        assertThat(tokens).isGreaterThan(all);
    }

    private Step killedLeast() {
        Step least = Step.SEAL;
        for (Step step : Step.values()) {
            least = kills.getOrDefault(step, 0) < kills.getOrDefault(least, 0) ? step : least;
        }
        return least;
    }

    /** Kills one program after the other on one keyring. */
    private final class Killing {

        private final Path keyFile;
        private final Random random;
        private final List<String> returned = new ArrayList<>();

        Killing(Path home, Random random) {
            this.keyFile = home.resolve("secrets.key");
            this.random = random;
        }

        int run() throws Exception {
            new SecretManager(keyFile).close();
            Step next = killedLeast();
            for (int start = 0; start < MOST_STARTS && kills.getOrDefault(next, 0) < KILLS_A_STEP; start++) {
                next.from().put(keyFile);
                assertWhole(killed(next));
                next = killedLeast();
            }
            return returned.size();
        }

        /** What the program printed until it was killed, at a random moment after it began its first step. */
        private List<String> killed(Step first) throws Exception {
            List<String> lines = new ArrayList<>();
            try (Program program = Program.start(
                    SealingProgram.class,
                    keyFile.toString(),
                    first.toString(),
                    Files.createTempDirectory(scratch, "warm").toString())) {
                lines.add(program.nextLine());
                lines.add(program.nextLine());
                assertThat(lines).last().isEqualTo("begin " + first);
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(LONGEST_LIFE_MICROS)));
                program.kill();
                lines.addAll(program.remainingLines());
            }
            lines.stream()
                    .filter(line -> line.startsWith("token "))
                    .forEach(line -> returned.add(line.substring("token ".length())));
            return lines;
        }

        private void assertWhole(List<String> lines) throws IOException {
            Step last = Step.valueOf(lines.stream()
                    .filter(line -> line.startsWith("begin "))
                    .reduce("", (former, later) -> later)
                    .substring("begin ".length()));
            boolean ended = lines.contains("end " + last)
                    && !lines.get(lines.size() - 1).startsWith("begin ");
            Set<Form> allowed = ended ? EnumSet.of(last.to()) : last.forms();
            assertThat(!allowed.contains(Form.PLAIN) && holdsPlainKey())
                    .as("a plain key while one envelope takes the place of another")
                    .isFalse();
            Form form = SealingProgram.formOf(keyFile);
            assertThat(form).as(lines.get(lines.size() - 1)).isIn(allowed);
            // Opening takes no lock and removes nothing; the next change does, be it one that changes no key.
            form.source(keyFile).update(ring -> ring);
            assertThat(form != Form.PLAIN && holdsPlainKey())
                    .as("a plain key beside a sealed ring once it was changed")
                    .isFalse();
            Keyring keyring = form.source(keyFile).load(false);
            assertThat(returned)
                    .allSatisfy(token -> assertThat(new String(keyring.decrypt(token), UTF_8))
                            .isEqualTo("canary-value"));
            if (!ended) {
                kills.merge(last, 1, Integer::sum);
                inNewForm.merge(last, form == last.to() ? 1 : 0, Integer::sum);
            }
        }

        /** Whether any file is neither empty, nor sealed, nor the mark. */
        private boolean holdsPlainKey() throws IOException {
            try (Stream<Path> files = Files.list(keyFile.getParent())) {
                for (Path file : files.toList()) {
                    String content = Files.readString(file, ISO_8859_1);
                    if (!content.isEmpty() && !content.startsWith("codomyrmex-keyring ")) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
