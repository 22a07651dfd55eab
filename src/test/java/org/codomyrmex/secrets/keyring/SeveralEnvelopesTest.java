// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that opens more than it seals: a former envelope, the next one, or a ring that is still plain. */
class SeveralEnvelopesTest {

    private final KeyringEnvelope one = QuickEnvelopes.of("one");
    private final KeyringEnvelope two = QuickEnvelopes.of("two");
    private final FernetKey next = FernetKey.generate();
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
    void stopLog() {
        log.close();
    }

    private FileKeyringSource plain() {
        return files.source(KeyringFiles.quick());
    }

    private static Reason reason(Runnable use) {
        return catchThrowableOfType(KeyringException.class, use::run).reason();
    }

    /** The same envelope by another name. */
    private record OfKind(KeyringEnvelope real, String kind) implements KeyringEnvelope {

        @Override
        public byte[] seal(byte[] keyring, byte[] associatedData) {
            return real.seal(keyring, associatedData);
        }

        @Override
        public byte[] open(byte[] sealed, byte[] associatedData) {
            return real.open(sealed, associatedData);
        }
    }

    @Test
    void anyOfTheEnvelopesOpensAndTheFirstSeals() {
        plain().seal(two);

        FileKeyringSource both = plain().withEnvelope(one, two);
        assertThat(both.load(false)).isEqualTo(ring);
        assertThat(plain().withEnvelope(two).load(false))
                .as("looking seals nothing anew")
                .isEqualTo(ring);

        assertThat(both.update(present -> present.rotatedTo(next))).isEqualTo(ring.rotatedTo(next));
        assertThat(plain().withEnvelope(one).load(false)).isEqualTo(ring.rotatedTo(next));
        assertThat(reason(() -> plain().withEnvelope(two).load(false))).isEqualTo(Reason.WRONG_ENVELOPE);
    }

    @Test
    void anEnvelopeIsChangedWhileAManagerRuns() {
        plain().seal(one);
        FileKeyringSource running = plain().withEnvelope(one, two);
        KeyringSnapshot last = running.reload(Optional.empty(), Duration.ZERO);

        plain().withEnvelope(one).seal(two);

        assertThat(running.reload(Optional.of(last), Duration.ZERO).keyring()).isEqualTo(ring);
    }

    @Test
    void whereNoneOfThemOpensNothingIsTouched() {
        plain().seal(QuickEnvelopes.of("three"));
        var state = files.state();

        assertThat(reason(() -> plain().withEnvelope(one, two).load(true))).isEqualTo(Reason.WRONG_ENVELOPE);
        assertThat(reason(() -> plain().withEnvelope(one, two).update(present -> present.rotatedTo(next))))
                .isEqualTo(Reason.WRONG_ENVELOPE);

        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void aSourceWithoutAnEnvelopeOfTheRingsKindSaysWhichItHas() {
        plain().seal(new OfKind(one, "the-kind-of-one"));

        assertThat(plain().withEnvelope(two, new OfKind(one, "the-kind-of-one")).load(false))
                .isEqualTo(ring);
        KeyringException refusal = catchThrowableOfType(
                KeyringException.class,
                () -> plain().withEnvelope(one, new OfKind(one, "a-third")).load(false));
        assertThat(refusal.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
        assertThat(refusal)
                .hasMessageContainingAll(
                        "sealed by an envelope of kind the-kind-of-one",
                        "has only envelopes of kind passphrase, a-third");
    }

    @Test
    void aPlainRingIsUsedWithOneWarningWhereItIsAcceptedUntilItIsSealed() {
        assertThat(reason(() -> plain().withEnvelope(one).load(false))).isEqualTo(Reason.SEALED);
        FileKeyringSource accepting = plain().withEnvelope(one).acceptingPlain();

        assertThat(accepting.load(false)).isEqualTo(ring);
        KeyringSnapshot last = accepting.reload(Optional.empty(), Duration.ZERO);
        assertThat(accepting.update(present -> present.rotatedTo(next))).isEqualTo(ring.rotatedTo(next));
        files.assertWritten(ring.rotatedTo(next));
        assertThat(log.warningsIn(directory))
                .singleElement()
                .asString()
                .contains(files.keyFile + " is still plain", "of kind passphrase", "seal(envelope)");

        plain().seal(one);
        assertThat(accepting.reload(Optional.of(last), Duration.ZERO).keyring()).isEqualTo(ring.rotatedTo(next));
        accepting.update(present -> present.rotatedTo(FernetKey.generate()));
        assertThat(files.keyFile).as("it stays sealed").hasBinaryContent(SealedRing.mark());
    }

    @Test
    void theOrderInWhichASourceIsToldDoesNotMatter() {
        assertThat(plain().acceptingPlain().withEnvelope(one).load(false)).isEqualTo(ring);
        assertThat(plain().withEnvelope(one)
                        .acceptingPlain()
                        .withStrictPermissions()
                        .load(false))
                .isEqualTo(ring);
    }

    @Test
    void withoutAnEnvelopeAcceptingPlainChangesNothing() {
        assertThat(plain().acceptingPlain().load(false)).isEqualTo(ring);
        assertThat(log.warningsIn(directory)).isEmpty();
        plain().seal(one);
        assertThat(reason(() -> plain().acceptingPlain().load(false))).isEqualTo(Reason.SEALED);
    }

    @Test
    void anAbsentKeyringIsCreatedSealedAlsoWhereAPlainOneIsAccepted() {
        KeyringFiles absent = KeyringFiles.below(directory, "absent");

        Keyring created = absent.source(KeyringFiles.quick())
                .withEnvelope(one, two)
                .acceptingPlain()
                .load(true);

        assertThat(absent.keyFile).hasBinaryContent(SealedRing.mark());
        assertThat(absent.source(KeyringFiles.quick()).withEnvelope(one).load(false))
                .isEqualTo(created);
    }

    @Test
    void anEnvelopeThatIsNoneIsTheCallersMistake() {
        assertThatNullPointerException()
                .isThrownBy(() -> plain().withEnvelope(one, (KeyringEnvelope) null))
                .withMessage("alsoOpens");
        assertThatNullPointerException()
                .isThrownBy(() -> plain().withEnvelope(null, two))
                .withMessage("envelope");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plain().withEnvelope(one, new OfKind(two, "Two")))
                .withMessageContaining("the envelope's kind must be 1 to 63 of the characters");
    }
}
