// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.LockTimeoutException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a key leaves a keyring in files. */
@Timeout(60)
class DestructionTest {

    private final FernetKey primary = FernetKey.generate();
    private final FernetKey retired = FernetKey.generate();
    private final FernetKey longRetired = FernetKey.generate();
    private final Keyring ring = Keyring.of(primary, retired, longRetired);
    private int asked;

    @TempDir
    Path directory;

    private KeyringFiles files;

    @BeforeEach
    void writeFiles() {
        files = new KeyringFiles(directory).with(ring);
    }

    private BooleanSupplier answering(boolean answer) {
        return () -> {
            asked++;
            return answer;
        };
    }

    private KeyringException refused(String keyId, boolean forbidden) {
        return catchThrowableOfType(KeyringException.class, () -> files.source().destroy(keyId, answering(forbidden)));
    }

    @Test
    void aRetiredKeyIsGoneFromTheRingAndTheKeyFileIsNotTouched() {
        String key = KeyringFiles.describe(files.keyFile);

        Keyring left = files.source().destroy(retired.id(), answering(true));

        assertThat(left).isEqualTo(Keyring.of(primary, longRetired));
        files.assertWritten(left);
        assertThat(files.openedWithoutATouch()).isEqualTo(left);
        assertThat(KeyringFiles.describe(files.keyFile)).isEqualTo(key);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void thePrimaryIsRefusedBeforeAnythingIsForbidden() {
        Map<String, String> state = files.state();

        KeyringException refusal = refused(primary.id(), true);

        assertThat(refusal.reason()).isEqualTo(Reason.IN_USE);
        assertThat(refusal).hasMessageContainingAll(primary.id(), "primary", "Rotate to another one first");
        assertThat(asked).isZero();
        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void aKeyThatAnotherProgramMadeThePrimaryIsRefused() {
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(retired));
        assertThat(files.source().destroy(retired.id(), answering(true)))
                .as("a retired key in the key file is a rotation that did not end, so it is retired")
                .isEqualTo(Keyring.of(primary, longRetired));

        FernetKey other = FernetKey.generate();
        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(other));
        assertThat(refused(other.id(), true).reason()).isEqualTo(Reason.IN_USE);
        assertThat(files.opened()).isEqualTo(Keyring.of(other, primary, longRetired));
    }

    @Test
    void aKeyInUseIsRefusedAndStays() {
        Map<String, String> state = files.state();

        KeyringException refusal = refused(retired.id(), false);

        assertThat(refusal.reason()).isEqualTo(Reason.IN_USE);
        assertThat(refusal).hasMessageContainingAll(retired.id(), "still has secrets under it", "rekey");
        assertThat(asked).isEqualTo(1);
        assertThat(files.state()).isEqualTo(state);
        assertThat(files.opened()).isEqualTo(ring);
    }

    @Test
    void aKeyThatIsNotThereIsForbiddenAllTheSameAndNothingIsWritten() {
        Map<String, String> state = files.state();
        String absent = FernetKey.generate().id();

        assertThat(files.source().destroy(absent, answering(true))).isEqualTo(ring);
        assertThat(asked).isEqualTo(1);
        assertThat(refused(absent, false).reason()).isEqualTo(Reason.IN_USE);

        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void forbiddingComesBeforeRemovingAndUnderTheLock() {
        Map<String, String> state = files.state();

        Keyring left = files.source().destroy(retired.id(), () -> {
            assertThat(files.state()).isEqualTo(state);
            assertThatExceptionOfType(LockTimeoutException.class).isThrownBy(() -> lock(Duration.ofMillis(20)));
            return true;
        });

        assertThat(left.contains(retired.id())).isFalse();
        assertThat(files.ring).hasBinaryContent(KeyringFiles.ringText(left));
        lockAndUnlock();
    }

    @Test
    void whereForbiddingFailsTheKeyStaysAndTheLockIsFree() {
        Map<String, String> state = files.state();

        assertThatIllegalStateException()
                .isThrownBy(() -> files.source().destroy(retired.id(), () -> {
                    throw new IllegalStateException("store is down");
                }))
                .withMessage("store is down");

        assertThat(files.state()).isEqualTo(state);
        lockAndUnlock();
    }

    @Test
    void aDestroyedKeyIsNotBroughtBackByWhatACrashLeftBehind() {
        files.source().destroy(retired.id(), answering(true));
        KeyringFiles.write(files.ringTemporary, KeyringFiles.ringText(ring));

        assertThat(files.opened()).isEqualTo(Keyring.of(primary, longRetired));
        assertThat(files.source().update(UnaryOperator.identity())).isEqualTo(Keyring.of(primary, longRetired));
        files.assertWritten(Keyring.of(primary, longRetired));
    }

    private Closeable lock(Duration deadline) throws IOException {
        return Disk.system().lock(files.lock, Optional.empty(), deadline);
    }

    private void lockAndUnlock() {
        try {
            lock(Duration.ZERO).close();
        } catch (IOException held) {
            throw new UncheckedIOException(held);
        }
    }
}
