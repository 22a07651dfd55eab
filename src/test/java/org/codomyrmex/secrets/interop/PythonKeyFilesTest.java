// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.SecretInfo;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key file is shared with Python programs, whoever made it and whoever changes it. */
@Timeout(60)
class PythonKeyFilesTest {

    private static Python python;

    @TempDir
    Path parent;

    private Path keyFile;
    private Path ringFile;

    @BeforeAll
    static void startPython() {
        python = Python.start();
    }

    @AfterAll
    static void endPython() {
        if (python != null) {
            python.close();
        }
    }

    @BeforeEach
    void nameFiles() {
        keyFile = parent.resolve(".codomyrmex").resolve("secrets.key");
        ringFile = keyFile.resolveSibling("secrets.key.ring");
    }

    private void assertShared(SecretManager manager) {
        assertThat(manager.decrypt(python.encryptWith(keyFile, "from Python: ä€")))
                .isEqualTo("from Python: ä€");
        assertThat(python.decryptWith(keyFile, manager.encrypt("from Java: ä€")))
                .hasValue("from Java: ä€");
        assertThat(keyFile).hasSize(44);
    }

    private void assertOldTokensAreReadByTheRing(SecretManager manager, String old) {
        assertThat(python.decryptWith(keyFile, old)).isEmpty();
        assertThat(python.decryptWithRing(ringFile, old)).hasValue("old");
        assertThat(manager.decrypt(old)).isEqualTo("old");
    }

    @Test
    void aKeyFileThatPythonMadeIsAdoptedAndSharedBeforeAndAfterARotation() throws IOException {
        String key = python.create(keyFile);
        byte[] bytes = Files.readAllBytes(keyFile);
        String old = python.encryptWith(keyFile, "old");

        try (SecretManager manager = new SecretManager(keyFile)) {
            assertThat(keyFile).hasBinaryContent(bytes);
            assertThat(ringFile).hasContent(key + "\n").hasSize(45);
            assertThat(manager.decrypt(old)).isEqualTo("old");
            assertShared(manager);

            String newId = manager.rotateKey();

            assertThat(FernetKey.parse(Files.readAllBytes(keyFile)).id()).isEqualTo(newId);
            assertShared(manager);
            assertOldTokensAreReadByTheRing(manager, old);
        }
    }

    @Test
    void aKeyFileThatJavaMadeIsReadByPythonBeforeAndAfterARotation() {
        try (SecretManager manager = new SecretManager(keyFile)) {
            assertShared(manager);
            String old = manager.encrypt("old");
            assertThat(python.decryptWith(keyFile, old)).hasValue("old");
            String id = manager.storeSecret("name", "value");

            manager.rotateKey();

            assertShared(manager);
            assertOldTokensAreReadByTheRing(manager, old);
            assertThat(manager.getSecret(id)).hasValue("value");
        }
        try (SecretManager again = new SecretManager(keyFile)) {
            assertShared(again);
        }
    }

    @Test
    void aKeyThatPythonWritesUnderALiveManagerIsItsPrimaryWithinASecondAndNothingIsLost() throws Exception {
        try (SecretManager manager = new SecretManager(keyFile)) {
            String old = manager.encrypt("old");
            String formerId = manager.listKeys().get(0).id();
            String secretId = manager.storeSecret("name", "value");

            FernetKey key = FernetKey.parse(python.create(keyFile));
            Thread.sleep(Duration.ofMillis(1010).toMillis());

            String newSecret = manager.storeSecret("new", "new value");
            assertThat(manager.describeSecret(newSecret)).map(SecretInfo::keyId).hasValue(key.id());
            assertThat(manager.listKeys()).extracting(KeyInfo::id).containsExactly(key.id(), formerId);
            assertThat(manager.listKeys()).extracting(KeyInfo::primary).containsExactly(true, false);
            assertThat(manager.getSecret(secretId)).hasValue("value");
            assertShared(manager);
            assertOldTokensAreReadByTheRing(manager, old);
            assertThat(keyFile).hasContent(key.reveal());
        }
        assertThat(FileKeyringSource.at(keyFile).load(false).keyIds()).hasSize(2);
    }

    @Test
    void aTokenUnderAKeyThatPythonHasJustWrittenIsReadAtOnce() {
        try (SecretManager manager = new SecretManager(keyFile)) {
            manager.encrypt("warm");
            python.create(keyFile);

            assertThat(manager.decrypt(python.encryptWith(keyFile, "new"))).isEqualTo("new");
        }
    }

    @Test
    void keysThatPythonWritesOneAfterTheOtherAllStayInTheRing() {
        FileKeyringSource source = FileKeyringSource.at(keyFile);
        List<String> tokens = IntStream.range(0, 5)
                .mapToObj(round -> {
                    FernetKey key = FernetKey.parse(python.create(keyFile));
                    assertThat(source.load(true).primary()).isEqualTo(key);
                    return python.encryptWith(keyFile, "value " + round);
                })
                .toList();

        Keyring ring = source.load(false);
        assertThat(ring.keyIds()).hasSize(5);
        for (int round = 0; round < 5; round++) {
            assertThat(new String(ring.decrypt(tokens.get(round)), US_ASCII)).isEqualTo("value " + round);
            assertThat(python.decryptWithRing(ringFile, tokens.get(round))).hasValue("value " + round);
        }
    }
}
