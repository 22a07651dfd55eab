// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.ABSENT;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.SEALED;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codomyrmex.secrets.files.WatchedDisk.Operation;
import org.codomyrmex.secrets.keyring.FailingDisk.Fault;
import org.codomyrmex.secrets.keyring.SealedScenario.Sealing;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each operation on the disk, and each call of the envelope, fails in turn and in each way while a ring is sealed, opened,
 * changed or unsealed: the old state is whole or the new one, and the error says which.
 */
@Timeout(120)
class SealedFaultTest {

    private static final String FORMER_IN_PLACE = "Nothing was changed: the former keyring is in place.";

    @TempDir
    Path parent;

    static Stream<Arguments> faultsOfTheDisk() {
        return SealedScenario.ALL.stream()
                .flatMap(scenario -> Stream.of(Fault.values()).map(fault -> Arguments.of(scenario, fault)));
    }

    static Stream<Arguments> faultsWhereAFreePlaceIsTaken() {
        return faultsOfTheDisk()
                .filter(arguments ->
                        List.of("create sealed", "write a missing mark").contains(arguments.get()[0].toString()));
    }

    static Stream<Arguments> faultsOfTheEnvelope() {
        return SealedScenario.ALL.stream()
                .flatMap(scenario -> Stream.of(FailingEnvelope.Way.values()).map(way -> Arguments.of(scenario, way)));
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheDisk")
    void anyOperationMayFail(SealedScenario scenario, Fault fault) {
        failEach(scenario, fault, true);
    }

    @ParameterizedTest
    @MethodSource("faultsWhereAFreePlaceIsTaken")
    void anyOperationMayFailWhereThereAreNoHardLinks(SealedScenario scenario, Fault fault) {
        failEach(scenario, fault, false);
    }

    private void failEach(SealedScenario scenario, Fault fault, boolean hardLinks) {
        List<Operation> operations = run(scenario, new FailingDisk(0, fault, hardLinks)).done;
        assertThat(operations).hasSizeGreaterThan(6);
        IntStream.rangeClosed(1, operations.size())
                .filter(failing -> fault.hits(operations.get(failing - 1)))
                .parallel()
                .forEach(failing -> run(scenario, new FailingDisk(failing, fault, hardLinks)));
    }

    private FailingDisk run(SealedScenario scenario, FailingDisk disk) {
        KeyringFiles files = KeyringFiles.below(parent, "failing-" + disk.failing);
        scenario.state().accept(files);
        String former = contents(files);

        Throwable failure = catchThrowable(() -> scenario.work().on(files.source(disk), UnaryOperator.identity()));

        String where = "operation " + disk.failing + " of " + disk.done;
        assertThat(scenario.creates() && holdsPlainKey(files)).as(where).isFalse();
        if (failure != null && failure.getMessage().contains(FORMER_IN_PLACE) && !disk.misleads()) {
            assertThat(contents(files)).as(where).endsWith(former);
        }
        Sealing found = found(scenario, files);
        assertThat(scenario.allows(found)).as(where + ": " + found).isTrue();
        assertThat(found.form().over(files.source(KeyringFiles.quick())).update(UnaryOperator.identity()))
                .as(where)
                .isEqualTo(found.keyring());
        assertThat(found.form().isSealed() && holdsPlainKey(files)).as(where).isFalse();
        assertThat(found.form().over(files.source(KeyringFiles.onlyLooking())).load(false))
                .as(where)
                .isEqualTo(found.keyring());
        if (failure != null) {
            assertTold(failure, scenario, files, found, disk);
        } else if (!scenario.creates()) {
            assertThat(found).as(where).isEqualTo(scenario.after());
        }
        return disk;
    }

    private static void assertTold(
            Throwable failure, SealedScenario scenario, KeyringFiles files, Sealing found, FailingDisk disk) {
        assertThat(failure)
                .isInstanceOf(KeyringException.class)
                .hasMessageContainingAll(files.keyFile.toString(), "No space left on device");
        assertThat(((KeyringException) failure).reason()).isEqualTo(UNAVAILABLE);
        if (scenario.changes()) {
            boolean isNew = failure.getMessage().contains("The new keyring is in place in " + files.ring);
            if (!isNew) {
                assertThat(failure).hasMessageContaining(FORMER_IN_PLACE);
            }
            if (!disk.misleads()) {
                assertThat(found).isEqualTo(isNew ? scenario.after() : scenario.before());
            }
        }
    }

    /** Opens the files in the one form that they are in; in every other they are refused. */
    private static Sealing found(SealedScenario scenario, KeyringFiles files) {
        List<Sealing> opened = new ArrayList<>();
        for (CrashForm form : CrashForm.values()) {
            boolean mayCreate = scenario.creates() && form == scenario.after().form();
            try {
                Keyring keyring = form.over(files.source(KeyringFiles.quick())).load(mayCreate);
                opened.add(new Sealing(form, keyring));
            } catch (KeyringException refused) {
                assertThat(refused.reason()).isIn(SEALED, WRONG_ENVELOPE, ABSENT);
            }
        }
        assertThat(opened).as("forms in which " + files.directory + " opens").hasSize(1);
        return opened.get(0);
    }

    /** The ring and the key file, in this order: a ring that was made from the same key file comes before it. */
    private static String contents(KeyringFiles files) {
        return content(files.ring) + "|" + content(files.keyFile);
    }

    private static String content(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, ISO_8859_1) : "";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static boolean holdsPlainKey(KeyringFiles files) {
        return KeyringFiles.listed(files.directory).stream()
                .map(SealedFaultTest::content)
                .anyMatch(content -> !content.isEmpty() && !SealedRing.begins(content.getBytes(ISO_8859_1)));
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheEnvelope")
    void anyCallOfTheEnvelopeMayFail(SealedScenario scenario, FailingEnvelope.Way way) {
        int calls = FailingEnvelope.callsOf(scenario, KeyringFiles.below(parent, "undisturbed"));
        assertThat(calls).isBetween(1, 3);
        for (int failing = 1; failing <= calls; failing++) {
            KeyringFiles files = KeyringFiles.below(parent, "call-" + failing);
            scenario.state().accept(files);
            Map<String, String> state = files.state();
            FailingEnvelope.Calls counted = new FailingEnvelope.Calls(failing, way);

            Throwable failure = catchThrowable(() -> scenario.work()
                    .on(files.source(KeyringFiles.quick()), envelope -> new FailingEnvelope(envelope, counted)));

            assertRefused(failure, way, files, counted.kind());
            if (leavesFilesAlone(scenario)) {
                assertThat(files.state()).isEqualTo(state);
            }
            if (!scenario.creates()) {
                assertThat(found(scenario, files)).isEqualTo(scenario.before());
            }
        }
    }

    /** What was left half-done is finished or removed before the envelope is asked. */
    private static boolean leavesFilesAlone(SealedScenario scenario) {
        return !Set.of("seal a lone key file", "seal beside what a rotation left", "remove what an unsealing left")
                .contains(scenario.name());
    }

    private static void assertRefused(Throwable failure, FailingEnvelope.Way way, KeyringFiles files, String kind) {
        assertThat(failure)
                .isExactlyInstanceOf(KeyringException.class)
                .hasMessageContainingAll(
                        "The ring " + files.ring + " cannot be ",
                        "with the envelope of kind " + kind,
                        way.words(),
                        "The files were left as they are.");
        assertThat(((KeyringException) failure).reason()).isEqualTo(way.reason());
    }
}
