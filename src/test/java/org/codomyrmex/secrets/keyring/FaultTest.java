// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.files.WatchedDisk.Operation;
import org.codomyrmex.secrets.keyring.FailingDisk.Fault;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each operation on the disk fails in turn, in each way: whatever was being done, the next opening finds the old keyring
 * whole or the new one, and the error says which.
 */
@Timeout(120)
class FaultTest {

    private static final FernetKey ADDED = FernetKey.generate();

    @TempDir
    Path parent;

    private static Stream<Arguments> each(Stream<Scenario> scenarios) {
        return scenarios.flatMap(scenario -> Stream.of(Fault.values()).map(fault -> Arguments.of(scenario, fault)));
    }

    static Stream<Arguments> all() {
        return each(Scenario.ALL.stream());
    }

    static Stream<Arguments> thatLink() {
        return each(Scenario.ALL.stream().filter(Scenario::takesAFreePlace));
    }

    @ParameterizedTest
    @MethodSource("all")
    void anyOperationMayFail(Scenario scenario, Fault fault) {
        failEach(scenario, fault, true);
    }

    @ParameterizedTest
    @MethodSource("thatLink")
    void anyOperationMayFailWhereThereAreNoHardLinks(Scenario scenario, Fault fault) {
        failEach(scenario, fault, false);
    }

    private void failEach(Scenario scenario, Fault fault, boolean hardLinks) {
        List<Operation> operations = run(scenario, new FailingDisk(0, fault, hardLinks)).done;
        assertThat(operations).hasSizeGreaterThan(6);
        IntStream.rangeClosed(1, operations.size())
                .filter(failing -> fault.hits(operations.get(failing - 1)))
                .parallel()
                .forEach(failing -> run(scenario, new FailingDisk(failing, fault, hardLinks)));
    }

    private FailingDisk run(Scenario scenario, FailingDisk disk) {
        KeyringFiles files = KeyringFiles.below(parent, "failing-" + disk.failing);
        scenario.state().accept(files);
        Keyring[] result = new Keyring[1];

        Throwable failure = catchThrowable(() -> result[0] = scenario.perform(files.source(disk)));

        String where = "operation " + disk.failing + " of " + disk.done;
        Keyring found = files.source(KeyringFiles.quick()).load(scenario.before() == null);
        assertThat(scenario.allows(found)).as(where + ": " + found).isTrue();
        assertThat(files.openedWithoutATouch()).as(where).isEqualTo(found);
        if (failure != null) {
            assertTold(failure, scenario, files, found, disk);
        } else {
            assertThat(result[0]).as(where).isIn(found, scenario.asItStands());
            assertThat(disk.failing == 0 && !result[0].equals(found)).as(where).isFalse();
            assertThat(found).as(where).isEqualTo(Objects.requireNonNullElse(scenario.after(), found));
        }
        Keyring grown = files.source(KeyringFiles.quick()).update(ring -> ring.withRetired(ADDED));
        assertThat(grown).as(where).isEqualTo(found.withRetired(ADDED));
        files.assertWritten(grown);
        return disk;
    }

