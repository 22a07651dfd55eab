// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.keyring.KeyringFiles.describe;
import static org.codomyrmex.secrets.keyring.KeyringFiles.keyText;
import static org.codomyrmex.secrets.keyring.KeyringFiles.ringText;
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
import org.codomyrmex.secrets.files.OtherUser;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.codomyrmex.secrets.keyring.RecoveryCases.Case;
import org.codomyrmex.secrets.keyring.RecoveryTable.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every row of the recovery table, on real files, opened without an envelope and with the one that seals the ring. */
class RecoveryTableTest {

    /** A key file mirrors a ring, or has a retired key of it, only where the ring's keys are known. */
    private static final Set<KeyFile> NEED_A_RING = Set.of(KeyFile.MIRROR, KeyFile.RETIRED_KEY);

    private static final Keyring FRONTED = Keyring.of(OTHER, PRIMARY, RETIRED, LONG_RETIRED);

    /** Stands for the description of a file that is expected to be written. */
    private static final String WRITTEN = "written";

    private static final int COUNT = 840;
    private static final int COUNT_AS_ROOT = 1072;

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
                boolean known = ring == RingFile.PLAIN || ring == RingFile.SEALED;
                boolean possible = known || !NEED_A_RING.contains(keyFile);
                assertThat(rows.contains(List.of(ring, keyFile)))
                        .as(ring + ", " + keyFile)
                        .isEqualTo(possible)
                        .isEqualTo(RecoveryOutcome.keyFilesBeside(ring, false).contains(keyFile))
                        .isEqualTo(RecoveryOutcome.keyFilesBeside(ring, true).contains(keyFile));
            }
        }
    }

    /** Many of them wait for the key file to settle, so they run side by side. */
    @TestFactory
    Stream<DynamicTest> leavesEveryStateAsPromised() throws IOException {
        boolean root = OtherUser.isRoot();
        AtomicInteger number = new AtomicInteger();
        List<DynamicTest> tests = RecoveryCases.all(root).stream()
                .map(state -> {
                    KeyringFiles files = state.set(KeyringFiles.below(parent, "case-" + number.incrementAndGet()));
                    Future<?> done = sideBySide.submit(() -> check(state, files));
                    return DynamicTest.dynamicTest(state.toString(), () -> finish(done));
                })
                .toList();
        assertThat(tests).hasSize(root ? COUNT_AS_ROOT : COUNT);
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
        String ring = describe(files.ring);
        String key = describe(files.keyFile);
        RecoveryOutcome outcome = state.outcome();
        switch (outcome) {
            case WHOLE -> opened(state, files, RING, ring, key);
            case BESIDE_MALFORMED_KEY_FILE, BESIDE_FOREIGN_KEY, SEALED_BESIDE_MALFORMED_KEY_FILE, SEALED_BESIDE_KEY ->
                assertUsedAsItStands(state, files, ring, key);
            case KEY_FILE_WRITTEN -> {
                opened(state, files, RING, ring, WRITTEN);
                assertThat(files.keyFile).hasBinaryContent(state.enveloped() ? SealedRing.mark() : keyText(PRIMARY));
            }
            case KEY_IN_FRONT -> {
                opened(state, files, FRONTED, WRITTEN, key);
                assertThat(files.ring).hasBinaryContent(ringText(FRONTED));
            }
            case ADOPTED -> {
                opened(state, files, Keyring.of(OTHER), WRITTEN, key);
                assertThat(files.ring).hasBinaryContent(ringText(Keyring.of(OTHER)));
            }
            case CREATED -> assertCreated(state, files);
            case PLAIN_AFTER_KEY_FILE_WRITTEN -> {
                assertRefused(state, files, ring, WRITTEN);
                assertThat(files.keyFile).hasBinaryContent(keyText(PRIMARY));
            }
            case PLAIN_AFTER_KEY_IN_FRONT -> {
                assertRefused(state, files, WRITTEN, key);
                assertThat(files.ring).hasBinaryContent(ringText(FRONTED));
            }
            default -> assertRefused(state, files, ring, key);
        }
        assertLogged(outcome, files);
    }

    private static void assertCreated(Case state, KeyringFiles files) {
        Keyring created = state.source(files).load(true);

        assertThat(created.keyIds()).hasSize(1).doesNotContain(UNFINISHED.id());
        if (state.enveloped()) {
            assertThat(files.ring).content(US_ASCII).startsWith("codomyrmex-keyring 2 passphrase ");
            assertThat(files.keyFile).hasBinaryContent(SealedRing.mark());
            assertThat(KeyringFiles.listed(files.directory))
                    .containsExactlyInAnyOrder(files.ring, files.keyFile, files.lock);
        } else {
            files.assertWritten(created);
        }
        assertNothingMoreHappens(state, files, created);
    }

    /** Opens the files; where the description of one is given, it must not have been touched. */
    private static void opened(Case state, KeyringFiles files, Keyring expected, String ring, String key) {
        Keyring opened = state.source(files).load(false);

        assertThat(opened).isEqualTo(expected);
        if (state.outcome() == RecoveryOutcome.WHOLE && state.temporaries()) {
            assertThat(List.of(files.ringTemporary, files.keyTemporary))
                    .as("they may be of a writer that is at work; reading leaves them")
                    .allSatisfy(temporary -> assertThat(temporary).exists());
        } else {
            files.assertNoTemporaries();
        }
        assertUntouched(files, ring, key);
        assertNothingMoreHappens(state, files, opened);
    }

    /** Reading goes on with the ring; whoever changes it is told what is wrong, and nothing is touched. */
    private void assertUsedAsItStands(Case state, KeyringFiles files, String ring, String key) {
        FileKeyringSource source = state.source(files);
        assertThat(source.load(false)).isEqualTo(RING);
        assertThat(source.load(true)).isEqualTo(RING);

        KeyringException refusal = catchThrowableOfType(
                KeyringException.class, () -> source.update(present -> present.rotatedTo(UNFINISHED)));
        assertThat(refusal.reason()).isEqualTo(state.outcome().reason());
        assertThat(refusal).hasNoCause().hasMessageContainingAll(state.outcome().words(files));
        assertSaysNothingOfItsContent(refusal.getMessage());
        assertUntouched(files, ring, key);
        files.assertNoTemporaries();
        assertThat(log.warningsIn(files.directory))
                .singleElement()
                .asString()
                .contains(files.keyFile + " is used as it stands, because its files could not be recovered")
                .contains(state.outcome().words(files));
    }

    private static void assertUntouched(KeyringFiles files, String ring, String key) {
        if (!ring.equals(WRITTEN)) {
            assertThat(describe(files.ring)).isEqualTo(ring);
        }
        if (!key.equals(WRITTEN)) {
            assertThat(describe(files.keyFile)).isEqualTo(key);
        }
    }

    private static void assertNothingMoreHappens(Case state, KeyringFiles files, Keyring opened) {
        Map<String, String> before = files.state();

        assertThat(state.in(files.source(KeyringFiles.onlyLooking())).load(false))
                .isEqualTo(opened);
        assertThat(state.source(files).load(true)).isEqualTo(opened);

        assertThat(files.state()).isEqualTo(before);
    }

    private static void assertRefused(Case state, KeyringFiles files, String ring, String key) {
        RecoveryOutcome outcome = state.outcome();
        Set<String> messages = new HashSet<>();
        Map<String, String> after = Map.of();
        for (boolean mayCreate : new boolean[] {true, false}) {
            KeyringException refusal = catchThrowableOfType(
                    KeyringException.class, () -> state.source(files).load(mayCreate));

            assertThat(refusal).as(state.toString()).isNotNull().hasNoCause();
            messages.add(refusal.getMessage());
            assertThat(refusal.reason()).isEqualTo(outcome.reason());
            assertThat(refusal).hasMessageContainingAll(outcome.words(files));
            assertSaysNothingOfItsContent(refusal.getMessage());
            assertUntouched(files, ring, key);
            if (!mayCreate) {
                assertThat(files.state()).as("a second attempt touches nothing").isEqualTo(after);
            }
            after = files.state();
        }
        assertThat(messages).hasSize(1);
    }

    private static void assertSaysNothingOfItsContent(String message) {
        for (FernetKey key : List.of(PRIMARY, RETIRED, LONG_RETIRED, OTHER, UNFINISHED)) {
            for (int i = 0; i + 8 <= key.reveal().length(); i++) {
                assertThat(message).doesNotContain(key.reveal().substring(i, i + 8));
            }
        }
    }

    private void assertLogged(RecoveryOutcome outcome, KeyringFiles files) {
        List<String> warnings = log.warningsIn(files.directory);
        if (outcome.isUsedAsItStands()) {
            return;
        }
        if (outcome == RecoveryOutcome.ADOPTED) {
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("no ring beside the key file " + files.keyFile, OTHER.id(), "restore it from a backup");
        } else if (outcome == RecoveryOutcome.KEY_IN_FRONT || outcome == RecoveryOutcome.PLAIN_AFTER_KEY_IN_FRONT) {
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("Another program wrote key " + OTHER.id() + " into " + files.keyFile, PRIMARY.id());
        } else {
            assertThat(warnings).isEmpty();
        }
        assertThat(log.newsIn(files.directory)).hasSize(outcome == RecoveryOutcome.CREATED ? 1 : 0);
    }

    @Test
    void aMalformedKeyFileThatIsRemovedAsAdvisedIsWrittenAgain() throws IOException {
        KeyringFiles files = KeyringFiles.below(parent, "advised").with(RING);
        KeyringFiles.write(files.keyFile, Arrays.copyOf(keyText(PRIMARY), 43));
        assertThat(catchThrowableOfType(
                        KeyringException.class, () -> files.source().update(present -> present.rotatedTo(UNFINISHED))))
                .hasMessageContaining("remove the key file, and it is written again");

        Files.delete(files.keyFile);

        assertThat(files.opened()).isEqualTo(RING);
        files.assertWritten(RING);
    }
}
