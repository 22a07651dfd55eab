// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not there, are taken away, or change without a pause, while they are looked at. */
class VanishingTest {

    private final FernetKey primary = FernetKey.generate();
    private final FernetKey retired = FernetKey.generate();
    private final Keyring ring = Keyring.of(primary, retired);

    @TempDir
    Path directory;

    private KeyringFiles files;

    @BeforeEach
    void writeFiles() {
        files = new KeyringFiles(directory).with(ring);
    }

    /** Somebody removes the ring between the look at it and its being forced. */
    private FileKeyringSource whereTheRingVanishes() {
        return files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (operation == Operation.FORCE && file.equals(files.ring)) {
                    Files.deleteIfExists(files.ring);
                }
            }
        });
    }

    @Test
    void aRingThatVanishesWhileItIsOpenedIsAnErrorAndNotMadeAgain() {
        KeyringException refusal = catchThrowableOfType(
                KeyringException.class, () -> whereTheRingVanishes().load(true));

        assertThat(refusal).hasCauseInstanceOf(NoSuchFileException.class).hasMessageContaining(files.ring.toString());
        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(files.ring).doesNotExist();
        assertThat(files.keyFile).hasBinaryContent(KeyringFiles.keyText(primary));
    }

    /** Then the key file is all that is left, and is warned of as such. */
    @Test
    void aRingThatVanishesWhileItIsRotatedIsMadeOfTheKeyFileWithAWarning() {
        FernetKey next = FernetKey.generate();
        FileKeyringSource source = files.source(new WatchedDisk() {
            private boolean vanished;

            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (operation == Operation.CREATE && files.isRingTemporary(file) && !vanished) {
                    vanished = true;
                    Files.delete(files.ring);
                }
            }
        });
        try (RecordedLog log = new RecordedLog()) {
            assertThat(source.update(present -> present.rotatedTo(next))).isEqualTo(Keyring.of(next, primary));

            assertThat(log.warningsIn(directory))
                    .singleElement()
                    .asString()
                    .contains("no ring beside the key file " + files.keyFile, "restore it from a backup");
        }
        files.assertWritten(Keyring.of(next, primary));
    }

    @Test
    void aKeyFileThatIsWrittenWithoutAPauseIsAnErrorOfAChangeAndNotOfAnOpening() {
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(retired));
        int[] writes = {0};
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) {
                if (operation == Operation.CREATE && files.isKeyTemporary(file)) {
                    String blanks = " ".repeat(++writes[0]);
                    KeyringFiles.write(files.keyFile, (retired.reveal() + blanks).getBytes(StandardCharsets.US_ASCII));
                }
            }
        });

        KeyringException refusal = catchThrowableOfType(
                KeyringException.class, () -> source.update(present -> present.rotatedTo(FernetKey.generate())));

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal).hasMessageContainingAll(files.keyFile.toString(), "kept changing");
        assertThat(writes[0]).isBetween(2, 100);
        assertThat(source.load(false)).isEqualTo(ring);
        assertThat(files.opened()).isEqualTo(ring);
    }

    @Test
    void changingWhatIsNotThereMakesNeitherFilesNorADirectory() {
        KeyringFiles deep = new KeyringFiles(directory.resolve("not-there"));
        FernetKey key = FernetKey.generate();

        KeyringException refusal =
                catchThrowableOfType(KeyringException.class, () -> deep.source().update(ring -> ring.rotatedTo(key)));

        assertThat(refusal.reason()).isEqualTo(Reason.ABSENT);
        assertThat(deep.directory).doesNotExist();
    }
}
