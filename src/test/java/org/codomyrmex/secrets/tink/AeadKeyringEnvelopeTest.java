// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.daead.DeterministicAeadConfig2026;
import com.google.crypto.tink.daead.PredefinedDeterministicAeadParameters;
import com.google.crypto.tink.mac.MacConfig2026;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rings that are sealed with real Tink keysets. */
class AeadKeyringEnvelopeTest {

    private static final String ANOTHER_KEY = "sealed with another key, or was altered";
    /** With the generation of a ring that was created and changed twice. */
    private static final String TWICE_CHANGED = "(?s)codomyrmex-keyring 2 tink-aead [0-9a-f]{32} 3\n.*";

    private static final byte[] TEXT = "a text".getBytes(US_ASCII);
    private static final byte[] ASSOCIATED = "what goes with it".getBytes(US_ASCII);

    @TempDir
    private Path directory;

    private FileKeyringSource plain() {
        return FileKeyringSource.at(directory.resolve("secrets.key"));
    }

    private Path ringFile() {
        return directory.resolve("secrets.key.ring");
    }

    private static KeysetHandle keyset(Parameters parameters) throws GeneralSecurityException {
        return KeysetHandle.generateNew(parameters, AeadConfig2026.get());
    }

    static Stream<Named<Parameters>> kinds() {
        return Stream.of(
                Named.of("AES256_GCM", PredefinedAeadParameters.AES256_GCM),
                Named.of("AES128_CTR_HMAC_SHA256", PredefinedAeadParameters.AES128_CTR_HMAC_SHA256),
                Named.of("XCHACHA20_POLY1305", PredefinedAeadParameters.XCHACHA20_POLY1305));
    }