    private static void assertTold(
            Throwable failure, Scenario scenario, KeyringFiles files, Keyring found, FailingDisk disk) {
        assertThat(failure)
                .isInstanceOf(KeyringException.class)
                .hasMessageContainingAll(files.keyFile.toString(), "No space left on device");
        assertThat(((KeyringException) failure).reason()).isEqualTo(Reason.UNAVAILABLE);
        if (scenario.changes()) {
            boolean isNew = failure.getMessage().contains("The new keyring is in place in " + files.ring);
            if (!isNew) {
                assertThat(failure).hasMessageContaining("Nothing was changed: the former keyring is in place.");
            }
            if (!disk.misleads()) {
                assertThat(found).isEqualTo(isNew ? scenario.after() : scenario.before());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWriteThatIsCorruptedIsNoticedBeforeAnythingIsReplaced(boolean ringFile) {
        for (int bit = 0; bit < 8; bit++) {
            int flipped = 1 << bit;
            KeyringFiles files = KeyringFiles.below(parent, "flipped-" + bit);
            Scenario.ROTATE.state().accept(files);
            Map<String, String> state = files.state();
            FileKeyringSource source = files.source(new WatchedDisk() {
                @Override
                protected byte[] written(Path file, byte[] content) {
                    byte[] damaged = content.clone();
                    damaged[20] ^= (byte) (files.isRingTemporary(file) == ringFile ? flipped : 0);
                    return damaged;
                }
            });

            Throwable failure = catchThrowable(() -> Scenario.ROTATE.perform(source));

            assertThat(failure).hasMessageContaining("reads back differently from what was written");
            if (ringFile) {
                assertThat(failure).hasMessageContaining("Nothing was changed");
                assertThat(files.state()).isEqualTo(state);
            } else {
                assertThat(failure).hasMessageContaining("The new keyring is in place in " + files.ring);
                assertThat(files.state()).containsEntry("secrets.key", state.get("secrets.key"));
                assertThat(files.opened()).isEqualTo(Scenario.ROTATE.after());
            }
        }
    }

    @Test
    void aChangeThatBeginsAnewAndFailsThenSaysThatItsRingIsInPlace() {
        KeyringFiles files = KeyringFiles.below(parent, "anew").with(Scenario.RING);
        boolean[] full = new boolean[1];
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (full[0] && operation == Operation.CREATE) {
                    throw FailingDisk.failure(file);
                }
                if (operation == Operation.RENAME && file.equals(files.ring)) {
                    full[0] = true;
                    KeyringFiles.write(files.keyFile, KeyringFiles.keyText(Scenario.OTHER));
                }
            }
        });

        Throwable failure = catchThrowable(() -> Scenario.ROTATE.perform(source));

        assertThat(failure).hasMessageContaining("The new keyring is in place in " + files.ring);
        assertThat(files.opened()).isEqualTo(Scenario.ROTATE.after().rotatedTo(Scenario.OTHER));
    }

    @Test
    void aChangeThatBeginsAnewAndIsRefusedThenSaysThatItsRingIsInPlace() {
        KeyringFiles files = KeyringFiles.below(parent, "refused").with(Scenario.RING);
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) {
                if (operation == Operation.RENAME && file.equals(files.ring)) {
                    KeyringFiles.write(files.keyFile, "no key".getBytes(US_ASCII));
                }
            }
        });

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> Scenario.ROTATE.perform(source));

        assertThat(refusal.reason()).isEqualTo(Reason.MALFORMED);
        assertThat(refusal)
                .hasMessageContainingAll(
                        "The key file " + files.keyFile + " is not a Fernet key",
                        "The new keyring is in place in " + files.ring);
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(Scenario.PRIMARY));
        assertThat(files.opened()).isEqualTo(Scenario.ROTATE.after());
    }

    @Test
    void whereDirectoriesAreMadeAnyOperationMayFail() {
        int operations = Integer.MAX_VALUE;
        for (int failing = 0; failing <= operations; failing++) {
            KeyringFiles deep =
                    new KeyringFiles(parent.resolve("deep-" + failing).resolve("below"));
            FailingDisk disk = new FailingDisk(failing, Fault.BEFORE, true);
            FileKeyringSource source = deep.source(disk);

            Throwable failure = catchThrowable(() -> source.load(true));

            assertThat(failure)
                    .as("operation " + failing)
                    .satisfiesAnyOf(
                            none -> assertThat(none).isNull(),
                            some -> assertThat(some).isInstanceOf(KeyringException.class));
            assertThat(deep.source(KeyringFiles.quick()).load(true).keyIds()).hasSize(1);
            operations = failing == 0 ? disk.done.size() : operations;
        }
        assertThat(operations).isBetween(20, 100);
    }
}
