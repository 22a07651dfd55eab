// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Another program writes a key of its own into the key file, without any lock, before each operation in turn of whatever
 * is being done: the key is never lost, but for the very instant in which the key file is replaced.
 */
@Timeout(120)
class OtherProgramTest {

    private static final int NEVER = -1;

    private final FernetKey foreign = FernetKey.generate();

    @TempDir
    Path parent;

    private final AtomicInteger cases = new AtomicInteger();

    static List<Scenario> scenarios() {
        return Scenario.ALL;
    }

    static List<Scenario> someScenarios() {
        return List.of(Scenario.CREATE, Scenario.ROTATE, Scenario.DESTROY);
    }

    private record Done(WatchedDisk.Operation operation, Path file) {}

    /** The real disk, and before its n-th operation what the other program does. */
    private final class SharedDisk extends WatchedDisk {

        private final KeyringFiles files;
        private final int writing;
        private final int pause;
        private final List<Done> done = new ArrayList<>();

        /** The content is written whole, or, if there is a pause, truncated first and completed that many operations later. */
        SharedDisk(KeyringFiles files, int writing, int pause) {
            this.files = files;
            this.writing = writing;
            this.pause = pause;
        }

        @Override
        protected boolean waitsForMedium() {
            return false;
        }

        @Override
        protected void before(Operation operation, Path file) {
            if (done.size() == writing && pause > 0) {
                KeyringFiles.write(files.keyFile, new byte[0]);
            }
            if (done.size() == writing + pause) {
                complete();
            }
            done.add(new Done(operation, file));
        }

        private void complete() {
            if (writing != NEVER) {
                KeyringFiles.write(files.keyFile, KeyringFiles.keyText(foreign));
            }
        }

        void completeIfPending() {
            if (done.size() <= writing + pause) {
                complete();
            }
        }
    }

    private KeyringFiles prepared(Scenario scenario) {
        KeyringFiles files = KeyringFiles.below(parent, "case-" + cases.incrementAndGet());
        scenario.state().accept(files);
        return files;
    }

    private List<Done> undisturbed(Scenario scenario) {
        KeyringFiles files = prepared(scenario);
        SharedDisk disk = new SharedDisk(files, NEVER, 0);
        scenario.perform(files.source(disk));
        return disk.done;
    }

    /** The operations between the last look at the key file and the moment at which it is replaced. */
    private static List<Integer> instant(List<Done> operations) {
        int look = NEVER;
        for (int n = 0; n < operations.size(); n++) {
            Done done = operations.get(n);
            if (done.file.endsWith("secrets.key")) {
                look = done.operation == WatchedDisk.Operation.READ ? n : look;
                if (done.operation == WatchedDisk.Operation.RENAME) {
                    return IntStream.rangeClosed(look + 1, n).boxed().toList();
                }
            }
        }
        return List.of();
    }

    /** All keys but one that other programs write over without us. */
    private static List<String> certain(Scenario scenario) {
        return scenario.after() == null
                ? List.of()
                : scenario.after().keyIds().stream()
                        .filter(id -> !id.equals(Scenario.OTHER.id()))
                        .toList();
    }

    private void writeBeforeEach(Scenario scenario, int pause) {
        List<Done> operations = undisturbed(scenario);
        List<Integer> instant = instant(operations);
        IntStream.range(0, operations.size())
                .filter(writing -> !instant.contains(writing))
                .parallel()
                .forEach(writing -> {
                    KeyringFiles files = prepared(scenario);
                    SharedDisk disk = new SharedDisk(files, writing, pause);

                    Keyring result = scenario.perform(files.source(disk));

                    disk.completeIfPending();
                    Keyring found = files.opened();
                    assertThat(found.keyIds())
                            .as("written before " + operations.get(writing))
                            .contains(foreign.id())
                            .containsAll(result.keyIds());
                    assertThat(result.keyIds()).containsAll(certain(scenario));
                    assertThat(files.openedWithoutATouch()).isEqualTo(found);
                });
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void aKeyWrittenBeforeAnyOperationIsNotLost(Scenario scenario) {
        writeBeforeEach(scenario, 0);
    }

    @ParameterizedTest
    @MethodSource("someScenarios")
    void aKeyWrittenInTwoStepsAroundAnyOperationIsNotLost(Scenario scenario) {
        writeBeforeEach(scenario, 3);
    }

    @Test
    void theInstantInWhichAKeyCanBeLostIsThatOfTheRename() {
        for (Scenario scenario : Scenario.ALL) {
            List<Done> operations = undisturbed(scenario);

            assertThat(instant(operations).stream().map(n -> operations.get(n).operation))
                    .as(scenario.name())
                    .isIn(List.of(), List.of(WatchedDisk.Operation.RENAME));
        }
        assertThat(instant(undisturbed(Scenario.CREATE)))
                .as("an absent key file is never replaced")
                .isEmpty();
    }

    @Test
    void aKeyWrittenJustBeforeTheRingIsReplacedIsThePrimaryAboveTheNewOne() {
        KeyringFiles files = prepared(Scenario.ROTATE);
        FileKeyringSource source = files.source(new WatchedDisk() {
            private boolean written;

            @Override
            protected void before(Operation operation, Path file) {
                if (operation == Operation.RENAME && file.equals(files.ring) && !written) {
                    written = true;
                    KeyringFiles.write(files.keyFile, KeyringFiles.keyText(foreign));
                }
            }
        });
        try (RecordedLog log = new RecordedLog()) {
            Keyring rotated = Scenario.ROTATE.perform(source);

            assertThat(rotated.keyIds())
                    .as("the new key was in the ring when the other program's was found, and is not put there again")
                    .containsExactly(foreign.id(), Scenario.NEXT.id(), Scenario.PRIMARY.id(), Scenario.RETIRED.id());
            files.assertWritten(rotated);
            assertThat(log.warningsIn(files.directory))
                    .singleElement()
                    .asString()
                    .contains("Another program wrote key " + foreign.id());
        }
    }

    @Test
    void twoKeysWrittenOneAfterTheOtherAreBothKept() {
        FernetKey second = FernetKey.generate();
        KeyringFiles files = prepared(Scenario.ROTATE);
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(foreign));
        int[] renames = new int[1];
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) {
                if (operation == Operation.RENAME && renames[0]++ == 0) {
                    KeyringFiles.write(files.keyFile, KeyringFiles.keyText(second));
                }
            }
        });

        Keyring opened = source.load(false);

        assertThat(opened).isEqualTo(Scenario.RING.rotatedTo(foreign).rotatedTo(second));
        assertThat(Stream.of(opened, files.opened()).distinct()).hasSize(1);
    }
}
