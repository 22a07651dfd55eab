// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.keyring.PassphraseEnvelope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A passphrase that is changed, in its file and in the ring, beside processes that run. */
class PassphraseFileEnvelopeTest {

    private static final String FORMER = Canary.canary("former");
    private static final String NEXT = Canary.canary("next");
    private static final byte[] KEYRING = "a keyring".getBytes(US_ASCII);
    private static final byte[] ASSOCIATED = "what goes with it\n".getBytes(US_ASCII);

    @TempDir
    private Path directory;

    private Path keyFile;
    private Path passphraseFile;

    @BeforeEach
    void writeFormer() throws IOException {
        keyFile = directory.resolve("secrets.key");
        passphraseFile = directory.resolve("passphrase");
        write(FORMER);
    }

    private void write(String passphrase) throws IOException {
        Files.writeString(passphraseFile, passphrase + "\n");
        Files.setPosixFilePermissions(passphraseFile, PosixFilePermissions.fromString("rw-------"));
    }

    private KeyringSource bySettings() {
        Map<String, String> properties = Map.of(
                "codomyrmex.secrets.keyFile", keyFile.toString(),
                "codomyrmex.secrets.passphraseFile", passphraseFile.toString());
        return new DefaultKeys(Map.of(), properties::get).source();
    }

    private SecretManager running() {
        return SecretManager.builder().keyring(bySettings()).build();
    }

    private static KeyringEnvelope of(String passphrase) {
        return PassphraseEnvelope.of(passphrase.toCharArray());
    }

    private FileKeyringSource sealedUnder(String passphrase) {
        return FileKeyringSource.at(keyFile).withEnvelope(of(passphrase));
    }

    private PassphraseFileEnvelope envelope() {
        Map<String, String> properties = Map.of("file", passphraseFile.toString());
        Setting setting =
                new Setting.Sources(Map.of(), properties::get).find("file", "").orElseThrow();
        return new PassphraseFileEnvelope(new PassphraseFile(setting));
    }

    @Test
    void aRunningProcessFollowsAChangeWithoutAFailedWrite() throws IOException {
        try (SecretManager manager = running()) {
            String token = manager.encrypt(Canary.canary());
            write(NEXT);
            manager.rotateKey();
            sealedUnder(FORMER).seal(of(NEXT));

            String key = manager.rotateKey();

            assertThat(manager.decrypt(token)).isEqualTo(Canary.canary());
            assertThat(sealedUnder(NEXT).load(false).primary().id()).isEqualTo(key);
        }
    }

    @Test
    void sealsUnderThePassphraseThatOpenedLast() throws IOException {
        PassphraseFileEnvelope envelope = envelope();
        write(NEXT);

        byte[] before = envelope.seal(KEYRING, ASSOCIATED);
        assertThat(of(FORMER).open(before, ASSOCIATED)).isEqualTo(KEYRING);
        assertThat(envelope.open(before, ASSOCIATED)).isEqualTo(KEYRING);

        assertThat(envelope.open(of(NEXT).seal(KEYRING, ASSOCIATED), ASSOCIATED))
                .isEqualTo(KEYRING);
        assertThat(of(NEXT).open(envelope.seal(KEYRING, ASSOCIATED), ASSOCIATED))
                .isEqualTo(KEYRING);
    }

    @Test
    void keepsTheFormerPassphraseIfThatOfTheFileDoesNotOpenEither() throws IOException {
        PassphraseFileEnvelope envelope = envelope();
        byte[] former = envelope.seal(KEYRING, ASSOCIATED);
        byte[] foreign = of("somebody else's").seal(KEYRING, ASSOCIATED);
        assertWrong(envelope, foreign);
        write(NEXT);
        assertWrong(envelope, foreign);
        write(Canary.canary("a third one"));
        assertWrong(envelope, foreign);

        assertThat(envelope.open(former, ASSOCIATED)).isEqualTo(KEYRING);
        assertThat(of(FORMER).open(envelope.seal(KEYRING, ASSOCIATED), ASSOCIATED))
                .isEqualTo(KEYRING);
    }

    private static void assertWrong(PassphraseFileEnvelope envelope, byte[] sealed) {
        KeyringException refused = refusal(KeyringException.class, () -> envelope.open(sealed, ASSOCIATED));
        assertThat(refused.reason()).isEqualTo(Reason.WRONG_ENVELOPE);
        assertThat(refused).hasMessageContaining("sealed with another passphrase");
    }

    /** A ring that nothing opens is read once a second: that must not derive two keys each time. */
    @Test
    void derivesNoKeyAgainForBytesThatBothPassphrasesWereRefusedFor() throws IOException {
        PassphraseFileEnvelope envelope = envelope();
        write(NEXT);
        byte[] foreign = of("somebody else's").seal(KEYRING, ASSOCIATED);
        long start = System.nanoTime();
        assertWrong(envelope, foreign);
        long once = System.nanoTime() - start;

        start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertWrong(envelope, foreign);
        }
        assertThat(System.nanoTime() - start).isLessThan(5 * once);
    }

    @Test
    void saysThatTheFileIsGoneWithoutNamingIt() throws IOException {
        PassphraseFileEnvelope envelope = envelope();
        byte[] next = of(NEXT).seal(KEYRING, ASSOCIATED);
        Files.delete(passphraseFile);

        KeyringException refused = refusal(KeyringException.class, () -> envelope.open(next, ASSOCIATED));

        assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refused)
                .hasMessageContainingAll(
                        "does not open it", "named by the system property file cannot be read (NoSuchFile")
                .hasMessageNotContaining(passphraseFile.toString());
        write(NEXT);
        assertThat(envelope.open(next, ASSOCIATED)).as("once it is back").isEqualTo(KEYRING);
    }

    @Test
    void opensInManyThreadsWhileThePassphraseChanges() throws IOException {
        PassphraseFileEnvelope envelope = envelope();
        byte[] next = of(NEXT).seal(KEYRING, ASSOCIATED);
        write(NEXT);

        List<CompletableFuture<byte[]>> opened = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> envelope.open(next, ASSOCIATED)))
                .toList();

        assertThat(opened)
                .allSatisfy(each ->
                        assertThat(each.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(KEYRING));
    }

    @Test
    void showsNothing() {
        PassphraseFileEnvelope envelope = envelope();
        assertThat(envelope).hasToString("PassphraseFileEnvelope");
        assertThat(envelope.kind()).isEqualTo("passphrase");
        assertThat(new Setting.Sources(Map.of("A", FORMER), name -> FORMER)).hasToString("Sources");
        assertThat(new Setting.Sources(Map.of("A", FORMER), name -> null).find("a", "A"))
                .get()
                .hasToString("environment variable A");
    }
}
