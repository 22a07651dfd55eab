// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sealed ring as a file, under a passphrase with few rounds: there is one way to write it, and no other is read. */
class SealedRingTest {

    private static final Keyring RING = Keyring.of(FernetKey.generate(), FernetKey.generate());
    private static final KeyringEnvelope ENVELOPE = envelope("one of these tests");
    private static final String BEGINNING = "codomyrmex-keyring 2 passphrase ";

    /** A sealed ring as the format has it; what is so and was altered is for the envelope to refuse. */
    private static final Pattern FORMAT = Pattern.compile(
            "codomyrmex-keyring 2 [a-z0-9.-]{1,63} [0-9a-f]{32} [1-9][0-9]{0,17}\n([A-Za-z0-9+/]{4,}={0,2})\n");

    @TempDir
    private Path parent;

    private KeyringFiles files;
    private byte[] sealed;

    private static KeyringEnvelope envelope(String passphrase) {
        return new PassphraseEnvelope(passphrase.toCharArray(), 1000, 1000);
    }

    @BeforeEach
    void seal() throws IOException {
        files = KeyringFiles.below(parent, "sealed").with(RING);
        files.source(KeyringFiles.quick()).seal(ENVELOPE);
        sealed = Files.readAllBytes(files.ring);
    }

    private String firstLine() {
        return new String(sealed, US_ASCII).lines().toList().get(0) + "\n";
    }

    private SealedRing.Header header() {
        return SealedRing.parse(sealed).header();
    }

    private Keyring open(KeyringFiles at, KeyringEnvelope envelope) {
        return at.source(KeyringFiles.quick()).withEnvelope(envelope).load(false);
    }

    private void assertRefused(byte[] altered, Reason reason, String... words) {
        KeyringFiles.write(files.ring, altered);
        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> open(files, ENVELOPE));