    private static void assertRefused(AeadKeyringEnvelope envelope, byte[] sealed, byte[] associated) {
        KeyringException refusal =
                catchThrowableOfType(KeyringException.class, () -> envelope.open(sealed, associated));
        assertThat(refusal).as("%d bytes", sealed.length).isNotNull();
        assertThat(refusal.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
        assertThat(refusal).hasMessageContaining(ANOTHER_KEY);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void createsOpensAndRotatesASealedRing(Parameters parameters) throws GeneralSecurityException, IOException {
        KeysetHandle keyset = keyset(parameters);
        FileKeyringSource sealed = plain().withEnvelope(AeadKeyringEnvelope.of(keyset));
        Keyring created = sealed.load(true);
        Keyring rotated = sealed.update(ring -> ring.rotatedTo(FernetKey.generate()));

        FileKeyringSource again =
                plain().withEnvelope(AeadKeyringEnvelope.of(keyset.getPrimitive(AeadConfig2026.get(), Aead.class)));
        assertThat(again.load(false)).isEqualTo(rotated);
        assertThat(again.destroy(created.primary().id(), () -> true).keyIds()).hasSize(1);
        assertThat(Files.readString(ringFile(), US_ASCII)).matches(TWICE_CHANGED);

        again.unseal();
        assertThat(plain().load(false).primary()).isEqualTo(rotated.primary());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void refusesEveryBitFlippedAndEveryLength(Parameters parameters) throws GeneralSecurityException {
        AeadKeyringEnvelope envelope = AeadKeyringEnvelope.of(keyset(parameters));
        byte[] sealed = envelope.seal(TEXT, ASSOCIATED);
        assertThat(envelope.open(sealed, ASSOCIATED)).isEqualTo(TEXT);

        for (int bit = 0; bit < Byte.SIZE * sealed.length; bit++) {
            byte[] altered = sealed.clone();
            altered[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertRefused(envelope, altered, ASSOCIATED);
        }
        for (int length = 0; length < sealed.length + 20; length++) {
            if (length != sealed.length) {
                assertRefused(envelope, Arrays.copyOf(sealed, length), ASSOCIATED);
            }
        }
        assertRefused(envelope, sealed, new byte[0]);
        assertRefused(envelope, sealed, Arrays.copyOf(ASSOCIATED, ASSOCIATED.length + 1));
    }

    @Test
    void refusesEveryBitOfARingFileFlippedAndEveryLength() throws IOException {
        AeadKeyringEnvelope envelope = AeadKeyringEnvelope.of(InProcessKms.keyset());
        plain().withEnvelope(envelope).load(true);
        byte[] sealed = Files.readAllBytes(ringFile());
        int first = new String(sealed, US_ASCII).indexOf('\n') + 1;

        for (int bit = 0; bit < Byte.SIZE * sealed.length; bit++) {
            byte[] altered = sealed.clone();
            altered[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            // Another id or generation may have the right form; then the envelope refuses it.
            boolean envelopeAsked = isOwnFirstLine(altered, first) && isBase64(altered, first);
            assertRefused(envelope, altered, envelopeAsked);
        }
        for (int length = 0; length < sealed.length; length++) {
            assertRefused(envelope, Arrays.copyOf(sealed, length), false);
        }
    }

    private static boolean isOwnFirstLine(byte[] file, int first) {
        return new String(file, 0, first, ISO_8859_1)
                .matches("codomyrmex-keyring 2 tink-aead [0-9a-f]{32} [1-9][0-9]{0,17}\n");
    }

    private static boolean isBase64(byte[] file, int first) {
        String line = new String(file, first, file.length - first, ISO_8859_1);
        try {
            byte[] content = Base64.getDecoder().decode(line.strip());
            return line.equals(Base64.getEncoder().encodeToString(content) + "\n");
        } catch (IllegalArgumentException noBase64) {
            return false;
        }
    }

    private void assertRefused(AeadKeyringEnvelope envelope, byte[] altered, boolean envelopeAsked) throws IOException {
        Files.write(ringFile(), altered);
        KeyringException refusal = catchThrowableOfType(
                KeyringException.class, () -> plain().withEnvelope(envelope).load(true));
        assertThat(refusal)
                .as(new String(altered, ISO_8859_1))
                .isNotNull()
                .hasMessageContaining("The ring " + ringFile());
        if (envelopeAsked) {
            assertThat(refusal.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
            assertThat(refusal).hasMessageContaining(ANOTHER_KEY);
        } else {
            assertThat(refusal.reason()).isIn(Reason.MALFORMED, Reason.WRONG_ENVELOPE);
            assertThat(refusal).hasMessageNotContaining(ANOTHER_KEY);
        }
        assertThat(ringFile()).hasBinaryContent(altered);
    }

    @Test
    void opensWithEveryKeyOfAKeysetAndSealsWithItsPrimary() throws GeneralSecurityException {
        KeysetHandle former = InProcessKms.keyset();
        KeysetHandle rotated = KeysetHandle.newBuilder(former)
                .addEntry(KeysetHandle.importKey(
                                InProcessKms.keyset().getPrimary().getKey())
                        .makePrimary())
                .build();
        byte[] before = AeadKeyringEnvelope.of(former).seal(TEXT, ASSOCIATED);
        byte[] after = AeadKeyringEnvelope.of(rotated).seal(TEXT, ASSOCIATED);

        assertThat(AeadKeyringEnvelope.of(rotated).open(before, ASSOCIATED)).isEqualTo(TEXT);
        assertThat(AeadKeyringEnvelope.of(rotated).open(after, ASSOCIATED)).isEqualTo(TEXT);
        assertRefused(AeadKeyringEnvelope.of(former), after, ASSOCIATED);
    }

    @Test
    void takesAKeysetThatWasItselfEncryptedWithAnother() throws GeneralSecurityException {
        Aead other = InProcessKms.aead(InProcessKms.keyset());
        KeysetHandle keyset = keyset(PredefinedAeadParameters.AES128_CTR_HMAC_SHA256);
        byte[] encrypted =
                TinkProtoKeysetFormat.serializeEncryptedKeyset(keyset, other, ASSOCIATED, AeadConfig2026.get());
        Keyring created = plain().withEnvelope(AeadKeyringEnvelope.of(keyset)).load(true);

        KeysetHandle read =
                TinkProtoKeysetFormat.parseEncryptedKeyset(encrypted, other, ASSOCIATED, AeadConfig2026.get());
        assertThat(plain().withEnvelope(AeadKeyringEnvelope.of(read)).load(false))
                .isEqualTo(created);
    }

    @Test
    void takesAKeysetThatWasStored() throws GeneralSecurityException {
        KeysetHandle keyset = InProcessKms.keyset();
        byte[] stored =
                TinkProtoKeysetFormat.serializeKeyset(keyset, InsecureSecretKeyAccess.get(), AeadConfig2026.get());
        byte[] sealed = AeadKeyringEnvelope.of(keyset).seal(TEXT, ASSOCIATED);

        KeysetHandle read =
                TinkProtoKeysetFormat.parseKeyset(stored, InsecureSecretKeyAccess.get(), AeadConfig2026.get());
        assertThat(AeadKeyringEnvelope.of(read).open(sealed, ASSOCIATED)).isEqualTo(TEXT);
    }

    @Test
    void refusesAKeysetThatIsNoAead() throws GeneralSecurityException {
        for (KeysetHandle other : List.of(
                KeysetHandle.generateNew(PredefinedMacParameters.HMAC_SHA256_128BITTAG, MacConfig2026.get()),
                KeysetHandle.generateNew(
                        PredefinedDeterministicAeadParameters.AES256_SIV, DeterministicAeadConfig2026.get()))) {
            assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> AeadKeyringEnvelope.of(other)))
                    .hasMessage("keyset gives no AEAD, expected keys of a kind such as AES256_GCM");
        }
        assertThatNullPointerException().isThrownBy(() -> AeadKeyringEnvelope.of((Aead) null));
        assertThatNullPointerException().isThrownBy(() -> AeadKeyringEnvelope.of((KeysetHandle) null));
    }

    @Test
    void refusesARingThatAnotherKeysetSealed() throws IOException {
        plain().withEnvelope(AeadKeyringEnvelope.of(InProcessKms.keyset())).load(true);
        byte[] sealed = Files.readAllBytes(ringFile());

        assertRefused(AeadKeyringEnvelope.of(InProcessKms.keyset()), sealed, true);
        assertThat(AeadKeyringEnvelope.of(InProcessKms.keyset()).kind()).isEqualTo("tink-aead");
    }
}
