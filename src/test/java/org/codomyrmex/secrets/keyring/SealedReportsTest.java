// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where a ring is sealed or taken out of its envelope, and where that cannot be. */
class SealedReportsTest {

    private final KeyringEnvelope envelope = QuickEnvelopes.of("one");
    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());

    @TempDir
    Path directory;

    private KeyringFiles files;
    private RecordedLog log;

    @BeforeEach
    void writeFiles() {
        files = new KeyringFiles(directory).with(ring);
        log = new RecordedLog();
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    @Test
    void sealingAndUnsealingAreSaidOnceEachAndUnsealingWhatIsPlainIsNot() {
        FileKeyringSource source = files.source();

        source.unseal();
        assertThat(log.newsIn(directory)).isEmpty();

        source.seal(envelope);
        assertThat(log.newsIn(directory))
                .singleElement()
                .asString()
                .contains("The ring " + files.ring + " is sealed by an envelope of kind passphrase now.");

        source.withEnvelope(envelope).unseal();
        assertThat(log.newsIn(directory)).hasSize(2).last().asString().contains(files.ring + " is plain now.");
    }

    @Test
    void aChangeThatFailsHalfWaySaysInWhichFormTheRingIs() {
        FileKeyringSource source = files.source(new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (operation == Operation.RENAME && file.equals(files.keyFile)) {
                    throw new FileSystemException(file.toString(), null, "No space left on device");
                }
            }
        });

        KeyringException sealing = catchThrowableOfType(KeyringException.class, () -> source.seal(envelope));
        assertThat(sealing)
                .hasMessageContaining("The new keyring is in place in " + files.ring
                        + ", sealed by an envelope of kind passphrase, and the next opening finishes");

        assertThat(files.source().withEnvelope(envelope).load(false)).isEqualTo(ring);
        KeyringException unsealing = catchThrowableOfType(
                KeyringException.class, () -> source.withEnvelope(envelope).unseal());
        assertThat(unsealing)
                .hasMessageContaining(
                        "The new keyring is in place in " + files.ring + ", and the next opening finishes");
        assertThat(files.opened()).isEqualTo(ring);
    }

    @Test
    void whereNothingCanBeWrittenAPlainRingIsRefusedWithAnEnvelopeToo() throws IOException {
        Files.delete(files.keyFile);
        Map<String, String> state = files.state();
        FileKeyringSource source = files.source(new WatchedDisk() {
                    @Override
                    public boolean isWritable(Path anywhere) {
                        return false;
                    }
                })
                .withEnvelope(envelope);

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> source.load(false));

        assertThat(refusal.reason()).isEqualTo(Reason.SEALED);
        assertThat(refusal).hasMessageContainingAll(files.keyFile.toString(), "is plain", "seal(envelope)");
        assertThat(files.state()).isEqualTo(state);
    }
}
