// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.PassphraseEnvelope;
import org.codomyrmex.secrets.tink.AeadKeyringEnvelope;
import org.codomyrmex.secrets.tink.InProcessKms;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The envelope that the environment asks for when the application does not say. */
class DefaultEnvelopeTest {

    private static final String KMS_URI = "CODOMYRMEX_SECRETS_KMS_URI";
    private static final String PASSPHRASE_FILE = "CODOMYRMEX_SECRETS_PASSPHRASE_FILE";
    private static final String KMS_URI_PROPERTY = "codomyrmex.secrets.kmsUri";
    private static final String PASSPHRASE_FILE_PROPERTY = "codomyrmex.secrets.passphraseFile";
    private static final String KEYS = "CODOMYRMEX_SECRETS_KEY";

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();
    private final DefaultKeys keys = new DefaultKeys(environment, properties::get);

    @TempDir
    private Path directory;

    private Path keyFile;
    private Path passphraseFile;

    @BeforeEach
    void nameKeyFile() {
        keyFile = directory.resolve("secrets.key");
        passphraseFile = directory.resolve("passphrase");
        properties.put("codomyrmex.secrets.keyFile", keyFile.toString());
    }

    private Path passphrase(byte[] content) throws IOException {
        Files.write(passphraseFile, content);
        Files.setPosixFilePermissions(passphraseFile, PosixFilePermissions.fromString("rw-------"));
        environment.put(PASSPHRASE_FILE, passphraseFile.toString());
        return passphraseFile;
    }

    private Keyring opened(String passphrase) {
        return FileKeyringSource.at(keyFile)
                .withEnvelope(PassphraseEnvelope.of(passphrase.toCharArray()))
                .load(false);
    }

    private Path ringFile() {
        return directory.resolve("secrets.key.ring");
    }

    @Test
    void isAKeyInAKms() {
        String keyUri = InProcessKms.registered().newKey("key");
        environment.put(KMS_URI, keyUri);

        Keyring created = keys.source().load(true);

        assertThat(ringFile()).content(US_ASCII).matches("(?s)codomyrmex-keyring 2 tink-aead [0-9a-f]{32} 1\n.*");
        assertThat(FileKeyringSource.at(keyFile)
                        .withEnvelope(AeadKeyringEnvelope.forKmsKey(keyUri))
                        .load(false))
                .isEqualTo(created);
        assertThat(keys.source()).asString().endsWith("sealed: tink-aead]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n"})
    void isThePassphraseInAFileWithoutTheLineBreakOfAnEditor(String end) throws IOException {
        passphrase(("pass phrase ü" + end).getBytes(UTF_8));

        Keyring created = keys.source().load(true);

        assertThat(ringFile()).content(US_ASCII).matches("(?s)codomyrmex-keyring 2 passphrase [0-9a-f]{32} 1\n.*");
        assertThat(opened("pass phrase ü")).isEqualTo(created);
    }

    @ParameterizedTest
    @ValueSource(strings = {"  two spaces  ", "\tpassphrase with tab", "carriage\rreturn", "\uFEFFpassphrase mark"})
    void takesEveryOtherCharacterOfTheLine(String passphrase) throws IOException {
        passphrase((passphrase + "\n").getBytes(UTF_8));
        Keyring created = keys.source().load(true);

        assertThat(opened(passphrase)).isEqualTo(created);
    }

    @Test
    void takesFourKibibytesAndNoMore() throws IOException {
        assertUnusable("p".repeat(4097).getBytes(US_ASCII), "cannot be read (FileTooLargeException)");
        assertUnusable("p".repeat(1 << 20).getBytes(US_ASCII), "cannot be read (FileTooLargeException)");

        passphrase("p".repeat(4096).getBytes(US_ASCII));
        Keyring created = keys.source().load(true);
        assertThat(opened("p".repeat(4096))).isEqualTo(created);
    }

    private void assertUnusable(byte[] content, String words) throws IOException {
        passphrase(content);
        assertUnusable(words);
    }

