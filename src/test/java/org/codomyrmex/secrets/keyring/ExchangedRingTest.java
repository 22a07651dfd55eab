// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ring exchanged for a link to a copy of it that everybody can read. The ring is never a link. */
class ExchangedRingTest {

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());

    @TempDir
    Path parent;

    private KeyringFiles files;
    private Path target;

    @BeforeEach
    void exchangeRing() throws IOException {
        files = KeyringFiles.below(parent, "keyring").with(ring);
        target = parent.resolve("target");
        Files.move(files.ring, target);
        FileModes.chmod(0644, target);
        Files.createSymbolicLink(files.ring, target);
    }

    private List<Runnable> uses() {
        FileKeyringSource source = FileKeyringSource.at(files.keyFile);
        return List.of(
                () -> source.load(false),
                () -> source.load(true),
                () -> source.update(present -> present.rotatedTo(FernetKey.generate())),
                () -> source.destroy(ring.retired().get(0).id(), () -> true));
    }

    @Test
    void aRingThatIsALinkIsRefusedAndNothingIsTouched() {
        Map<String, String> state = files.state();
        String targetBefore = KeyringFiles.describe(target);

        for (Runnable use : uses()) {
            KeyringException refusal = catchThrowableOfType(KeyringException.class, use::run);

            assertThat(refusal)
                    .hasMessageContaining(files.ring + ": is a symbolic link")
                    .hasMessageNotContaining(ring.primary().reveal());
            assertThat(files.state()).isEqualTo(state);
            assertThat(KeyringFiles.describe(target)).isEqualTo(targetBefore);
        }
    }

    @Test
    void noNewFileIsOpenToOthers() {
        for (Runnable use : uses()) {
            try {
                use.run();
            } catch (KeyringException refused) {
                assertThat(refused).hasMessageContaining(files.ring.toString());
            }
            assertThat(FileModes.openToOthers(files.directory)).isEmpty();
        }
    }

    @Test
    void aRingThatLinksToNothingIsNotMade() throws IOException {
        Files.delete(target);
        Files.delete(files.keyFile);

        KeyringException refusal = catchThrowableOfType(
                KeyringException.class,
                () -> FileKeyringSource.at(files.keyFile).load(true));

        assertThat(refusal).hasMessageContaining(files.ring + ": is a symbolic link");
        assertThat(target).doesNotExist();
        assertThat(files.keyFile).doesNotExist();
    }
}
