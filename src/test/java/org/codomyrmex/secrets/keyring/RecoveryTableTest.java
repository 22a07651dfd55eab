// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.keyring.RecoveryCases.LONG_RETIRED;
import static org.codomyrmex.secrets.keyring.RecoveryCases.OTHER;
import static org.codomyrmex.secrets.keyring.RecoveryCases.PRIMARY;
import static org.codomyrmex.secrets.keyring.RecoveryCases.RETIRED;
import static org.codomyrmex.secrets.keyring.RecoveryCases.RING;
import static org.codomyrmex.secrets.keyring.RecoveryCases.UNFINISHED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.RecoveryCases.Case;
import org.codomyrmex.secrets.keyring.RecoveryTable.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every row of the recovery table, on real files. */
class RecoveryTableTest {

    /** What an opening makes of a state. */
    private enum Outcome {
        WHOLE,
        KEY_FILE_WRITTEN,
        KEY_IN_FRONT,
        ADOPTED,
        CREATED,
        KEY_FILE_REFUSED,
        LONE_KEY_FILE_REFUSED,
        RING_GONE,
        SEALED,
        RING_REFUSED
    }

    private static final Map<RingFile, Map<KeyFile, Outcome>> OUTCOMES = Map.of(
            RingFile.PLAIN,
            Map.of(
                    KeyFile.MIRROR, Outcome.WHOLE,
                    KeyFile.ABSENT, Outcome.KEY_FILE_WRITTEN,
                    KeyFile.RETIRED_KEY, Outcome.KEY_FILE_WRITTEN,
                    KeyFile.SEALED_MARK, Outcome.KEY_FILE_WRITTEN,
                    KeyFile.OTHER_KEY, Outcome.KEY_IN_FRONT,
                    KeyFile.MALFORMED, Outcome.KEY_FILE_REFUSED),
            RingFile.ABSENT,
            Map.of(
                    KeyFile.OTHER_KEY, Outcome.ADOPTED,
                    KeyFile.MALFORMED, Outcome.LONE_KEY_FILE_REFUSED,
                    KeyFile.ABSENT, Outcome.CREATED,
                    KeyFile.SEALED_MARK, Outcome.RING_GONE),
            RingFile.SEALED,
            Map.of(
                    KeyFile.SEALED_MARK, Outcome.SEALED,
                    KeyFile.ABSENT, Outcome.SEALED,
                    KeyFile.OTHER_KEY, Outcome.SEALED,
                    KeyFile.MALFORMED, Outcome.SEALED),
            RingFile.MALFORMED,
            Map.of(
                    KeyFile.ABSENT, Outcome.RING_REFUSED,
                    KeyFile.OTHER_KEY, Outcome.RING_REFUSED,
                    KeyFile.SEALED_MARK, Outcome.RING_REFUSED,
                    KeyFile.MALFORMED, Outcome.RING_REFUSED));

    /** A key file mirrors a ring, or has a retired key of it, only where the ring's keys are known. */
    private static final Set<KeyFile> NEED_A_PLAIN_RING = Set.of(KeyFile.MIRROR, KeyFile.RETIRED_KEY);

    private final ExecutorService sideBySide = Executors.newFixedThreadPool(16);
    private RecordedLog log;

    @TempDir
    Path parent;

    @BeforeEach
    void recordLog() {
        log = new RecordedLog();
    }

    @AfterEach
    void stop() {
        log.close();
        sideBySide.shutdownNow();
    }

    @Test
    void hasEveryPossibleStateOnceAndNoOther() {
        Set<List<Object>> rows = new HashSet<>();
        for (Row row : RecoveryTable.ROWS) {
            assertThat(rows.add(List.of(row.ring(), row.keyFile())))
                    .as(row.toString())
                    .isTrue();
        }
        for (RingFile ring : RingFile.values()) {
            for (KeyFile keyFile : KeyFile.values()) {
                boolean possible = ring == RingFile.PLAIN || !NEED_A_PLAIN_RING.contains(keyFile);
                assertThat(rows.contains(List.of(ring, keyFile)))
                        .as(ring + ", " + keyFile)
                        .isEqualTo(possible)
                        .isEqualTo(OUTCOMES.get(ring).containsKey(keyFile));
            }
        }
    }

    /** Many of them wait for the key file to settle, so they run side by side. */
    @TestFactory
    Stream<DynamicTest> leavesEveryStateAsPromised() {
        AtomicInteger number = new AtomicInteger();
        List<DynamicTest> tests = RecoveryCases.all().stream()
                .map(state -> {
                    KeyringFiles files = state.set(KeyringFiles.below(parent, "case-" + number.incrementAndGet()));
                    Future<?> done = sideBySide.submit(() -> check(state, files));
                    return DynamicTest.dynamicTest(state.toString(), () -> finish(done));
                })
                .toList();
        assertThat(tests).hasSize(174);
        return tests.stream();
    }

    private static void finish(Future<?> done) throws Throwable {
        try {
            done.get();
        } catch (ExecutionException failed) {
            throw failed.getCause();
        }
    }