        assertThat(refusal).as(new String(altered, ISO_8859_1)).isNotNull();
        assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
        assertThat(refusal).hasMessageContaining("The ring " + files.ring);
        assertThat(words).allSatisfy(word -> assertThat(refusal).hasMessageContaining(word));
        assertThat(files.ring).hasBinaryContent(altered);
        assertThat(files.keyFile).hasBinaryContent(SealedRing.mark());
        files.assertNoTemporaries();
    }

    /** What is of the format must be refused by the envelope, and all else before it is asked. */
    private static Reason reasonFor(byte[] altered) {
        Matcher format = FORMAT.matcher(new String(altered, ISO_8859_1));
        if (!format.matches()) {
            return Reason.MALFORMED;
        }
        try {
            byte[] content = Base64.getDecoder().decode(format.group(1));
            boolean only = Base64.getEncoder().encodeToString(content).equals(format.group(1));
            return only ? Reason.WRONG_ENVELOPE : Reason.MALFORMED;
        } catch (IllegalArgumentException noBase64) {
            return Reason.MALFORMED;
        }
    }

    @Test
    void saysWhatItIsAndIsOneLineOfBase64() {
        String text = new String(sealed, US_ASCII);

        assertThat(text).startsWith(BEGINNING).matches(FORMAT);
        assertThat(files.keyFile).content(US_ASCII).isEqualTo("""
                        codomyrmex-keyring 2 mark
                        The keys are sealed in the file beside this one whose name ends in .ring
                        """);
        assertThat(open(files, ENVELOPE)).isEqualTo(RING);
        byte[] content = Base64.getDecoder().decode(text.lines().toList().get(1));
        assertThat(content).as("rounds, salt, nonce, two lines and a tag").hasSize(4 + 16 + 12 + 2 * 45 + 16);
        assertThat(SealedRing.of(header(), content).file()).isEqualTo(sealed);
    }

    @Test
    void holdsNoKeyInAnyFile() throws IOException {
        for (Path file : KeyringFiles.listed(files.directory)) {
            for (FernetKey key : List.of(RING.primary(), RING.retired().get(0))) {
                assertThat(file).content(ISO_8859_1).doesNotContain(key.reveal());
            }
        }
    }

    @Test
    void isRefusedWithAnyBitFlipped() {
        assertThat(flipEveryBit()).isGreaterThan(Byte.SIZE * sealed.length - 9);
    }

    private int flipEveryBit() {
        int flips = 0;
        for (int bit = 0; bit < Byte.SIZE * sealed.length; bit++) {
            byte[] altered = sealed.clone();
            altered[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertRefused(altered, reasonFor(altered));
            flips++;
        }
        return flips;
    }

    @Test
    void isRefusedAtEveryLength() {
        for (int length = 0; length < sealed.length; length++) {
            assertRefused(Arrays.copyOf(sealed, length), Reason.MALFORMED, "is not a keyring");
        }
    }

    @Test
    void isRefusedWithTheContentCutAtEveryLength() {
        byte[] content = Base64.getDecoder()
                .decode(new String(sealed, US_ASCII).lines().toList().get(1));
        for (int length = 1; length < content.length; length++) {
            byte[] cut = SealedRing.of(header(), Arrays.copyOf(content, length)).file();
            String why = length < 4 + 16 + 12 + 16 ? "There are " + length + " bytes, too few" : "was altered";
            assertRefused(cut, Reason.WRONG_ENVELOPE, why, "left as they are");
        }
        assertRefused(SealedRing.of(header(), new byte[0]).file(), Reason.WRONG_ENVELOPE, "There are 0 bytes");
    }

    @Test
    void isRefusedWithAnythingBeforeOrAfterIt() {
        String text = new String(sealed, US_ASCII);
        for (String more :
                List.of("\n", "\0", " ", "=", "A", "AAAA", "\r", "\r\n", firstLine(), text, "\u00ef\u00bb\u00bf")) {
            assertRefused((text + more).getBytes(ISO_8859_1), Reason.MALFORMED, "second line was altered or cut short");
            assertRefused((more + text).getBytes(ISO_8859_1), Reason.MALFORMED, "is not a keyring");
            assertRefused(
                    text.replace("\n", "\n" + more).getBytes(ISO_8859_1), Reason.MALFORMED, "second line was altered");
        }
        String plain = text + RING.primary().reveal() + "\n";
        assertRefused(plain.getBytes(US_ASCII), Reason.MALFORMED, "second line was altered or cut short");
    }

    @Test
    void isRefusedWithItsLinesSwappedOrBrokenOtherwise() {
        String text = new String(sealed, US_ASCII);
        String second = text.substring(firstLine().length());
        assertRefused((second + firstLine()).getBytes(US_ASCII), Reason.MALFORMED, "is not a keyring");
        assertRefused(
                text.replace("\n", "\r\n").getBytes(US_ASCII), Reason.MALFORMED, "first line does not consist of");
        assertRefused(text.replace("\n", "\r").getBytes(US_ASCII), Reason.MALFORMED, "first line does not consist of");
        assertRefused((firstLine() + second.replace("\n", "\r\n")).getBytes(US_ASCII), Reason.MALFORMED, "second line");
        assertRefused(text.replace('\n', ' ').getBytes(US_ASCII), Reason.MALFORMED, "first line does not consist of");
        String wrapped = second.substring(0, 76) + "\n" + second.substring(76);
        assertRefused((firstLine() + wrapped).getBytes(US_ASCII), Reason.MALFORMED, "second line was altered");
        assertRefused(text.toUpperCase(Locale.ROOT).getBytes(US_ASCII), Reason.MALFORMED, "is not a keyring");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "02", "20", "999999999"})
    void ofAnotherVersionIsRefusedWithItsNumber(String version) {
        String other = new String(sealed, US_ASCII).replace("keyring 2 ", "keyring " + version + " ");
        assertRefused(
                other.getBytes(US_ASCII), Reason.MALFORMED, "in format version " + version, "reads only version 2");
    }

    @Test
    void ofAnotherKindIsRefusedWithBothKinds() {
        String other = new String(sealed, US_ASCII).replace(" passphrase", " tink-aead");
        assertRefused(
                other.getBytes(US_ASCII),
                Reason.WRONG_ENVELOPE,
                "of kind tink-aead",
                "only envelopes of kind passphrase");
    }

    @Test
    void isAuthenticatedTogetherWithItsKind() {
        KeyringEnvelope renamed = new KeyringEnvelope() {
            @Override
            public String kind() {
                return "renamed";
            }

            @Override
            public byte[] seal(byte[] keyring, byte[] associatedData) {
                return ENVELOPE.seal(keyring, associatedData);
            }

            @Override
            public byte[] open(byte[] content, byte[] associatedData) {
                return ENVELOPE.open(content, associatedData);
            }
        };
        KeyringFiles.write(
                files.ring,
                new String(sealed, US_ASCII).replace(" passphrase", " renamed").getBytes(US_ASCII));

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> open(files, renamed));
        assertThat(refusal.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
        assertThat(refusal).hasMessageContaining("another passphrase, or was altered");
    }

    @Test
    void opensAtAnotherPath() throws IOException {
        KeyringFiles copy = KeyringFiles.below(parent, "copy");
        Files.copy(files.ring, copy.ring);

        assertThat(open(copy, ENVELOPE)).isEqualTo(RING);
        assertThat(copy.keyFile).hasBinaryContent(SealedRing.mark());
    }

    @Test
    void isRefusedUnderAnotherPassphrase() {
        String before = KeyringFiles.describe(files.ring);
        for (String other :
                List.of("one of these tests ", "One of these tests", "o", "an\u00e9", "one of these test")) {
            KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> open(files, envelope(other)));

            assertThat(refusal.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
            assertThat(refusal)
                    .hasMessageContainingAll("The ring " + files.ring, "another passphrase", "left as they are")
                    .hasMessageNotContaining("of these test");
            assertThat(KeyringFiles.describe(files.ring)).isEqualTo(before);
        }
    }

    @Test
    void hasAKindOfFewCharacters() {
        for (String kind : List.of("a", "0", ".", "-", "aws-kms.v2", "k".repeat(63))) {
            assertThat(SealedRing.requireKind(kind)).isEqualTo(kind);
            assertThat(SealedRing.parse(SealedRing.of(SealedRing.Header.first(kind), new byte[3])
                                    .file())
                            .header()
                            .kind())
                    .isEqualTo(kind);
        }
        for (String kind : List.of("", "k".repeat(64), "A", "a b", "a\n", "\na", "a_b", "\u00e4", "a/b", "a\0")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SealedRing.requireKind(kind))
                    .withMessageContaining("1 to 63 of the characters a-z, 0-9, '.' and '-'");
        }
    }
}
