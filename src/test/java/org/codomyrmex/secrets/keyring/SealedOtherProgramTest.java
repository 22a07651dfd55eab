// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Another program writes a key of its own into the key file before each operation in turn of whatever is done with a ring
 * that is sealed before or afterwards: neither its key is lost, but for the instant in which the key file is replaced, nor
 * any key of the ring.
 */
@Timeout(120)
class SealedOtherProgramTest {

    private final FernetKey foreign = FernetKey.generate();

    @TempDir
    Path parent;

    static List<SealedScenario> scenarios() {
        return SealedScenario.ALL.stream()
                .filter(scenario -> !scenario.creates())
                .toList();
    }

    /** The real disk, and before its n-th operation what the other program does. */
    private final class SharedDisk extends WatchedDisk {

        private final KeyringFiles files;
        private final int writing;
        private final List<Operation> done = new ArrayList<>();
        private int replaced = -1;

        SharedDisk(KeyringFiles files, int writing) {
            this.files = files;
            this.writing = writing;
        }

        @Override
        protected boolean waitsForMedium() {
            return false;
        }

        @Override
        protected void before(Operation operation, Path file) {
            if (done.size() == writing) {
                KeyringFiles.write(files.keyFile, KeyringFiles.keyText(foreign));
            }
            if (file.equals(files.keyFile) && operation == Operation.RENAME) {
                replaced = done.size();
            }
            done.add(operation);
        }

        /** Between the last look at the key file and the moment in which it is replaced. */
        boolean isInstant(int operation) {
            return replaced >= 0 && operation > lastLook() && operation <= replaced;
        }

        private int lastLook() {
            int look = replaced;
            while (look > 0 && done.get(look) != Operation.READ) {
                look--;
            }
            return look;
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void aKeyWrittenBeforeAnyOperationIsNotLostAndCostsNoneOfTheRing(SealedScenario scenario) {
        SharedDisk undisturbed = new SharedDisk(prepared(scenario, "undisturbed"), -1);
        scenario.work().on(undisturbed.files.source(undisturbed), UnaryOperator.identity());
        IntStream.range(0, undisturbed.done.size())
                .filter(writing -> !undisturbed.isInstant(writing))
                .parallel()
                .forEach(writing -> {
                    KeyringFiles files = prepared(scenario, "before-" + writing);
                    String where = "before " + undisturbed.done.get(writing) + ", operation " + writing;
                    try {
                        scenario.work().on(files.source(new SharedDisk(files, writing)), UnaryOperator.identity());
                    } catch (KeyringException refused) {
                        assertThat(refused.reason()).as(where).isIn(Reason.MALFORMED, Reason.SEALED);
                    }
                    assertNothingLost(scenario, files, where);
                });
    }

    private KeyringFiles prepared(SealedScenario scenario, String name) {
        KeyringFiles files = KeyringFiles.below(parent, name);
        scenario.state().accept(files);
        return files;
    }

    private void assertNothingLost(SealedScenario scenario, KeyringFiles files, String where) {
        for (CrashForm form : List.of(scenario.before().form(), scenario.after().form())) {
            FileKeyringSource source = form.over(files.source(KeyringFiles.quick()));
            KeyringException refused = catchThrowableOfType(KeyringException.class, () -> source.load(false));
            if (refused != null) {
                assertThat(refused.reason()).as(where).isIn(Reason.SEALED, Reason.WRONG_ENVELOPE);
                continue;
            }
            if (form.isSealed() && !source.load(false).contains(foreign.id())) {
                assertLiesBeside(source, files, where);
                delete(files.keyFile);
                source.update(ring -> ring.withRetired(foreign));
            }
            assertThat(source.load(false).keyIds())
                    .as(where)
                    .contains(foreign.id())
                    .containsAll(remaining(scenario));
            return;
        }
        throw new AssertionError("It opens neither in the former form nor in the new one, written " + where);
    }

    /** The sealed ring is used as it stands; whoever changes it is told of the key, which is untouched. */
    private void assertLiesBeside(FileKeyringSource source, KeyringFiles files, String where) {
        KeyringException refused = catchThrowableOfType(
                KeyringException.class, () -> source.update(ring -> ring.rotatedTo(FernetKey.generate())));
        assertThat(refused).as(where).isNotNull();
        assertThat(refused.reason()).as(where).isEqualTo(Reason.MALFORMED);
        assertThat(refused)
                .as(where)
                .hasMessageContainingAll(
                        "holds key " + foreign.id(), "Move the key file away", "ring.withRetired(key)");
        assertThat(files.keyFile).hasBinaryContent(KeyringFiles.keyText(foreign));
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The keys that are there before and afterwards; the key file alone is all there is of a lone one. */
    private static List<String> remaining(SealedScenario scenario) {
        return scenario.name().equals("seal a lone key file")
                ? List.of()
                : scenario.before().keyring().keyIds().stream()
                        .filter(scenario.after().keyring()::contains)
                        .toList();
    }
}
