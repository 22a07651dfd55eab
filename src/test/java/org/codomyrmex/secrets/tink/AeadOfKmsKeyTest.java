// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.crypto.tink.Aead;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Uninterrupted;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rings that are sealed under a key in a KMS, which answers, or does not. */
class AeadOfKmsKeyTest {

    private final InProcessKms kms = InProcessKms.registered();
    private final String keyUri = kms.newKey("key");

    @TempDir
    private Path directory;

    private Keyring created;
    private byte[] ring;
    private byte[] mark;

    private FileKeyringSource plain() {
        return FileKeyringSource.at(directory.resolve("secrets.key"));
    }

    private FileKeyringSource sealed() {
        return plain().withEnvelope(AeadKeyringEnvelope.forKmsKey(keyUri));
    }

    private Path ringFile() {
        return directory.resolve("secrets.key.ring");
    }

    @BeforeEach
    void create() throws IOException {
        created = sealed().load(true);
        ring = Files.readAllBytes(ringFile());
        mark = Files.readAllBytes(directory.resolve("secrets.key"));
        kms.calls();
    }

    private KeyringException assertRefused(Reason reason, Runnable work) {
        KeyringException refusal = catchThrowableOfType(KeyringException.class, work::run);
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
        assertThat(refusal).hasMessageContainingAll("The ring " + ringFile(), "of kind tink-aead", "left as they are");
        assertThat(ringFile()).hasBinaryContent(ring);
        assertThat(directory.resolve("secrets.key")).hasBinaryContent(mark);
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
        return refusal;
    }

    private static InProcessKms.Answer throwing(Throwable cause) {
        return (input, key, decrypt) -> {
            throw new GeneralSecurityException("decryption failed", cause);
        };
    }

    @Test
    void isAskedOnceForAStartAndTwiceForAChange() {
        FileKeyringSource source = sealed();
        assertThat(kms.calls()).as("making the envelope").isZero();
        source.load(false);
        assertThat(kms.calls()).as("a start").isEqualTo(1);

        source.load(false);
        source.load(true);
        assertThat(kms.calls()).as("looks at a ring that is known").isZero();

        source.update(keyring -> keyring.rotatedTo(FernetKey.generate()));
        assertThat(kms.calls()).as("a rotation").isEqualTo(2);
        source.update(keyring -> keyring);
        assertThat(kms.calls()).as("a change that changes nothing").isZero();
        source.destroy(created.primary().id(), () -> true);
        assertThat(kms.calls()).as("a destruction").isEqualTo(2);
        source.load(false);
        assertThat(kms.calls()).as("a look at what it wrote itself").isZero();
    }

    @Test
    void sealsARingThatOutgrowsWhatAKmsTakes() throws IOException {
        FileKeyringSource source = sealed();
        Keyring large = source.update(keyring -> {
            Keyring grown = keyring;
            for (int i = 0; i < 300; i++) {
                grown = grown.rotatedTo(FernetKey.generate());
            }
            return grown;
        });
        assertThat(Files.size(ringFile())).isGreaterThan(3L * InProcessKms.MOST_BYTES);

        assertThat(sealed().load(false)).isEqualTo(large);
        assertThat(large.keyIds()).hasSize(301);
    }

    @Test
    void isRefusedUnderAnotherKeyOfTheSameKms() {
        String other = kms.newKey("other");

        KeyringException refusal = assertRefused(
                Reason.WRONG_ENVELOPE,
                () -> plain().withEnvelope(AeadKeyringEnvelope.forKmsKey(other)).load(true));
        assertThat(refusal).hasMessageContaining("sealed with another key, or was altered");
    }

    static Stream<Throwable> withoutAnAnswer() {
        return Stream.of(
                new IOException("down"),
                new RuntimeException(new SocketTimeoutException("slow")),
                NamedException.of("com.amazonaws.services.kms.model.AWSKMSException", "AccessDeniedException"));
    }

    @ParameterizedTest
    @MethodSource("withoutAnAnswer")
    void isUnavailableWhereTheKmsDoesNotSay(Throwable cause) {
        FileKeyringSource source = sealed();
        source.load(false);
        kms.answers(throwing(cause));

        for (Runnable work : new Runnable[] {
            () -> sealed().load(true),
            () -> sealed().load(false),
            () -> source.update(keyring -> keyring.rotatedTo(FernetKey.generate())),
            () -> source.seal(AeadKeyringEnvelope.forKmsKey(keyUri)),
        }) {
            KeyringException refusal = assertRefused(Reason.UNAVAILABLE, work);
            assertThat(refusal).hasMessageContaining("The KMS did not do it").hasRootCauseMessage(rootOf(cause));
        }

        kms.answers(InProcessKms.SOUND);
        assertThat(sealed().load(false)).isEqualTo(created);
    }

    private static String rootOf(Throwable thrown) {
        return thrown.getCause() == null ? thrown.getMessage() : rootOf(thrown.getCause());
    }

    static Stream<Throwable> withTheAnswerNo() {
        return Stream.of(
                new AEADBadTagException("Tag mismatch"),
                NamedException.of("com.amazonaws.services.kms.model.IncorrectKeyException", "another key"));
    }

    @ParameterizedTest
    @MethodSource("withTheAnswerNo")
    void isTheWrongEnvelopeWhereTheKmsSaysSo(Throwable cause) {
        kms.answers(throwing(cause));

        KeyringException refusal = assertRefused(Reason.WRONG_ENVELOPE, () -> sealed().load(true));
        assertThat(refusal).hasMessageContaining("sealed with another key, or was altered");
        assertThat(refusal.getCause().getCause()).hasCause(cause);
    }

