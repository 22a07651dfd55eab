// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Uninterrupted;
import org.codomyrmex.secrets.keyring.FaultyEnvelope.Fault;
import org.codomyrmex.secrets.keyring.FaultyEnvelope.Work;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An envelope that does not do as it should: its own clear error, the files untouched, nothing created in their place. */
class SealedByFaultyEnvelopeTest {

    private static final Keyring RING = Keyring.of(FernetKey.generate(), FernetKey.generate(), FernetKey.generate());

    @TempDir
    private Path parent;

    private KeyringFiles files;
    private final FaultyEnvelope envelope = new FaultyEnvelope();

    @BeforeEach
    void makeDirectory() {
        files = KeyringFiles.below(parent, "files");
    }

    private FileKeyringSource plain() {
        return files.source(KeyringFiles.quick());
    }

    private FileKeyringSource sealed() {
        return plain().withEnvelope(envelope);
    }

    private void assertRefused(Fault fault, Runnable work) {
        assertRefused(fault, "cannot be ", work);
    }

    private void assertRefused(Fault fault, String words, Runnable work) {
        Map<String, String> before = files.state();

        KeyringException refusal = catchThrowableOfType(KeyringException.class, work::run);

        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(fault.reason());
        assertThat(refusal)
                .hasMessageContainingAll(words, "The ring " + files.ring, "of kind of-the-test", fault.words())
                .hasMessageContaining("The files were left as they are.");
        assertThat(files.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("org.codomyrmex.secrets.keyring.FaultyEnvelope#faults")
    void opensNothing(Fault fault) {
        files.with(RING);
        plain().seal(envelope);
        envelope.opening = fault.work();

        assertRefused(fault, "cannot be opened", () -> sealed().load(true));
        assertRefused(fault, "cannot be opened", () -> sealed().load(false));
        assertRefused(fault, "cannot be opened", () -> sealed().update(ring -> ring.rotatedTo(FernetKey.generate())));
        assertRefused(fault, "cannot be opened", () -> sealed().unseal());
        assertRefused(fault, "cannot be opened", () -> sealed().seal(new FaultyEnvelope()));

        envelope.opening = new FaultyEnvelope().opening;
        assertThat(sealed().load(false)).isEqualTo(RING);
    }

    @ParameterizedTest
    @MethodSource("org.codomyrmex.secrets.keyring.FaultyEnvelope#sealingFaults")
    void createsNothing(Fault fault) {
        envelope.sealing = fault.work();

        assertRefused(fault, () -> sealed().load(true));

        assertThat(KeyringFiles.listed(files.directory)).isSubsetOf(List.of(files.lock));
        envelope.sealing = envelope.opening;
        assertThat(sealed().load(true).keyIds()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("org.codomyrmex.secrets.keyring.FaultyEnvelope#sealingFaults")
    void sealsNothing(Fault fault) {
        files.with(RING);
        envelope.sealing = fault.work();

        assertRefused(fault, () -> plain().seal(envelope));

        files.assertWritten(RING);
        assertThat(plain().load(false)).isEqualTo(RING);
    }

    @ParameterizedTest
    @MethodSource("org.codomyrmex.secrets.keyring.FaultyEnvelope#sealingFaults")
    void leavesTheFormerKeyringWhereItIsChanged(Fault fault) {
        files.with(RING);
        plain().seal(envelope);
        FileKeyringSource source = sealed();
        assertThat(source.load(false)).isEqualTo(RING);
        envelope.sealing = fault.work();

        assertRefused(fault, () -> source.update(ring -> ring.rotatedTo(FernetKey.generate())));
        assertRefused(fault, () -> source.destroy(RING.retired().get(0).id(), () -> true));
        FaultyEnvelope next = new FaultyEnvelope();
        next.sealing = fault.work();
        assertRefused(fault, () -> source.seal(next));

        assertThat(source.load(false)).isEqualTo(RING);
        assertThat(sealed().load(false)).isEqualTo(RING);
    }

    @Test
    void sealsNothingWhereOnlyOpeningFails() {
        files.with(RING);
        envelope.opening = FaultyEnvelope.giving("", new byte[] {1}, "").work();

        assertRefused(
                FaultyEnvelope.giving("", null, "Its content is not a keyring."),
                "cannot be opened",
                () -> plain().seal(envelope));
        files.assertWritten(RING);
    }

    @Test
    void isNotHarmedByAnEnvelopeThatWipesWhatItWasGiven() {
        files.with(RING);
        Work wiping = (text, associated, sound) -> {
            byte[] given = sound.on(text, associated, sound);
            Arrays.fill(text, (byte) 0);
            Arrays.fill(associated, (byte) 0);
            return given;
        };
        envelope.sealing = wiping;
        envelope.opening = wiping;

        plain().seal(envelope);

        FileKeyringSource source = sealed();
        assertThat(source.load(false)).isEqualTo(RING);
        assertThat(source.load(false)).isEqualTo(RING);
    }

    /** The array that was verified must be the one that is written. */
    @Test
    void writesWhatItVerifiedWhereAnEnvelopeUsesItsArrayAgain() {
        files.with(RING);
        byte[][] kept = new byte[1][];
        envelope.sealing = (text, associated, sound) -> kept[0] = sound.on(text, associated, sound);
        envelope.opening = (text, associated, sound) -> {
            byte[] given = sound.on(text, associated, sound);
            Arrays.fill(kept[0], (byte) 0);
            return given;
        };

        plain().seal(envelope);

        envelope.opening = new FaultyEnvelope().opening;
        assertThat(sealed().load(false)).isEqualTo(RING);
    }

    @Test
    void waitsForAnEnvelopeThatIsSlowAndAsksItOnce() {
        files.with(RING);
        plain().seal(envelope);
        envelope.opening = (text, associated, sound) -> {
            Uninterrupted.sleep(Duration.ofMillis(300));
            return sound.on(text, associated, sound);
        };
        envelope.asked.set(0);
        FileKeyringSource source = sealed();

        for (int i = 0; i < 20; i++) {
            assertThat(source.load(false)).isEqualTo(RING);
        }
        assertThat(envelope.asked).hasValue(1);
    }

    @Test
    void letsAnErrorOfTheMachineThroughAndHoldsNoLockAfterIt() {
        files.with(RING);
        Map<String, String> before = files.state();
        envelope.sealing = (text, associated, sound) -> {
            throw new OutOfMemoryError("of the test");
        };

        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> plain().seal(envelope));

        assertThat(files.state()).isEqualTo(before);
        envelope.sealing = envelope.opening;
        plain().seal(envelope);
        assertThat(sealed().load(false)).isEqualTo(RING);
    }

    @Test
    void isToldOnceWhatKindItIs() {
        AtomicInteger times = new AtomicInteger();
        class Renaming implements KeyringEnvelope {
            private final String kind;

            Renaming(String kind) {
                this.kind = kind;
            }

            @Override
            public String kind() {
                return times.getAndIncrement() == 0 ? kind : "another";
            }

            @Override
            public byte[] seal(byte[] keyring, byte[] associatedData) {
                return envelope.seal(keyring, associatedData);
            }

            @Override
            public byte[] open(byte[] sealed, byte[] associatedData) {
                return envelope.open(sealed, associatedData);
            }
        }
        FileKeyringSource created = plain().withEnvelope(new Renaming("the-first"));
        created.load(true);
        assertThat(files.ring).content(StandardCharsets.US_ASCII).startsWith("codomyrmex-keyring 2 the-first ");
        assertThat(created).asString().endsWith("sealed: the-first]");

        for (String kind : List.of("", "A kind", "k".repeat(64))) {
            times.set(0);
            assertThatIllegalArgumentException().isThrownBy(() -> plain().withEnvelope(new Renaming(kind)));
            times.set(0);
            assertThatIllegalArgumentException().isThrownBy(() -> plain().seal(new Renaming(kind)));
        }
        times.set(0);
        assertThatNullPointerException().isThrownBy(() -> plain().withEnvelope(new Renaming(null)));
        assertThatNullPointerException().isThrownBy(() -> plain().withEnvelope(null));
        assertThatNullPointerException().isThrownBy(() -> plain().seal(null));
    }
}
