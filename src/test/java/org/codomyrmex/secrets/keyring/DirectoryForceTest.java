// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A directory that cannot be forced. Java tells no error number, and the system's words may be translated, so only the time
 * tells a file system that has no such operation from a disk that fails.
 */
class DirectoryForceTest {

    @TempDir
    Path directory;

    private KeyringFiles files;
    private RecordedLog log;

    @BeforeEach
    void writeFiles() {
        files = new KeyringFiles(directory);
        log = new RecordedLog();
    }

    @AfterEach
    void stopLog() {
        log.close();
    }

    private FileKeyringSource withoutForce(String words) {
        return files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (operation == Operation.FORCE_DIRECTORY && file.equals(directory)) {
                    throw new IOException(words);
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Operation not supported",
                "Invalid argument",
                "Die Operation wird nicht unterst\u00FCtzt",
                "Input/output error"
            })
    void whereTheDirectoryCouldNeverBeForcedAllIsDoneWithOneWarning(String words) {
        files.with(Scenario.RING);
        FileKeyringSource source = withoutForce(words);

        assertThat(source.load(false)).isEqualTo(Scenario.RING);
        assertThat(Scenario.ROTATE.perform(source)).isEqualTo(Scenario.ROTATE.after());
        assertThat(source.load(false)).isEqualTo(Scenario.ROTATE.after());

        files.assertWritten(Scenario.ROTATE.after());
        assertThat(log.warningsIn(directory.getParent()))
                .singleElement()
                .asString()
                .contains("The directory " + directory + " cannot be forced to disk", words, "power failure");
    }

    @Test
    void aKeyringIsCreatedThereToo() {
        Keyring created = withoutForce("Operation not supported").load(true);

        files.assertWritten(created);
        assertThat(log.warningsIn(directory.getParent())).hasSize(1);
    }

    /** Forcing fails from the first rename of a file on. */
    private FileKeyringSource failingFromRenameOf(Path renamed, String words) {
        return files.source(new WatchedDisk() {
            private boolean failing;

            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (failing && operation == Operation.FORCE_DIRECTORY) {
                    throw new FileSystemException(file.toString(), null, words);
                }
                failing |= operation == Operation.RENAME && file.equals(renamed);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"Operation not supported", "Input/output error"})
    void whatCouldBeForcedBeforeAChangeAndCannotBeAfterwardsIsAnError(String words) {
        for (String name : new String[] {"ring", "keyFile"}) {
            files.with(Scenario.RING);
            Path renamed = name.equals("ring") ? files.ring : files.keyFile;

            KeyringException refusal = catchThrowableOfType(
                    KeyringException.class, () -> Scenario.ROTATE.perform(failingFromRenameOf(renamed, words)));

            assertThat(refusal).as(name).isNotNull();
            assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refusal).hasMessageContainingAll(words, "The new keyring is in place in " + files.ring);
            assertThat(files.opened()).isEqualTo(Scenario.ROTATE.after());
        }
        assertThat(log.warningsIn(directory.getParent())).isEmpty();
    }
}