    private void check(Case state, KeyringFiles files) {
        String ring = KeyringFiles.describe(files.ring);
        String key = KeyringFiles.describe(files.keyFile);
        Outcome outcome = OUTCOMES.get(state.row().ring()).get(state.row().keyFile());
        switch (outcome) {
            case WHOLE -> assertThat(opened(files, RING, ring, key)).isEqualTo(RING);
            case KEY_FILE_WRITTEN -> {
                opened(files, RING, ring, "44 characters");
                assertThat(files.keyFile).hasBinaryContent(KeyringFiles.keyText(PRIMARY));
            }
            case KEY_IN_FRONT -> {
                Keyring expected = Keyring.of(OTHER, PRIMARY, RETIRED, LONG_RETIRED);
                opened(files, expected, "written", key);
                assertThat(files.ring).hasBinaryContent(KeyringFiles.ringText(expected));
            }
            case ADOPTED -> {
                opened(files, Keyring.of(OTHER), "written", key);
                assertThat(files.ring).hasBinaryContent(KeyringFiles.ringText(Keyring.of(OTHER)));
            }
            case CREATED -> {
                Keyring created = files.source().load(true);
                assertThat(created.keyIds()).hasSize(1).doesNotContain(UNFINISHED.id());
                files.assertWritten(created);
                assertNothingMoreHappens(files, created);
            }
            default -> assertRefused(outcome, state, files, ring, key);
        }
        assertWarnings(outcome, files);
    }

    /** Opens the files; where the description of one is given, it must not have been touched. */
    private static Keyring opened(KeyringFiles files, Keyring expected, String ring, String key) {
        Keyring opened = files.source().load(false);

        assertThat(opened).isEqualTo(expected);
        assertThat(files.ringTemporary).doesNotExist();
        assertThat(files.keyTemporary).doesNotExist();
        if (!ring.equals("written")) {
            assertThat(KeyringFiles.describe(files.ring)).isEqualTo(ring);
        }
        if (!key.equals("44 characters")) {
            assertThat(KeyringFiles.describe(files.keyFile)).isEqualTo(key);
        }
        assertNothingMoreHappens(files, opened);
        return opened;
    }

    private static void assertNothingMoreHappens(KeyringFiles files, Keyring opened) {
        Map<String, String> state = files.state();

        assertThat(files.openedWithoutATouch()).isEqualTo(opened);
        assertThat(files.source().load(true)).isEqualTo(opened);

        assertThat(files.state()).isEqualTo(state);
    }

    private static void assertRefused(Outcome outcome, Case state, KeyringFiles files, String ring, String key) {
        Set<String> messages = new HashSet<>();
        for (boolean mayCreate : new boolean[] {true, false}) {
            KeyringException refusal = catchThrowableOfType(
                    KeyringException.class, () -> files.source().load(mayCreate));

            assertThat(refusal).as(state.toString()).isNotNull().hasNoCause();
            messages.add(refusal.getMessage());
            assertThat(refusal.reason()).isEqualTo(reason(outcome));
            assertThat(refusal).hasMessageContainingAll(words(outcome, files));
            assertSaysNothingOfItsContent(refusal.getMessage());
            assertThat(KeyringFiles.describe(files.ring)).isEqualTo(ring);
            assertThat(KeyringFiles.describe(files.keyFile)).isEqualTo(key);
        }
        assertThat(messages).hasSize(1);
    }

    private static Reason reason(Outcome outcome) {
        return switch (outcome) {
            case KEY_FILE_REFUSED, LONE_KEY_FILE_REFUSED, RING_REFUSED -> Reason.MALFORMED;
            case RING_GONE -> Reason.ABSENT;
            case SEALED -> Reason.SEALED;
            default -> throw new AssertionError(outcome);
        };
    }

    private static String[] words(Outcome outcome, KeyringFiles files) {
        List<String> words = switch (outcome) {
            case KEY_FILE_REFUSED ->
                List.of(
                        "The key file " + files.keyFile + " is no Fernet key: ",
                        "The ring " + files.ring + " is intact: remove the key file, and it is written again");
            case LONE_KEY_FILE_REFUSED ->
                List.of(
                        "The key file " + files.keyFile + " is no Fernet key: ",
                        "44 characters",
                        "left untouched: restore it from a backup");
            case RING_GONE ->
                List.of(files.keyFile + " says that this keyring is sealed", "the ring is gone", "from a backup");
            case SEALED -> List.of("The ring " + files.ring, "It is sealed", "envelope");
            case RING_REFUSED ->
                List.of("The ring " + files.ring + " is no keyring: ", "left untouched: restore it from a backup");
            default -> throw new AssertionError(outcome);
        };
        return words.toArray(String[]::new);
    }

    private static void assertSaysNothingOfItsContent(String message) {
        for (FernetKey key : List.of(PRIMARY, RETIRED, LONG_RETIRED, OTHER, UNFINISHED)) {
            for (int i = 0; i + 8 <= key.reveal().length(); i++) {
                assertThat(message).doesNotContain(key.reveal().substring(i, i + 8));
            }
        }
    }

    private void assertWarnings(Outcome outcome, KeyringFiles files) {
        List<String> warnings = log.warningsIn(files.directory);
        if (outcome == Outcome.KEY_IN_FRONT) {
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("Another program wrote key " + OTHER.id() + " into " + files.keyFile, PRIMARY.id());
        } else {
            assertThat(warnings).isEmpty();
        }
        assertThat(log.newsIn(files.directory)).hasSize(outcome == Outcome.CREATED ? 1 : 0);
    }

    @Test
    void aMalformedKeyFileThatIsRemovedAsAdvisedIsWrittenAgain() throws IOException {
        KeyringFiles files = KeyringFiles.below(parent, "advised").with(RING);
        KeyringFiles.write(files.keyFile, Arrays.copyOf(KeyringFiles.keyText(PRIMARY), 43));
        assertThat(catchThrowableOfType(KeyringException.class, files::opened)).isNotNull();

        Files.delete(files.keyFile);

        assertThat(files.opened()).isEqualTo(RING);
        files.assertWritten(RING);
    }
}
