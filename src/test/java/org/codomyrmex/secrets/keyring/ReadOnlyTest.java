// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that this process may read but not write. */
class ReadOnlyTest {

    private final FernetKey primary = FernetKey.generate();
    private final FernetKey other = FernetKey.generate();
    private final Keyring ring = Keyring.of(primary, FernetKey.generate());

    @TempDir
    Path directory;

    private KeyringFiles files;
    private RecordedLog log;

    @BeforeEach
    void startLog() {
        files = new KeyringFiles(directory);
        log = new RecordedLog();
    }

    @AfterEach
    void nothingWasWritten() {
        log.close();
        assertThat(files.lock).doesNotExist();
    }

    /** The real disk, but that it says what it would say of a directory without permission to write. */
    private FileKeyringSource source() {
        return files.source(new WatchedDisk() {
            @Override
            public boolean isWritable(Path anywhere) {
                return false;
            }

            @Override
            protected void before(Operation operation, Path file) {
                assertThat(operation)
                        .isIn(
                                Operation.READ,
                                Operation.EXISTS,
                                Operation.LIST,
                                Operation.FORCE,
                                Operation.FORCE_DIRECTORY);
            }
        });
    }

    private void assertUsed(Keyring expected) {
        Map<String, String> state = files.state();
        FileKeyringSource source = source();

        assertThat(source.load(true)).isEqualTo(expected);
        assertThat(source.load(false)).isEqualTo(expected);

        assertThat(files.state()).isEqualTo(state);
        assertThat(log.warningsIn(directory))
                .singleElement()
                .asString()
                .contains(
                        "The directory " + directory + " cannot be listed or written to",
                        files.keyFile + " is used as it stands",
                        "cannot be rotated here");
    }

    private void assertRefused(boolean mayCreate, Reason reason, String... words) {
        Map<String, String> state = files.state();

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> source().load(mayCreate));

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal).hasMessageContainingAll(words);
        assertThat(files.state()).isEqualTo(state);
        assertThat(log.warningsIn(directory)).isEmpty();
    }

    @Test
    void wholeFilesAreUsedWithoutAWarning() {
        files.with(ring);

        assertThat(source().load(true)).isEqualTo(ring);
        assertThat(log.warningsIn(directory)).isEmpty();
    }

    @Test
    void whereNothingCanBeWrittenNothingNeedsToBeForced() {
        files.with(ring);
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            public boolean isWritable(Path anywhere) {
                return false;
            }

            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (operation == Operation.FORCE || operation == Operation.FORCE_DIRECTORY) {
                    throw new FileSystemException(file.toString(), null, "Read-only file system");
                }
            }
        });

        assertThat(source.load(true)).isEqualTo(ring);
        assertThat(source.load(false)).isEqualTo(ring);
    }

    @Test
    void aRingWithoutItsKeyFileIsUsedAsItStands() throws IOException {
        files.with(ring);
        Files.delete(files.keyFile);

        assertUsed(ring);
    }

    @Test
    void aRingIsUsedAsItStandsWhateverTheKeyFileHolds() {
        files.with(ring);
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(ring.retired().get(0)));

        assertUsed(ring);
    }

    @Test
    void aKeyOfAnotherProgramIsNotTakenIntoTheRingAndOnlyDecrypts() {
        files.with(ring);
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(other));

        assertUsed(ring.withRetired(other));
    }

    @Test
    void aMalformedKeyFileBesideARingIsPassedOver() {
        files.with(ring);
        KeyringFiles.write(files.keyFile, "no key".getBytes(US_ASCII));

        assertUsed(ring);
    }

    @Test
    void temporariesAreLeftWhereTheyLieWithoutAWarning() {
        files.with(ring);
        KeyringFiles.write(files.ringTemporary, KeyringFiles.ringText(Keyring.of(other)));
        Map<String, String> state = files.state();

        assertThat(source().load(true)).isEqualTo(ring);

        assertThat(files.state()).isEqualTo(state);
        assertThat(log.warningsIn(directory)).isEmpty();
        assertThat(files.ringTemporary).exists();
    }

    @Test
    void aKeyFileAloneIsUsedAsItStands() {
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(primary));

        assertUsed(Keyring.of(primary));
    }

    @Test
    void noKeyringIsCreated() {
        assertRefused(
                true,
                Reason.READ_ONLY,
                directory.toString(),
                files.keyFile.toString(),
                "cannot be listed or written to");
        assertRefused(false, Reason.ABSENT, files.keyFile.toString(), files.ring.toString());
    }

    @Test
    void whatIsNoKeyringIsRefused() {
        KeyringFiles.write(files.keyFile, "no key".getBytes(US_ASCII));
        assertRefused(true, Reason.MALFORMED, "The key file " + files.keyFile + " is not a Fernet key");

        KeyringFiles.write(files.ring, "no key".getBytes(US_ASCII));
        assertRefused(true, Reason.MALFORMED, "The ring " + files.ring + " is not a keyring");

        KeyringFiles.write(files.ring, "codomyrmex-keyring 2 passphrase\n".getBytes(US_ASCII));
        assertRefused(true, Reason.MALFORMED, "The ring " + files.ring + " is not a keyring");

        KeyringFiles.write(
                files.ring, ("codomyrmex-keyring 2 passphrase " + "0a".repeat(16) + " 1\nAAEC\n").getBytes(US_ASCII));
        assertRefused(true, Reason.SEALED, "The ring " + files.ring + " is sealed");
    }

    @Test
    void nothingIsChanged() {
        files.with(ring);
        Map<String, String> state = files.state();
        for (Runnable change : List.<Runnable>of(
                () -> source().update(present -> present.rotatedTo(other)),
                () -> source().destroy(ring.retired().get(0).id(), () -> {
                    throw new AssertionError("forbidden although nothing can be destroyed");
                }))) {
            KeyringException refusal = catchThrowableOfType(KeyringException.class, change::run);

            assertThat(refusal.reason()).isEqualTo(Reason.READ_ONLY);
            assertThat(refusal)
                    .hasMessageContainingAll(
                            "The directory " + directory + " cannot be listed or written to", files.keyFile.toString());
        }
        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void whatOthersCanReadIsRefusedHereTooWhereThatIsAskedFor() throws IOException {
        files.with(ring);
        Files.setPosixFilePermissions(files.ring, PosixFilePermissions.fromString("rw-r--r--"));
        Files.delete(files.keyFile);

        KeyringException refusal = catchThrowableOfType(
                KeyringException.class, () -> source().withStrictPermissions().load(false));

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal).hasMessageContainingAll(files.ring.toString(), "every user of this machine");
    }
}
