// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default manager finds its envelope by the variables of the process that it runs in, with Tink and without. */
class DefaultEnvelopeOfTheProcessTest {

    private static final String KMS_URI = "CODOMYRMEX_SECRETS_KMS_URI";
    private static final String KEY_URI = "aws-kms://arn:aws:kms:eu-west-1:1:key/2";

    @TempDir
    private static Path directory;

    private static ChildProcess byPassphrase;
    private static ChildProcess byKms;
    private static ChildProcess withoutTink;
    private static ChildProcess withHalfOfTink;
    private static ChildProcess passphraseWithoutTink;

    /** All at once, because what takes long is their start. */
    @BeforeAll
    static void start() throws IOException {
        Path file = directory.resolve("passphrase");
        Files.writeString(file, Canary.canary() + "\n");
        Map<String, String> passphrase = Map.of("CODOMYRMEX_SECRETS_PASSPHRASE_FILE", file.toString());
        byPassphrase = start("by-passphrase", passphrase);
        byKms = start("by-kms", Map.of(KMS_URI, KEY_URI));
        withoutTink = start("without-tink", Map.of(KMS_URI, KEY_URI), "-cp", classPathWithout("/tink-"));
        withHalfOfTink = start("half-of-tink", Map.of(KMS_URI, KEY_URI), "-cp", classPathWithout("/protobuf-java-"));
        passphraseWithoutTink = start("passphrase-alone", passphrase, "-cp", classPathWithout("/tink-"));
    }

    private static ChildProcess start(String name, Map<String, String> variables, String... options) {
        String keyFile = "-Dcodomyrmex.secrets.keyFile=" + directory.resolve(name + ".key");
        // Deriving a key in 600,000 rounds takes ten times as long without it.
        String fully = "-XX:TieredStopAtLevel=4";
        return ChildProcess.start(
                SettingsProgram.class,
                variables,
                Stream.concat(Stream.of(keyFile, fully), Stream.of(options)).toArray(String[]::new));
    }

    private static String classPathWithout(String name) {
        List<String> all = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        List<String> left = all.stream().filter(entry -> !entry.contains(name)).toList();
        assertThat(left).hasSizeLessThan(all.size());
        return left.stream().collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void sealsWithThePassphraseInAFile() {
        assertSealed(byPassphrase, "by-passphrase");
    }

    @Test
    void needsNoTinkForAPassphrase() {
        assertSealed(passphraseWithoutTink, "passphrase-alone");
    }

    private static void assertSealed(ChildProcess process, String name) {
        List<String> lines = process.lines();
        assertThat(lines).startsWith("open: " + directory.resolve(name + ".key"), "store: true");
        assertThat(lines.get(4)).matches("rotate: [0-9a-f]{16}");
        assertThat(directory.resolve(name + ".key.ring"))
                .content(US_ASCII)
                .matches("(?s)codomyrmex-keyring 2 passphrase [0-9a-f]{32} 2\n.*");
        assertThat(directory.resolve(name + ".key")).content(US_ASCII).startsWith("codomyrmex-keyring 2 mark\n");
    }

    @Test
    void saysWhatToRegisterForAKeyInAKms() {
        assertRefused(byKms, "by-kms", KEY_URI, "AwsKmsClient.register");
    }

    @Test
    void saysWhichDependencyToAddWhereThereIsNoTink() {
        assertRefused(withoutTink, "without-tink", "needs Tink", "com.google.crypto.tink:tink");
    }

    @Test
    void saysTheSameWhereWhatTinkNeedsIsMissing() {
        assertThat(withHalfOfTink.lines()).hasSize(5).allMatch(line -> line.contains("KeyringException: "));
        assertThat(directory.resolve("half-of-tink.key")).doesNotExist();
    }

    private static void assertRefused(ChildProcess process, String name, String... words) {
        assertThat(process.lines())
                .hasSize(5)
                .allSatisfy(
                        line -> assertThat(line).contains("KeyringException: ").contains(words));
        assertThat(directory.resolve(name + ".key")).doesNotExist();
        assertThat(directory.resolve(name + ".key.ring")).doesNotExist();
    }
}