    private void assertUnusable(String words) {
        KeyringException refused = refusal(KeyringException.class, keys::source);
        assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refused)
                .hasNoCause()
                .hasMessageContainingAll(
                        "named by the environment variable " + PASSPHRASE_FILE + " " + words,
                        "Expected one line of text that holds the passphrase, at most 4096 bytes");
        assertThat(refused.getMessage()).doesNotContain(Canary.MARK).doesNotContain(passphraseFile.toString());
        assertThat(keyFile).doesNotExist();
    }

    @Test
    void isRefusedWhereTheFileHoldsNoPassphrase() throws IOException {
        for (String empty : List.of("", "\n", "\r\n")) {
            assertUnusable(empty.getBytes(US_ASCII), "is empty");
        }
        for (String lines : List.of("\n\n", "%s\n\n", "%s\n%s", "%s\n%s\n", "\n%s", "%s\r\n%s\r\n")) {
            String text = lines.replace("%s", Canary.canary());
            assertUnusable(text.getBytes(US_ASCII), "has several lines");
        }
        assertUnusable((Canary.canary() + "\0").getBytes(US_ASCII), "contains NUL characters");
        assertUnusable(Canary.canary().getBytes(UTF_16LE), "contains NUL characters");
        assertUnusable(new byte[] {'a', (byte) 0xE9, 'b'}, "is not UTF-8 text");
        assertUnusable(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, "is not UTF-8 text");
        assertUnusable(new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0}, "is not UTF-8 text");
    }

    @Test
    void isRefusedWhereTheFileCannotBeRead() throws IOException {
        environment.put(PASSPHRASE_FILE, passphraseFile.toString());
        assertUnusable("cannot be read (NoSuchFileException)");

        Files.createDirectory(passphraseFile);
        assertUnusable("cannot be read (");

        environment.put(PASSPHRASE_FILE, Canary.canary("a\0b"));
        assertOddPath("environment variable " + PASSPHRASE_FILE + " is not the path of a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"~/%s", "'%s'", "%s ", "${HOME}/%s", "file:/%s"})
    void isRefusedWhereThePathOfTheFileIsOddAndIsNotShown(String path) {
        String odd = path.replace("%s", Canary.canary("words"));
        environment.put(PASSPHRASE_FILE, odd);
        assertOddPath("The value of the environment variable " + PASSPHRASE_FILE);

        properties.put(PASSPHRASE_FILE_PROPERTY, odd);
        assertOddPath("The value of the system property " + PASSPHRASE_FILE_PROPERTY);
    }

    private void assertOddPath(String words) {
        KeyringException refused = refusal(KeyringException.class, keys::source);
        assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refused)
                .hasNoCause()
                .hasMessageContainingAll(words, "Expected the path of a file with a passphrase")
                .hasMessageNotContaining(Canary.MARK);
        assertThat(keyFile).doesNotExist();
    }

    @Test
    void isNotShownWhereThePassphraseItselfIsInAVariable() {
        environment.put(PASSPHRASE_FILE, Canary.canary("words"));
        assertUnusable("cannot be read (NoSuchFileException)");

        environment.clear();
        environment.put(KMS_URI, Canary.canary("words"));
        assertThat(refusal(CodomyrmexException.class, keys::source))
                .hasNoCause()
                .hasMessageContainingAll(KMS_URI + " does not hold the URI of a key in a KMS", "aws-kms://", "unset it")
                .hasMessageNotContaining(Canary.MARK);
    }

    @Test
    void isRefusedWhereBothAreSet() throws IOException {
        passphrase("passphrase".getBytes(US_ASCII));
        for (String uri : new String[] {"aws-kms://arn:aws:kms:eu-west-1:1:key/2", ""}) {
            environment.put(KMS_URI, uri);
            assertThat(refusal(CodomyrmexException.class, keys::source))
                    .hasMessageContainingAll(KMS_URI, PASSPHRASE_FILE, "are both set", "Set only one of them");
        }
        assertThat(keyFile).doesNotExist();
    }

    @Test
    void isWhatThePropertySaysBeforeTheVariable() throws IOException {
        Path other = Files.writeString(directory.resolve("other"), "another passphrase");
        passphrase("the variable's".getBytes(US_ASCII));
        properties.put(PASSPHRASE_FILE_PROPERTY, other.toString());
        Keyring created = keys.source().load(true);
        assertThat(opened("another passphrase")).isEqualTo(created);

        properties.put(PASSPHRASE_FILE_PROPERTY, directory.resolve("absent").toString());
        assertThat(refusal(KeyringException.class, keys::source))
                .hasMessageContaining("the system property " + PASSPHRASE_FILE_PROPERTY + " cannot be read")
                .hasMessageNotContaining(PASSPHRASE_FILE);
    }

    @Test
    void isTheKeyInAKmsThatThePropertyNames() {
        String keyUri = InProcessKms.registered().newKey("by-property");
        properties.put(KMS_URI_PROPERTY, keyUri);
        environment.put(KMS_URI, "aws-kms://arn:aws:kms:eu-west-1:1:key/2");
        assertThat(keys.source()).asString().endsWith("sealed: tink-aead]");

        properties.put(KMS_URI_PROPERTY, Canary.canary("words"));
        assertThat(refusal(CodomyrmexException.class, keys::source))
                .hasMessageContaining("The system property " + KMS_URI_PROPERTY + " does not hold the URI")
                .hasMessageNotContaining(Canary.MARK);
    }

    @Test
    void isRefusedWhereAPropertyAndTheOtherVariableAreSet() throws IOException {
        passphrase("passphrase".getBytes(US_ASCII));
        properties.put(KMS_URI_PROPERTY, "aws-kms://arn:aws:kms:eu-west-1:1:key/2");
        assertThat(refusal(CodomyrmexException.class, keys::source))
                .hasMessageContainingAll(
                        "system property " + KMS_URI_PROPERTY,
                        "environment variable " + PASSPHRASE_FILE,
                        "are both set");
        properties.remove("codomyrmex.secrets.keyFile");
        environment.clear();
        environment.put(KEYS, FernetKey.generate().reveal());
        assertThat(refusal(CodomyrmexException.class, keys::source))
                .hasMessageContainingAll(KEYS + " holds keys", "system property " + KMS_URI_PROPERTY + " asks for one");
    }

    @Test
    void isRefusedBesideKeysInTheEnvironment() throws IOException {
        properties.clear();
        environment.put(KEYS, FernetKey.generate().reveal());
        environment.put(KMS_URI, "");
        assertThat(refusal(CodomyrmexException.class, keys::source))
                .hasMessageContainingAll(KEYS + " holds keys", KMS_URI + " asks for one", "Set only one of them");

        environment.remove(KMS_URI);
        passphrase("passphrase".getBytes(US_ASCII));
        assertThat(refusal(CodomyrmexException.class, keys::source))
                .hasMessageContainingAll(
                        KEYS + " holds keys", PASSPHRASE_FILE + " asks for one", "Set only one of them");
    }

    @Test
    void isNeverLeftOutBecauseASettingIsEmpty() {
        for (String empty : new String[] {"", " ", "\n"}) {
            for (String variable : new String[] {KMS_URI, PASSPHRASE_FILE}) {
                environment.clear();
                environment.put(variable, empty);
                assertThat(refusal(CodomyrmexException.class, keys::source))
                        .hasMessageContainingAll("The environment variable " + variable + " is empty", "unset it");
            }
        }
        assertThat(keyFile).doesNotExist();
    }

    @Test
    void isRefusedWhereNoClientForTheKmsIsRegistered() {
        environment.put(KMS_URI, "aws-kms://arn:aws:kms:eu-west-1:1:key/2");
        assertThat(refusal(KeyringException.class, keys::source))
                .hasMessageContainingAll("aws-kms://arn:aws:kms:eu-west-1:1:key/2", "AwsKmsClient.register");
    }

    @Test
    void warnsOfAPassphraseFileThatEveryUserCanRead() throws IOException {
        Files.setPosixFilePermissions(
                passphrase(Canary.canary().getBytes(US_ASCII)), PosixFilePermissions.fromString("rw-r--r--"));
        try (CapturedLog log = new CapturedLog()) {
            keys.source();
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("The passphrase file " + passphraseFile, "mode rw-r--r--", "chmod o= " + passphraseFile);
        }
        Files.setPosixFilePermissions(passphraseFile, PosixFilePermissions.fromString("rw-r-----"));
        try (CapturedLog log = new CapturedLog()) {
            keys.source();
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void refusesAPlainKeyring() throws IOException {
        FileKeyringSource.at(keyFile).load(true);
        passphrase(Canary.canary().getBytes(US_ASCII));

        KeyringException refused =
                refusal(KeyringException.class, () -> keys.source().load(true));
        assertThat(refused.reason()).isEqualTo(Reason.SEALED);
        assertThat(refused).hasMessageContaining("Seal it once with seal(envelope)");
    }
}
