// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a keyring in files is changed; {@link DestructionTest} has how a key leaves it. */
@Timeout(60)
class RotationTest {

    private final FernetKey primary = FernetKey.generate();
    private final FernetKey retired = FernetKey.generate();
    private final FernetKey next = FernetKey.generate();
    private final Keyring ring = Keyring.of(primary, retired);

    @TempDir
    Path directory;

    private KeyringFiles files;

    @BeforeEach
    void writeFiles() {
        files = new KeyringFiles(directory).with(ring);
    }

    @Test
    void theNewKeyIsFirstInTheRingAndAloneInTheKeyFile() {
        Keyring rotated = files.source().update(present -> present.rotatedTo(next));

        assertThat(rotated).isEqualTo(Keyring.of(next, primary, retired));
        files.assertWritten(rotated);
        assertThat(files.ring)
                .hasContent(next.reveal() + "\n" + primary.reveal() + "\n" + retired.reveal() + "\n")
                .hasSize(135);
        assertThat(files.keyFile).hasContent(next.reveal()).hasSize(44);
        assertThat(files.openedWithoutATouch()).isEqualTo(rotated);
    }

    @Test
    void otherSourcesSeeTheNewRingAtTheirNextLook() {
        FileKeyringSource one = files.source();
        FileKeyringSource other = files.source();
        assertThat(other.load(false)).isEqualTo(ring);

        Keyring rotated = one.update(present -> present.rotatedTo(next));

        assertThat(other.load(false)).isEqualTo(rotated);
        assertThat(one.load(false)).isEqualTo(rotated);
    }

    @Test
    void aRetiredKeyCanBecomeThePrimaryAgain() {
        Keyring rotated = files.source().update(present -> present.rotatedTo(retired));

        assertThat(rotated).isEqualTo(Keyring.of(retired, primary));
        files.assertWritten(rotated);
    }

    @Test
    void addingARetiredKeyDoesNotTouchTheKeyFile() {
        String key = KeyringFiles.describe(files.keyFile);

        Keyring grown = files.source().update(present -> present.withRetired(next));

        assertThat(grown).isEqualTo(Keyring.of(primary, retired, next));
        assertThat(files.openedWithoutATouch()).isEqualTo(grown);
        assertThat(KeyringFiles.describe(files.keyFile)).isEqualTo(key);
    }

    @Test
    void aChangeThatChangesNothingWritesNothing() {
        Map<String, String> state = files.state();

        assertThat(files.source().update(present -> present)).isEqualTo(ring);
        assertThat(files.source().update(present -> present.withRetired(retired.copy())))
                .isEqualTo(ring);
        assertThat(files.source().update(present -> present.rotatedTo(primary))).isEqualTo(ring);

        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void aRingThatLacksAFormerKeyIsRefusedAndNothingIsWritten() {
        Map<String, String> state = files.state();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> files.source().update(present -> Keyring.of(next)))
                .withMessageContainingAll(primary.id(), retired.id(), "destroy");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> files.source().update(present -> present.without(retired.id())))
                .withMessageContaining(retired.id())
                .withMessageNotContaining(primary.id());

        assertThat(files.state()).isEqualTo(state);
        assertThat(files.opened()).isEqualTo(ring);
    }

    @Test
    void aChangeThatFailsWritesNothingAndGivesTheLockBack() {
        Map<String, String> state = files.state();

        assertThatIllegalStateException()
                .isThrownBy(() -> files.source().update(present -> {
                    throw new IllegalStateException("no");
                }))
                .withMessage("no");
        assertThatNullPointerException()
                .isThrownBy(() -> files.source().update(present -> null))
                .withMessage("change returned null");

        assertThat(files.state()).isEqualTo(state);
        assertThat(files.source().update(present -> present.rotatedTo(next)).primary())
                .isEqualTo(next);
    }

    @Test
    void theChangeIsMadeUnderTheLockFromTheRecoveredRing() throws IOException {
        FernetKey other = FernetKey.generate();
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(other));
        List<Keyring> seen = new ArrayList<>();
        boolean[] locked = new boolean[1];
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void after(Operation operation, Path file) {
                locked[0] |= operation == Operation.LOCK;
            }
        });

        source.update(present -> {
            assertThat(locked[0]).isTrue();
            seen.add(present);
            return present.rotatedTo(next);
        });

        assertThat(seen).containsExactly(ring.rotatedTo(other));
        files.assertWritten(ring.rotatedTo(other).rotatedTo(next));
    }

    @Test
    void theRingIsDurableBeforeTheKeyFileIsTouched() {
        List<String> done = new ArrayList<>();
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void after(Operation operation, Path file) {
                switch (operation) {
                    case FORCE, FORCE_CONTENT, RENAME, FORCE_DIRECTORY ->
                        done.add(operation + " "
                                + directory.relativize(file).toString().replaceAll("[0-9a-f]{16}", "*"));
                    default -> {}
                }
            }
        });

        source.update(present -> present.rotatedTo(next));

        assertThat(done)
                .containsExactly(
                        "FORCE_DIRECTORY ",
                        "FORCE_CONTENT secrets.key.ring.*.tmp",
                        "RENAME secrets.key.ring",
                        "FORCE_DIRECTORY ",
                        "FORCE_CONTENT secrets.key.*.tmp",
                        "RENAME secrets.key",
                        "FORCE_DIRECTORY ");
    }

    @Test
    void aRingOfMoreThanOneMebibyteIsRefusedAndTheLargestOpensAgain() {
        FernetKey[] keys = Stream.concat(Stream.of(primary, retired), Stream.generate(FernetKey::generate))
                .limit(23_301)
                .toArray(FernetKey[]::new);
        Keyring largest =
                files.source().update(present -> Keyring.of(next, keys).without(keys[23_300].id()));

        assertThat(files.ring).hasSize(23_301 * 45L);
        assertThat(files.openedWithoutATouch()).isEqualTo(largest);
        Map<String, String> state = files.state();

        KeyringException refusal = catchThrowableOfType(
                KeyringException.class, () -> files.source().update(present -> present.withRetired(keys[23_300])));

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal).hasMessageContainingAll("23302 keys", "1 MiB", "Destroy retired keys");
        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void manyThreadsWithTheirOwnSourcesLoseNoKey() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<List<FernetKey>>> work = IntStream.range(0, 4)
                    .<Callable<List<FernetKey>>>mapToObj(thread -> this::rotateFiveTimes)
                    .toList();
            List<FernetKey> made = new ArrayList<>();
            for (Future<List<FernetKey>> done : threads.invokeAll(work)) {
                made.addAll(done.get());
            }

            Keyring last = files.openedWithoutATouch();
            assertThat(last.keyIds()).hasSize(22);
            assertThat(last.retired()).contains(primary, retired);
            assertThat(made)
                    .hasSize(20)
                    .allSatisfy(key -> assertThat(last.contains(key.id())).isTrue());
            files.assertWritten(last);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<FernetKey> rotateFiveTimes() {
        FileKeyringSource source = files.source();
        return Stream.generate(FernetKey::generate)
                .limit(5)
                .peek(key -> assertThat(
                                source.update(present -> present.rotatedTo(key)).primary())
                        .isEqualTo(key))
                .toList();
    }

    @Test
    void nothingIsLeftBesideTheFilesButTheLock() throws IOException {
        files.source().update(present -> present.rotatedTo(next));

        assertThat(KeyringFiles.listed(directory)).containsExactlyInAnyOrder(files.ring, files.keyFile, files.lock);
    }
}
