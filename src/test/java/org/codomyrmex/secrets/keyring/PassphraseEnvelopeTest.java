// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.codomyrmex.secrets.Canary;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassphraseEnvelopeTest {

    private static final byte[] KEYRING = "what is sealed".getBytes(US_ASCII);
    private static final byte[] ASSOCIATED = "what goes with it\n".getBytes(US_ASCII);
    private static final String ALTERED = "another passphrase, or was altered";

    /** Rounds that only these tests can ask for. */
    private static final int FEW = 1000;

    private static final int PARAMETERS = 4 + 16 + 12;

    private final PassphraseEnvelope envelope = few("correct horse");
    private final byte[] sealed = envelope.seal(KEYRING, ASSOCIATED);

    private static PassphraseEnvelope few(String passphrase) {
        return new PassphraseEnvelope(passphrase.toCharArray(), FEW, FEW);
    }

    private static void assertRefused(PassphraseEnvelope envelope, byte[] sealed, byte[] associated, String... words) {
        KeyringException refusal =
                catchThrowableOfType(KeyringException.class, () -> envelope.open(sealed, associated));

        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
        assertThat(refusal).hasNoCause().hasMessageContainingAll(words).hasMessageContaining("from a backup");
    }

    @Test
    void opensWhatItSealed() {
        assertThat(envelope.open(sealed, ASSOCIATED)).isEqualTo(KEYRING);
        assertThat(few("correct horse").open(sealed, ASSOCIATED)).isEqualTo(KEYRING);
        for (int length : new int[] {0, 1, 15, 16, 17, 1 << 20}) {
            byte[] keyring = new byte[length];
            assertThat(envelope.open(envelope.seal(keyring, ASSOCIATED), ASSOCIATED))
                    .isEqualTo(keyring);
        }
        assertThat(envelope.open(envelope.seal(KEYRING, new byte[0]), new byte[0]))
                .isEqualTo(KEYRING);
    }

    @Test
    void writesItsRoundsBeforeSaltNonceAndCiphertext() {
        assertThat(ByteBuffer.wrap(sealed).getInt()).isEqualTo(FEW);
        assertThat(sealed).hasSize(PARAMETERS + KEYRING.length + 16);
        assertThat(new String(sealed, US_ASCII)).doesNotContain(new String(KEYRING, US_ASCII));
    }

    @Test
    void opensWhatWasSealedInOtherRoundsWithinBounds() {
        byte[] other = new PassphraseEnvelope("correct horse".toCharArray(), 2345, 1).seal(KEYRING, ASSOCIATED);

        assertThat(envelope.open(other, ASSOCIATED)).isEqualTo(KEYRING);
    }

    @Test
    void takesSixHundredThousandRounds() {
        PassphraseEnvelope real = PassphraseEnvelope.of("correct horse".toCharArray());
        byte[] strong = real.seal(KEYRING, ASSOCIATED);

        assertThat(ByteBuffer.wrap(strong).getInt()).isEqualTo(600_000);
        assertThat(real.open(strong, ASSOCIATED)).isEqualTo(KEYRING);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, 1000, 99_999, 2_000_001, 10_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesRoundsOutOfBoundsBeforeItDerivesAKey(int rounds) {
        PassphraseEnvelope real = PassphraseEnvelope.of("correct horse".toCharArray());
        byte[] altered = sealed.clone();
        ByteBuffer.wrap(altered).putInt(rounds);

        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> assertRefused(
                        real, altered, ASSOCIATED, "It asks for " + rounds + " rounds", "expected 100000 to 2000000"));
    }

    @Test
    void takesTheFewestRoundsThatAreInBounds() {
        byte[] fewest = new PassphraseEnvelope("correct horse".toCharArray(), 100_000, 1).seal(KEYRING, ASSOCIATED);

        assertThat(PassphraseEnvelope.of("correct horse".toCharArray()).open(fewest, ASSOCIATED))
                .isEqualTo(KEYRING);
    }

    @Test
    @Tag("slow")
    void takesTheMostRoundsThatAreInBounds() {
        byte[] altered = sealed.clone();
        ByteBuffer.wrap(altered).putInt(2_000_000);

        assertRefused(PassphraseEnvelope.of("correct horse".toCharArray()), altered, ASSOCIATED, ALTERED);
    }

    @Test
    void refusesEveryBitFlipped() {
        for (int bit = 0; bit < Byte.SIZE * sealed.length; bit++) {
            byte[] altered = sealed.clone();
            altered[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            int rounds = ByteBuffer.wrap(altered).getInt();
            if (rounds < FEW || rounds > 2_000_000) {
                assertRefused(envelope, altered, ASSOCIATED, "It asks for " + rounds + " rounds");
            } else if (rounds < 1_000_000) {
                assertRefused(envelope, altered, ASSOCIATED, ALTERED);
            }
        }
    }

    /** This derives a key in a million rounds. */
    @Test
    @Tag("slow")
    void refusesItsRoundsWithAHighBitFlipped() {
        byte[] altered = sealed.clone();
        ByteBuffer.wrap(altered).putInt(FEW ^ 1 << 20);

        assertRefused(envelope, altered, ASSOCIATED, ALTERED);
    }

    @Test
    void refusesEveryLength() {
        for (int length = 0; length < sealed.length; length++) {
            String why = length < PARAMETERS + 16 ? "There are " + length + " bytes, too few" : ALTERED;
            assertRefused(envelope, Arrays.copyOf(sealed, length), ASSOCIATED, why);
        }
        for (int more = 1; more < 40; more++) {
            assertRefused(envelope, Arrays.copyOf(sealed, sealed.length + more), ASSOCIATED, ALTERED);
        }
    }

    @Test
    void authenticatesWhatGoesWithIt() {
        for (int bit = 0; bit < Byte.SIZE * ASSOCIATED.length; bit++) {
            byte[] altered = ASSOCIATED.clone();
            altered[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertRefused(envelope, sealed, altered, ALTERED);
        }
        assertRefused(envelope, sealed, new byte[0], ALTERED);
        assertRefused(envelope, sealed, Arrays.copyOf(ASSOCIATED, ASSOCIATED.length + 1), ALTERED);
    }

    /** Had they not to fit together, rounds could be moved to what a stronger passphrase sealed. */
    @Test
    void refusesParametersOfAnotherSealing() {
        byte[] other = envelope.seal(KEYRING, ASSOCIATED);
        for (int[] part :
                new int[][] {{4, 20}, {20, 32}, {32, sealed.length - 16}, {sealed.length - 16, sealed.length}}) {
            byte[] mixed = sealed.clone();
            System.arraycopy(other, part[0], mixed, part[0], part[1] - part[0]);
            assertRefused(envelope, mixed, ASSOCIATED, ALTERED);
        }
    }

    @Test
    void drawsSaltAndNonceAnewEachTime() {
        Set<ByteBuffer> salts = new HashSet<>();
        Set<ByteBuffer> nonces = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            byte[] again = (i % 2 == 0 ? envelope : few("correct horse")).seal(KEYRING, ASSOCIATED);
            salts.add(ByteBuffer.wrap(again, 4, 16).slice());
            nonces.add(ByteBuffer.wrap(again, 20, 12).slice());
        }
        assertThat(salts).hasSize(100);
        assertThat(nonces).hasSize(100);
    }

    @Test
    void copiesThePassphraseAndLeavesTheArrayToTheCaller() {
        char[] typed = "correct horse".toCharArray();
        PassphraseEnvelope copied = new PassphraseEnvelope(typed, FEW, FEW);
        assertThat(typed).isEqualTo("correct horse".toCharArray());

        Arrays.fill(typed, '\0');

        assertThat(copied.open(sealed, ASSOCIATED)).isEqualTo(KEYRING);
    }

    @Test
    void leavesWhatItIsGivenAsItIs() {
        byte[] keyring = KEYRING.clone();
        byte[] associated = ASSOCIATED.clone();
        byte[] content = envelope.seal(keyring, associated);
        byte[] before = content.clone();
        envelope.open(content, associated);

        assertThat(keyring).isEqualTo(KEYRING);
        assertThat(associated).isEqualTo(ASSOCIATED);
        assertThat(content).isEqualTo(before);
    }

    @Test
    void tellsEveryCharacterApart() {
        for (String text : List.of("\u00e4", "a\u0308", "\u0430", "a", " ", "\ud83d\ude00", "\ud83d\ude01", "\u20ac")) {
            String long12 = "twelve more " + text;
            byte[] content = few(long12).seal(KEYRING, ASSOCIATED);
            assertThat(few(long12).open(content, ASSOCIATED)).isEqualTo(KEYRING);
            assertRefused(few(long12 + text), content, ASSOCIATED, ALTERED);
            assertRefused(few("twelve more ?"), content, ASSOCIATED, ALTERED);
            assertRefused(few("twelve more b"), content, ASSOCIATED, ALTERED);
        }
    }

    @Test
    void takesALongPassphrase() {
        String text = "a long passphrase, in many words ".repeat(1000);
        byte[] content = few(text).seal(KEYRING, ASSOCIATED);

        assertThat(few(text).open(content, ASSOCIATED)).isEqualTo(KEYRING);
        assertRefused(few(text + "x"), content, ASSOCIATED, ALTERED);
    }

    @Test
    void refusesAnEmptyPassphraseAndWhatIsNoText() {
        assertThatNullPointerException().isThrownBy(() -> PassphraseEnvelope.of(null));
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> PassphraseEnvelope.of(new char[0])))
                .hasMessage("passphrase is empty, expected at least one character");
        for (String unpaired : List.of("\ud83d", "\ude00\ud83d", "\ud83d ", "\udfff")) {
            char[] passphrase = (Canary.canary() + unpaired + "x").toCharArray();
            assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> PassphraseEnvelope.of(passphrase)))
                    .hasNoCause()
                    .hasMessage("passphrase has an unpaired surrogate, expected text");
        }
    }

    /** A key of HMAC is padded with NULs, so that they would count for nothing at the end. */
    @Test
    void refusesAPassphraseThatWasWipedBefore() {
        for (String wiped : List.of("\0", "\0".repeat(20), "a\0", "\0a")) {
            assertThat(catchThrowableOfType(
                            IllegalArgumentException.class, () -> PassphraseEnvelope.of(wiped.toCharArray())))
                    .hasMessage("passphrase has a NUL character, expected text; was it wiped before?");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "eleven char", "\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00"})
    void sealsNothingUnderFewerThanTwelveCharacters(String passphrase) {
        KeyringException refusal = catchThrowableOfType(
                KeyringException.class, () -> few(passphrase).seal(KEYRING, ASSOCIATED));

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal).hasMessageContainingAll("fewer than 12 characters", "under a longer one");
        String twelve = passphrase + "\ud83d\ude00".repeat(12 - passphrase.codePointCount(0, passphrase.length()));
        assertThat(few(twelve).open(few(twelve).seal(KEYRING, ASSOCIATED), ASSOCIATED))
                .isEqualTo(KEYRING);
    }

    /** Sealed under "short" by Python's cryptography, as an earlier version would have. */
    @Test
    void opensWhatWasSealedUnderFewer() {
        byte[] older = HexFormat.of()
                .parseHex("000186a0000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
                        + "aa1c8f3fd1fcebf567e45ad1a1eeef6a2d5ff1844cf9fbecbe3a985ac324");

        assertThat(PassphraseEnvelope.of("short".toCharArray()).open(older, ASSOCIATED))
                .isEqualTo(KEYRING);
    }

    /** A hundred derivations take far longer than two, even if the first of them is slow because nothing is compiled yet. */
    @Test
    void derivesNoKeyForWhatItRefusedLast() {
        byte[] other = few("another passphrase").seal(KEYRING, ASSOCIATED);
        ByteBuffer.wrap(other).putInt(600_000);
        PassphraseEnvelope real = PassphraseEnvelope.of("correct horse".toCharArray());
        long start = System.nanoTime();
        assertRefused(real, other, ASSOCIATED, ALTERED);
        long once = System.nanoTime() - start;

        assertTimeoutPreemptively(Duration.ofNanos(2 * once), () -> {
            for (int i = 0; i < 100; i++) {
                assertRefused(real, other.clone(), ASSOCIATED.clone(), ALTERED);
            }
        });
    }

    @Test
    void opensWhatItSealedAfterARefusalOfOtherBytesOrOfOtherAssociatedData() {
        byte[] altered = sealed.clone();
        altered[sealed.length - 1] ^= 1;
        for (int i = 0; i < 2; i++) {
            assertRefused(envelope, altered, ASSOCIATED, ALTERED);
            assertThat(envelope.open(sealed, ASSOCIATED)).isEqualTo(KEYRING);
            assertRefused(envelope, sealed, new byte[0], ALTERED);
            assertThat(envelope.open(sealed, ASSOCIATED)).isEqualTo(KEYRING);
        }
    }

    @Test
    void showsNothing() {
        assertThat(PassphraseEnvelope.of(Canary.canary().toCharArray())).hasToString("PassphraseEnvelope");
        assertThat(envelope.kind()).isEqualTo("passphrase");
        assertThat(new String(few(Canary.canary()).seal(KEYRING, ASSOCIATED), UTF_8))
                .doesNotContain(Canary.MARK);
    }
}