    @Test
    void isUnavailableWhereTheClientFailsByItself() {
        for (RuntimeException failed : new RuntimeException[] {
            new IllegalStateException("of the test"),
            NamedException.of("com.amazonaws.SdkClientException", "Unable to execute HTTP request")
        }) {
            kms.answers((input, key, decrypt) -> {
                throw failed;
            });
            KeyringException refusal = assertRefused(Reason.UNAVAILABLE, () -> sealed().load(true));
            assertThat(refusal)
                    .hasCause(failed)
                    .hasMessageContaining(failed.getClass().getName());
        }
    }

    @Test
    void isTheWrongEnvelopeWhereTheKmsAnswersRubbish() {
        FileKeyringSource source = sealed();
        source.load(false);
        byte[] other = new byte[34];
        for (byte[] rubbish : new byte[][] {{}, {0}, {1, 2, 3}, other, new byte[5000], "a text".getBytes(US_ASCII)}) {
            kms.answers((input, key, decrypt) -> rubbish);
            assertRefused(Reason.WRONG_ENVELOPE, () -> sealed().load(true));
            KeyringException refusal = catchThrowableOfType(
                    KeyringException.class, () -> source.update(keyring -> keyring.rotatedTo(FernetKey.generate())));
            assertThat(refusal.reason()).isIn(Reason.WRONG_ENVELOPE, Reason.UNAVAILABLE);
            assertThat(ringFile()).hasBinaryContent(ring);
        }
        kms.answers((input, key, decrypt) -> null);
        assertRefused(Reason.UNAVAILABLE, () -> sealed().load(true));
    }

    @Test
    void createsNothingWhereTheKmsIsDown(@TempDir Path empty) {
        kms.answers(throwing(new IOException("down")));
        FileKeyringSource absent = FileKeyringSource.at(empty.resolve("below").resolve("secrets.key"))
                .withEnvelope(AeadKeyringEnvelope.forKmsKey(keyUri));

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> absent.load(true));

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(empty.resolve("below"))
                .isDirectoryNotContaining(file -> !file.toString().endsWith(".lock"));
    }

    @Test
    void waitsForAKmsThatIsSlow() {
        kms.answers((input, key, decrypt) -> {
            Uninterrupted.sleep(Duration.ofMillis(400));
            return InProcessKms.SOUND.of(input, key, decrypt);
        });

        assertThat(sealed().load(false)).isEqualTo(created);
    }

    @Test
    void isRefusedWithAnyBitFlippedAndAtEveryLength() {
        AeadKeyringEnvelope envelope = AeadKeyringEnvelope.forKmsKey(keyUri);
        byte[] associated = {1, 2, 3};
        byte[] content = envelope.seal("a text".getBytes(US_ASCII), associated);
        for (int bit = 0; bit < Byte.SIZE * content.length; bit++) {
            byte[] altered = content.clone();
            altered[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertWrong(envelope, altered, associated);
        }
        for (int length = 0; length < content.length; length++) {
            assertWrong(envelope, Arrays.copyOf(content, length), associated);
        }
        assertWrong(envelope, content, new byte[] {1, 2, 4});
        assertThat(envelope.open(content, associated)).asString().isEqualTo("a text");
    }

    private static void assertWrong(AeadKeyringEnvelope envelope, byte[] content, byte[] associated) {
        KeyringException refusal =
                catchThrowableOfType(KeyringException.class, () -> envelope.open(content, associated));
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
    }

    @Test
    void saysWhatToRegisterWhereNoClientSupportsTheKey() {
        for (String uri :
                new String[] {"aws-kms://arn:aws:kms:eu-west-1:1:key/2", "gcp-kms://projects/p", "other://k"}) {
            KeyringException refusal =
                    catchThrowableOfType(KeyringException.class, () -> AeadKeyringEnvelope.forKmsKey(uri));
            assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refusal)
                    .hasMessageContainingAll(
                            "supports the key " + uri,
                            "AwsKmsClient.register",
                            "GcpKmsClient.register",
                            "KmsClients.add");
        }
        KeyringException unknown = catchThrowableOfType(
                KeyringException.class, () -> AeadKeyringEnvelope.forKmsKey(keyUri + "-that-is-not"));
        assertThat(unknown.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(unknown).hasMessageContainingAll(InProcessKms.class.getName(), "gives no use of the key " + keyUri);
        assertThatNullPointerException().isThrownBy(() -> AeadKeyringEnvelope.forKmsKey(null));
    }

    @Test
    void sealsNothingWithAnAeadThatTakesTooLittle() throws GeneralSecurityException {
        Aead direct = kms.getAead(keyUri);
        FileKeyringSource source = sealed();
        source.update(keyring -> keyring.rotatedTo(FernetKey.generate()));
        FileKeyringSource lone =
                FileKeyringSource.at(directory.resolve("direct.key")).withEnvelope(AeadKeyringEnvelope.of(direct));
        Keyring small = lone.load(true);
        KeyringException refusal = catchThrowableOfType(
                KeyringException.class,
                () -> lone.update(keyring -> {
                    Keyring grown = keyring;
                    for (int i = 0; i < 100; i++) {
                        grown = grown.withRetired(FernetKey.generate());
                    }
                    return grown;
                }));
        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(lone.load(false)).isEqualTo(small);
    }
}
