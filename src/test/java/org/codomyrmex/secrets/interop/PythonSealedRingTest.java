// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.PassphraseEnvelope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ring sealed with a passphrase is read and written by a program that has nothing of ours but the format. */
class PythonSealedRingTest {

    /** Letters with accents, of other alphabets and beyond the basic plane: what counts are their bytes in UTF-8. */
    private static final String PASSPHRASE = "sésame, ouvre-toi; сезам \ud83d\udd11";

    private static final Keyring RING = Keyring.of(FernetKey.generate(), FernetKey.generate(), FernetKey.generate());

    private static Python python;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        python = Python.start();
    }

    @AfterAll
    static void stop() {
        if (python != null) {
            python.close();
        }
    }

    private FileKeyringSource source() {
        return FileKeyringSource.at(directory.resolve("secrets.key"));
    }

    private Path ringFile() {
        return directory.resolve("secrets.key.ring");
    }

    private static PassphraseEnvelope envelope(String passphrase) {
        return PassphraseEnvelope.of(passphrase.toCharArray());
    }

    @Test
    void opensInPython() {
        FileKeyringSource sealed = source().withEnvelope(envelope(PASSPHRASE));
        sealed.load(true);
        Keyring ring = sealed.update(created -> created.rotatedTo(FernetKey.generate()));

        assertThat(python.unseal(ringFile(), PASSPHRASE)).isEqualTo(Optional.of(ring));
        assertThat(python.unseal(ringFile(), PASSPHRASE + " ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 600_000, 654_321})
    void opensHereWhatPythonSealed(int rounds) {
        python.seal(ringFile(), PASSPHRASE, rounds, RING);

        assertThat(source().withEnvelope(envelope(PASSPHRASE)).load(false)).isEqualTo(RING);
        assertThat(directory.resolve("secrets.key"))
                .content(StandardCharsets.US_ASCII)
                .startsWith("codomyrmex-keyring 2 mark\n");
    }

    @Test
    void isRefusedHereUnderAnotherPassphraseOrInTooFewRounds() {
        python.seal(ringFile(), PASSPHRASE, 100_000, RING);
        assertThat(refusal("another")).hasMessageContaining("sealed with another passphrase");

        python.seal(ringFile(), PASSPHRASE, 99_999, RING);
        assertThat(refusal(PASSPHRASE)).hasMessageContaining("It asks for 99999 rounds");
    }

    private KeyringException refusal(String passphrase) {
        KeyringException refusal = catchThrowableOfType(
                KeyringException.class,
                () -> source().withEnvelope(envelope(passphrase)).load(true));
        assertThat(refusal.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
        return refusal;
    }
}
