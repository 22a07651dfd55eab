// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OtherProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many processes with one key file, and processes of another kind than this one. */
@Timeout(300)
class ProcessesTest {

    @TempDir
    Path parent;

    private static List<OtherProcess> processes = List.of();

    @BeforeAll
    static void startProcesses() {
        processes = IntStream.range(0, 8)
                .mapToObj(process -> OtherProcess.java(KeyringProcess.class))
                .toList();
        processes.forEach(process -> assertThat(process.hear()).isEqualTo("ready"));
    }

    @AfterAll
    static void endProcesses() {
        processes.forEach(OtherProcess::close);
    }

    @Test
    void eightProcessesThatCreateOneKeyAtTheSameMomentEndWithOneKey() {
        createTogether(1);
    }

    @Test
    @Tag("slow")
    void eightProcessesThatCreateOneKeyAtTheSameMomentEndWithOneKeyEveryTime() {
        createTogether(20);
    }

    private void createTogether(int rounds) {
        for (int round = 0; round < rounds; round++) {
            KeyringFiles files =
                    new KeyringFiles(parent.resolve("round-" + round).resolve("below"));
            processes.forEach(process -> process.say("create " + files.keyFile));
            List<String> ids =
                    processes.stream().map(OtherProcess::hear).distinct().toList();

            assertThat(ids).singleElement().asString().matches("[0-9a-f]{16}");
            Keyring created = files.openedWithoutATouch();
            assertThat(created.keyIds()).isEqualTo(ids);
            files.assertWritten(created);
        }
    }

    @Test
    void eightProcessesThatRotateAtTheSameTimeLoseNoKey() {
        KeyringFiles files = new KeyringFiles(parent).with(Keyring.of(FernetKey.generate()));
        List<String> made = new ArrayList<>(files.opened().keyIds());
        for (int round = 0; round < 3; round++) {
            processes.forEach(process -> process.say("rotate " + files.keyFile));
        }
        for (OtherProcess process : processes) {
            for (int round = 0; round < 3; round++) {
                made.add(process.hear().substring(0, 16));
            }
        }
        assertThat(made).hasSize(25).doesNotHaveDuplicates();
        assertThat(files.openedWithoutATouch().keyIds()).containsExactlyInAnyOrderElementsOf(made);
    }

    @Test
    void aProcessThatIsKilledWhileItRotatesLosesNoKey() {
        killWhileRotating(1);
    }

    @Test
    @Tag("slow")
    void aProcessThatIsKilledWhileItRotatesLosesNoKeyEveryTime() {
        killWhileRotating(40);
    }

    private void killWhileRotating(int rounds) {
        KeyringFiles files = new KeyringFiles(parent).with(Keyring.of(FernetKey.generate()));
        Random pauses = new Random(42);
        for (int round = 0; round < rounds; round++) {
            List<String> known = new ArrayList<>(files.opened().keyIds());
            OtherProcess process = OtherProcess.java(KeyringProcess.class);
            assertThat(process.hear()).isEqualTo("ready");
            process.say("rotations " + files.keyFile);
            for (int rotations = pauses.nextInt(1, 4); rotations > 0; rotations--) {
                known.add(process.hear().substring(0, 16));
            }
            pause(pauses.nextInt(20));
            process.kill();

            Keyring found = files.opened();
            assertThat(found.keyIds()).as("round " + round).containsAll(known);
            // The next change removes what the killed process left.
            assertThat(files.source().update(ring -> ring)).isEqualTo(found);
            files.assertWritten(found);
            process.close();
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static OtherProcess inShell(String first) {
        List<String> command = Stream.concat(
                        Stream.of("sh", "-c", first + "; exec \"$@\"", "sh"),
                        OtherProcess.javaCommand(KeyringProcess.class).stream())
                .toList();
        OtherProcess process = OtherProcess.start(command);
        assertThat(process.hear()).isEqualTo("ready");
        return process;
    }

    @ParameterizedTest
    @ValueSource(strings = {"umask 000", "umask 077"})
    void filesAndDirectoriesAreForTheirOwnerAloneWhateverTheUmask(String umask) throws IOException {
        KeyringFiles files = new KeyringFiles(parent.resolve("above").resolve("below"));
        try (OtherProcess process = inShell(umask)) {
            assertThat(process.ask("create " + files.keyFile)).hasSize(16);
            assertThat(process.ask("rotate " + files.keyFile)).hasSize(33);
        }
        assertThat(List.of(mode(files.ring), mode(files.keyFile), mode(files.lock)))
                .containsOnly("rw-------");
        assertThat(List.of(mode(files.directory), mode(files.directory.getParent())))
                .containsOnly("rwx------");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void whereThereIsNoRoomForAFileTheErrorNamesItAndTheOldStateIsWhole() {
        KeyringFiles files = KeyringFiles.below(parent, "files");
        KeyringFiles absent = KeyringFiles.below(parent, "absent");
        files.with(Keyring.of(FernetKey.generate()));
        Map<String, String> state = files.state();
        try (OtherProcess process = inShell("ulimit -f 0")) {
            assertThat(process.ask("rotate " + files.keyFile))
                    .startsWith("refused UNAVAILABLE")
                    .contains(files.ring.toString(), "Nothing was changed");
            assertThat(process.ask("create " + absent.keyFile))
                    .startsWith("refused UNAVAILABLE")
                    .contains(absent.ring.toString());
            assertThat(process.ask("open " + files.keyFile)).hasSize(16);
        }
        assertThat(files.state()).isEqualTo(state);
        assertThat(absent.state()).isEmpty();
    }
}
