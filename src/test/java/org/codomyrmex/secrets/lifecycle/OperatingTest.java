// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.codomyrmex.secrets.RekeyReport;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.EnvironmentKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each procedure of the page for operators, done as it says. */
class OperatingTest {

    private static final Path PAGE = Path.of(".github", "OPERATING.md");

    @TempDir
    Path directory;

    private Path keyFile;
    private Path ring;

    @BeforeEach
    void nameFiles() {
        keyFile = directory.resolve("secrets.key");
        ring = directory.resolve("secrets.key.ring");
    }

    @Test
    void aBackupTakenAfterARotationOpensEverythingOfBefore() throws IOException {
        try (SecretManager manager = new SecretManager(keyFile)) {
            String before = manager.encrypt("canary-before");
            manager.rotateKey();
            String after = manager.encrypt("canary-after");
            Path backup = Files.createDirectory(directory.resolve("backup"));
            Files.copy(ring, backup.resolve("secrets.key.ring"));
            Files.copy(keyFile, backup.resolve("secrets.key"));

            try (SecretManager restored = new SecretManager(backup.resolve("secrets.key"))) {
                assertThat(restored.decrypt(before)).isEqualTo("canary-before");
                assertThat(restored.decrypt(after)).isEqualTo("canary-after");
            }
        }
    }

    @Test
    void theRingAloneIsEnoughToRestore() throws IOException {
        String token;
        try (SecretManager manager = new SecretManager(keyFile)) {
            token = manager.encrypt("canary-value");
            manager.rotateKey();
        }
        byte[] mirror = Files.readAllBytes(keyFile);
        Files.delete(keyFile);

        try (SecretManager restored = new SecretManager(keyFile)) {
            assertThat(restored.decrypt(token)).isEqualTo("canary-value");
            assertThat(keyFile).hasBinaryContent(mirror);
        }
    }

    @Test
    void theKeyFileAloneBecomesARingOfOneKey() throws IOException {
        String underRetired;
        String underPrimary;
        try (SecretManager manager = new SecretManager(keyFile)) {
            underRetired = manager.encrypt("canary-old");
            manager.rotateKey();
            underPrimary = manager.encrypt("canary-new");
        }
        Files.delete(ring);

        try (SecretManager restored = new SecretManager(keyFile)) {
            assertThat(restored.decrypt(underPrimary)).isEqualTo("canary-new");
            assertThat(restored.keyIdOf(underRetired)).isEmpty();
            assertThat(ring).hasSize(45);
        }
    }

    @Test
    void twoRingsAreMergedByPuttingTheirLinesTogether() throws IOException {
        Path other = directory.resolve("other").resolve("secrets.key");
        String here;
        String there;
        try (SecretManager one = new SecretManager(keyFile);
                SecretManager two = new SecretManager(other)) {
            here = one.encrypt("canary-here");
            there = two.encrypt("canary-there");
        }
        Files.writeString(ring, Files.readString(ring) + Files.readString(other.resolveSibling("secrets.key.ring")));

        try (SecretManager merged = new SecretManager(keyFile)) {
            assertThat(merged.decrypt(here)).isEqualTo("canary-here");
            assertThat(merged.decrypt(there)).isEqualTo("canary-there");
        }
    }

    @Test
    void aRotationIsFollowedByEveryOtherManagerWithinASecond() throws InterruptedException {
        try (SecretManager rotating = new SecretManager(keyFile);
                SecretManager following = new SecretManager(keyFile)) {
            String old = following.encrypt("canary-old");
            String newKey = rotating.rotateKey();
            assertThat(following.decrypt(rotating.encrypt("canary-new"))).isEqualTo("canary-new");
            Thread.sleep(1_100);
            assertThat(rotating.keyIdOf(following.encrypt("canary-newer"))).contains(newKey);
            assertThat(following.decrypt(old)).isEqualTo("canary-old");
        }
    }

    @Test
    void aKeyIsDestroyedInThreeSteps() {
        try (SecretManager manager = new SecretManager(keyFile)) {
            String old = manager.listKeys().get(0).id();
            String id = manager.storeSecret("name", "canary-value");
            manager.rotateKey();

            RekeyReport report = manager.rekey();
            assertThat(report.failed()).isZero();
            assertThat(manager.listKeys())
                    .filteredOn(key -> key.id().equals(old))
                    .singleElement()
                    .satisfies(key -> assertThat(key.secrets()).isZero());
            assertThat(manager.destroyKey(old)).isTrue();

            assertThat(manager.listKeys()).noneMatch(key -> key.id().equals(old));
            assertThat(manager.getSecret(id)).contains("canary-value");
            assertThat(ring).hasSize(45);
        }
    }

    @Test
    void aNewKeyIsRolledOutThroughTheEnvironmentInThreeSteps() {
        String old = FernetKey.generate().reveal();
        String fresh = FernetKey.generate().reveal();
        List<String> steps = List.of(old, old + "," + fresh, fresh + "," + old, fresh);
        List<String> tokens = new ArrayList<>();
        for (int step = 1; step < steps.size(); step++) {
            // In the middle of each step some instances are before it and some after it.
            try (SecretManager behind = withKeys(steps.get(step - 1));
                    SecretManager ahead = withKeys(steps.get(step))) {
                if (step == 3) {
                    tokens.replaceAll(behind::reencrypt);
                }
                tokens.add(behind.encrypt("canary-behind"));
                tokens.add(ahead.encrypt("canary-ahead"));
                assertThat(tokens).allSatisfy(token -> {
                    assertThat(behind.decrypt(token)).startsWith("canary-");
                    assertThat(ahead.decrypt(token)).startsWith("canary-");
                });
            }
        }
        try (SecretManager hasty = withKeys(old)) {
            KeyringException refused = catchThrowableOfType(KeyringException.class, hasty::rotateKey);
            assertThat(refused.reason()).isEqualTo(KeyringException.Reason.READ_ONLY);
        }
    }

    private static SecretManager withKeys(String keys) {
        return SecretManager.builder()
                .keyring(EnvironmentKeyringSource.of("CODOMYRMEX_SECRETS_KEY", Map.of("CODOMYRMEX_SECRETS_KEY", keys)))
                .build();
    }

    @Test
    void everyMessageOnThePageIsOneThatTheCodeSays() throws IOException {
        String code;
        try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
            code = sources.filter(Files::isRegularFile)
                    .map(OperatingTest::read)
                    .collect(Collectors.joining())
                    .replaceAll("\"\\s*\\+ \"", "");
        }
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("| message begins |"), page.indexOf("## What the errors say"));
        Matcher rows = Pattern.compile("(?m)^\\| ([A-Z…][^|]*) \\|").matcher(table);
        int found = 0;
        while (rows.find()) {
            String message = rows.group(1);
            assertThat(Pattern.compile("…|; ").splitAsStream(message).map(String::strip))
                    .as(message)
                    .allMatch(code::contains);
            found++;
        }
        assertThat(found).isEqualTo(20);
        for (KeyringException.Reason reason : KeyringException.Reason.values()) {
            assertThat(page).contains("| `" + reason + "` |");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
