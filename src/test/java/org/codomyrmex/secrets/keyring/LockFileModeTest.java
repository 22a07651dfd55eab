// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OtherUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who can open the lock file can hold its lock, and so keep everybody from rotating: that is its owner alone. */
class LockFileModeTest {

    private final Keyring ring = Keyring.of(FernetKey.generate());

    @TempDir
    Path parent;

    private KeyringFiles files(int mode) throws IOException {
        KeyringFiles files = KeyringFiles.below(parent, "files").with(ring);
        FileModes.chmod(mode, files.ring, files.keyFile);
        return files;
    }

    private static Keyring rotated(KeyringFiles files) {
        return FileKeyringSource.at(files.keyFile).update(present -> present.rotatedTo(FernetKey.generate()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0600, 0640, 0660, 0400, 0440})
    void aNewLockFileIsForItsOwnerAloneWhateverTheModeOfTheRing(int mode) throws IOException {
        KeyringFiles files = files(mode);

        rotated(files);

        assertThat(FileModes.mode(files.lock)).isEqualTo("0600");
    }

    @ParameterizedTest
    @ValueSource(ints = {0640, 0660, 0644, 0666})
    void aRotationTakesALockFileOfEarlierTimesFromEverybodyElse(int mode) throws IOException {
        KeyringFiles files = files(0640);
        Files.createFile(files.lock);
        FileModes.chmod(mode, files.lock);

        assertThat(rotated(files).keyIds()).hasSize(2);

        assertThat(FileModes.mode(files.lock)).isEqualTo("0600");
    }

    @Test
    void aMemberOfTheRingsGroupCannotOpenTheLockFile() throws Exception {
        OtherUser.assumeStartable();
        FileModes.chmod(0755, parent);
        KeyringFiles files = files(0640);
        FileModes.chmod(0755, files.directory);
        FileModes.chgrp(OtherUser.GROUP, files.ring, files.keyFile);

        rotated(files);

        assertThat(OtherUser.MALLORY.can("test", "-r", files.ring.toString()))
                .as("the ring is read")
                .isTrue();
        assertThat(OtherUser.MALLORY.can("flock", "--shared", "--nonblock", files.lock.toString(), "true"))
                .as("the lock is held")
                .isFalse();
    }

    @Test
    void aLockFileThatIsALinkIsNotFollowed() throws IOException {
        KeyringFiles files = files(0600);
        Path target = Files.writeString(parent.resolve("target"), "");
        String targetBefore = KeyringFiles.describe(target);
        Files.createSymbolicLink(files.lock, target);
        Map<String, String> state = files.state();

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> rotated(files));

        assertThat(refusal).hasMessageContaining(files.lock.toString());
        assertThat(files.state()).isEqualTo(state);
        assertThat(KeyringFiles.describe(target)).isEqualTo(targetBefore);
        assertThat(FileKeyringSource.at(files.keyFile).load(false)).isEqualTo(ring);
    }

    @Test
    void aLockFileThatLinksToNothingMakesNoFileElsewhere() throws IOException {
        KeyringFiles files = files(0600);
        Path target = parent.resolve("target");
        Files.createSymbolicLink(files.lock, target);

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> rotated(files));

        assertThat(refusal).hasMessageContaining(files.lock.toString());
        assertThat(target).doesNotExist();
        assertThat(FileKeyringSource.at(files.keyFile).load(false)).isEqualTo(ring);
    }
}
