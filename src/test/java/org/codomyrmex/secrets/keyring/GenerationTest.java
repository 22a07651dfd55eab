// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sealed ring has an id and counts its changes, so that an older copy or another ring in its place is noticed. */
class GenerationTest {

    private final KeyringEnvelope envelope = QuickEnvelopes.of("one");
    private final FernetKey primary = FernetKey.generate();
    private final FernetKey retired = FernetKey.generate();

    @TempDir
    Path parent;

    private KeyringFiles files;
    private FileKeyringSource source;

    @BeforeEach
    void seal() {
        files = KeyringFiles.below(parent, "sealed").with(Keyring.of(primary, retired));
        files.source(KeyringFiles.quick()).seal(envelope);
        source = files.source(KeyringFiles.quick()).withEnvelope(envelope);
    }

    private SealedRing.Header header() throws IOException {
        return SealedRing.parse(Files.readAllBytes(files.ring)).header();
    }

    private KeyringSnapshot reloaded(Optional<KeyringSnapshot> last) {
        return source.reload(last, Duration.ZERO);
    }

    private void rotate() {
        files.source(KeyringFiles.quick()).withEnvelope(envelope).update(ring -> ring.rotatedTo(FernetKey.generate()));
    }

    @Test
    void everyChangeRaisesTheGenerationByOneAndKeepsTheId() throws IOException {
        SealedRing.Header first = header();
        assertThat(first.generation()).isEqualTo(1);
        assertThat(first.ringId()).matches("[0-9a-f]{32}");

        source.update(ring -> ring.rotatedTo(FernetKey.generate()));
        assertThat(header()).isEqualTo(new SealedRing.Header("passphrase", first.ringId(), 2));
        source.destroy(retired.id(), () -> true);
        assertThat(header()).isEqualTo(new SealedRing.Header("passphrase", first.ringId(), 3));
        source.update(UnaryOperator.identity());
        assertThat(header().generation()).as("nothing changed").isEqualTo(3);

        source.seal(QuickEnvelopes.of("two"));
        assertThat(header()).isEqualTo(new SealedRing.Header("passphrase", first.ringId(), 4));
    }

    @Test
    void whatIsSealedAnewHasAnotherId() throws IOException {
        String first = header().ringId();
        source.unseal();
        files.source(KeyringFiles.quick()).seal(envelope);

        assertThat(header().ringId()).isNotEqualTo(first);
        assertThat(header().generation()).isEqualTo(1);
    }

    private void assertRefused(KeyringSnapshot last, String... words) {
        Map<String, String> state = files.state();
        for (Runnable use : List.<Runnable>of(
                () -> reloaded(Optional.of(last)),
                () -> source.update(ring -> ring.rotatedTo(FernetKey.generate())),
                () -> source.destroy(retired.id(), () -> true))) {
            KeyringException refusal = catchThrowableOfType(KeyringException.class, use::run);

            assertThat(refusal).isNotNull();
            assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refusal)
                    .hasMessageContaining("The ring " + files.ring + " has replaced a newer or a different one")
                    .hasMessageContainingAll(words);
            assertThat(files.state()).isEqualTo(state);
        }
        assertThat(files.source(KeyringFiles.quick())
                        .withEnvelope(envelope)
                        .load(false)
                        .contains(primary.id()))
                .as("a process that starts has no memory")
                .isTrue();
    }

    @Test
    void anOlderGenerationIsRefusedByReloadsAndByChanges() throws IOException {
        byte[] old = Files.readAllBytes(files.ring);
        rotate();
        KeyringSnapshot last = reloaded(Optional.empty());
        KeyringFiles.write(files.ring, old);

        assertRefused(
                last,
                "it has generation 1",
                "has already used another copy with generation 2",
                "restart the processes");
    }

    @Test
    void anotherRingOfTheSameGenerationIsRefused() throws IOException {
        byte[] old = Files.readAllBytes(files.ring);
        rotate();
        byte[] fork = Files.readAllBytes(files.ring);
        KeyringFiles.write(files.ring, old);
        rotate();
        KeyringSnapshot last = reloaded(Optional.empty());
        KeyringFiles.write(files.ring, fork);

        assertRefused(last, "it has generation 2", "has already used another copy with generation 2");
    }

    @Test
    void aNewerGenerationIsAcceptedAndAnUnchangedRingIsTheSameSnapshot() throws IOException {
        KeyringSnapshot last = reloaded(Optional.empty());
        rotate();

        KeyringSnapshot next = reloaded(Optional.of(last));

        assertThat(next.keyring().keyIds()).hasSize(3);
        assertThat(reloaded(Optional.of(next))).as("unchanged").isSameAs(next);
    }

    private void putAnother(Keyring keyring) throws IOException {
        KeyringFiles other = KeyringFiles.below(parent, "other").with(keyring);
        other.source(KeyringFiles.quick()).seal(envelope);
        KeyringFiles.write(files.ring, Files.readAllBytes(other.ring));
    }

    @Test
    void anotherRingThatLacksAKeyIsRefused() throws IOException {
        KeyringSnapshot last = reloaded(Optional.empty());
        putAnother(Keyring.of(primary, FernetKey.generate()));

        assertRefused(last, "it is a different ring and lacks key " + retired.id());
    }

    @Test
    void anotherRingWithAllKeysIsAccepted() throws IOException {
        KeyringSnapshot last = reloaded(Optional.empty());
        putAnother(Keyring.of(FernetKey.generate(), primary, retired));

        assertThat(reloaded(Optional.of(last)).keyring().keyIds()).hasSize(3).contains(primary.id(), retired.id());
    }

    @Test
    void aPlainRingIsNotASuccessorIfItLacksAKey() {
        FileKeyringSource accepting = source.acceptingPlain();
        KeyringSnapshot last = accepting.reload(Optional.empty(), Duration.ZERO);
        files.with(Keyring.of(primary));

        KeyringException refusal =
                catchThrowableOfType(KeyringException.class, () -> accepting.reload(Optional.of(last), Duration.ZERO));

        assertThat(refusal).hasMessageContaining("lacks key " + retired.id());
    }

    @Test
    void noCharacterOfTheFirstLineCanBeAlteredWithoutTheEnvelopeNoticing() throws IOException {
        String whole = Files.readString(files.ring, US_ASCII);
        int end = whole.indexOf('\n');
        for (int at = whole.indexOf("passphrase ") + "passphrase ".length(); at < end; at++) {
            char altered = whole.charAt(at) == '7' ? '8' : '7';
            if (whole.charAt(at) == ' ') {
                continue;
            }
            KeyringFiles.write(
                    files.ring, (whole.substring(0, at) + altered + whole.substring(at + 1)).getBytes(US_ASCII));

            KeyringException refusal = catchThrowableOfType(
                    KeyringException.class,
                    () -> files.source(KeyringFiles.quick())
                            .withEnvelope(envelope)
                            .load(false));

            assertThat(refusal).as("character " + at).isNotNull();
            assertThat(refusal.reason()).as("character " + at).isEqualTo(Reason.WRONG_ENVELOPE);
        }
    }
}
