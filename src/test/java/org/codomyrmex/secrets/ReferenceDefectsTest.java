// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.store.Rotation;
import org.codomyrmex.secrets.store.RotationLog;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the Python reference does wrong, by the number under which it is known, and what this library does instead. */
class ReferenceDefectsTest {

    /** A store that takes what is new, and changes nothing that it has. */
    private static final class Frozen extends ForwardingStore {
        @Override
        public WriteOutcome swap(StoredSecret expected, StoredSecret replacement) {
            throw new StoreException("The store changes nothing now. Try again.");
        }

        @Override
        public WriteOutcome replaceNamed(Optional<String> expectedFirstId, StoredSecret replacement) {
            throw new StoreException("The store changes nothing now. Try again.");
        }
    }

    @TempDir
    private Path directory;

    private Path keyFile() {
        return directory.resolve("keys").resolve("secrets.key");
    }

    private SecretManager over(ForwardingStore store) {
        return SecretManager.builder()
                .keyring(FileKeyringSource.at(keyFile()))
                .store(store)
                .build();
    }

    @Test
    void defect01WhatOneCallOfManageSecretsStoresTheNextCallFinds() {
        try (SecretManager manager = SecretManager.inMemory();
                DefaultManagerScope scope = Secrets.replaceDefaultManager(manager)) {
            assertThat(scope).isNotNull();
            Object id = Secrets.manageSecrets("store", Map.of("name", "name", "value", canary()));
            assertThat(Secrets.manageSecrets("get", Map.of("secret_id", id))).isEqualTo(Optional.of(canary()));
        }
    }

    @Test
    void defect02ReferencesInAConfigurationCanBeResolved() {
        try (SecretManager manager = SecretManager.inMemory();
                DefaultManagerScope scope = Secrets.replaceDefaultManager(manager)) {
            assertThat(scope).isNotNull();
            Map<String, Object> config = Map.of("password", canary());
            Map<String, Object> encrypted = Secrets.encryptConfiguration(config, List.of("password"));
            assertThat(encrypted).isNotEqualTo(config);
            assertThat(Secrets.decryptConfiguration(encrypted)).isEqualTo(config);
        }
    }

    @Test
    void defect03NumbersAndNestedKeysAreEncryptedOnceAndNothingIsSharedWithTheInput() {
        try (SecretManager manager = SecretManager.inMemory()) {
            Map<String, Object> inner = new HashMap<>(Map.of("password", canary()));
            Map<String, Object> config = new LinkedHashMap<>(Map.of("pin", 1234, "inner", inner));
            List<String> keys = List.of("pin", "inner.password");
            Map<String, Object> once = Secrets.encryptConfiguration(manager, config, keys);
            assertThat(once.get("pin")).asString().startsWith("encrypted:");
            assertThat(inner).containsEntry("password", canary());
            assertThat(Secrets.encryptConfiguration(manager, once, keys)).isEqualTo(once);

            inner.clear();
            assertThat(Secrets.decryptConfiguration(manager, once))
                    .isEqualTo(Map.of("pin", 1234, "inner", Map.of("password", canary())));
        }
    }

    @Test
    void defect04TheFormerKeyIsOnDiskBeforeAnythingIsReencrypted() {
        List<List<String>> ringsSeen = new ArrayList<>();
        ForwardingStore store = new ForwardingStore() {
            @Override
            public WriteOutcome swap(StoredSecret expected, StoredSecret replacement) {
                ringsSeen.add(FileKeyringSource.at(keyFile()).load(false).keyIds());
                return super.swap(expected, replacement);
            }
        };
        try (SecretManager manager = over(store)) {
            String former = manager.listKeys().get(0).id();
            manager.storeSecret("name", canary());
            String rotated = manager.rotateKey();
            assertThat(ringsSeen).containsExactly(List.of(rotated, former));
        }
    }

    @Test
    void defect05ASecretThatFailsToBeReencryptedStaysReadable() {
        ForwardingStore store = new Frozen();
        String id;
        try (SecretManager manager = over(store)) {
            id = manager.storeSecret("name", canary());
            manager.rotateKey();
            assertThat(manager.getSecret(id)).contains(canary());
        }
        try (SecretManager next = over(store)) {
            assertThat(next.getSecret(id)).contains(canary());
        }
    }

    @Test
    void defect06ASecondLiveManagerFollowsARotation() {
        SettableClock clock = SettableClock.at("2026-11-24T00:00:00Z");
        try (SecretManager first = new SecretManager(keyFile());
                SecretManager second = ReloadClock.on(clock)
                        .keyring(FileKeyringSource.at(keyFile()))
                        .build()) {
            String rotated = first.rotateKey();
            assertThat(second.decrypt(first.encrypt(canary()))).isEqualTo(canary());
            clock.advance(Duration.ofSeconds(1));
            assertThat(first.keyIdOf(second.encrypt(canary()))).contains(rotated);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void defect07OnlyTheOwnerCanReadTheKeyAndItsDirectory() throws IOException {
        try (SecretManager manager = new SecretManager(keyFile())) {
            manager.rotateKey();
            assertThat(Files.getPosixFilePermissions(keyFile().getParent()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            Set<PosixFilePermission> own = PosixFilePermissions.fromString("rw-------");
            try (Stream<Path> files = Files.list(keyFile().getParent())) {
                assertThat(files)
                        .hasSize(3)
                        .allSatisfy(file ->
                                assertThat(Files.getPosixFilePermissions(file)).isEqualTo(own));
            }
        }
    }

    @Test
    void defect08ProcessesAndThreadsThatCreateTheKeyAtOnceGetOneKey() {
        String option = "-Dcodomyrmex.secrets.keyFile=" + keyFile();
        List<ChildProcess> processes = IntStream.range(0, 2)
                .mapToObj(i -> ChildProcess.start(FirstKeyProgram.class, Map.of(), option))
                .toList();
        List<CompletableFuture<String>> threads = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(this::firstKeyId))
                .toList();
        List<String> ids = new ArrayList<>();
        threads.forEach(thread -> ids.add(thread.join()));
        processes.forEach(process -> ids.addAll(process.lines()));
        assertThat(ids).hasSize(10).containsOnly(ids.get(0));
    }

    private String firstKeyId() {
        try (SecretManager manager = new SecretManager(keyFile())) {
            return manager.listKeys().get(0).id();
        }
    }

    @Test
    void defect09AfterRotateSecretTheNameLeadsToTheNewValueHoweverManyThereWere() {
        try (SecretManager manager = SecretManager.inMemory()) {
            for (int i = 0; i < 3; i++) {
                manager.storeSecret("name", canary("stale", i));
            }
            manager.rotateSecret("name", canary("new"));
            assertThat(manager.getSecretByName("name")).contains(canary("new"));
            assertThat(manager.listSecrets()).hasSize(1);
        }
    }

    @Test
    void defect10ARotationThatFailsLeavesTheFormerSecret() {
        try (SecretManager manager = over(new Frozen())) {
            String id = manager.storeSecret("name", canary());
            refusal(StoreException.class, () -> manager.rotateSecret("name", canary("new")));
            assertThat(manager.getSecret(id)).contains(canary());
            assertThat(manager.getSecretByName("name")).contains(canary());
        }
    }

    @Test
    void defect11TheIdOfAKeyFollowsFromTheKey() throws IOException {
        try (SecretManager manager = new SecretManager(keyFile())) {
            String rotated = manager.rotateKey();
            assertThat(FernetKey.parse(Files.readString(keyFile())).id()).isEqualTo(rotated);
            assertThat(firstKeyId()).as("opened again").isEqualTo(rotated);
        }
    }

    @Test
    void defect12MetadataIsNotSharedWithTheCaller() {
        try (SecretManager manager = SecretManager.inMemory()) {
            List<Object> list = new ArrayList<>(List.of(1));
            Map<String, Object> metadata = new HashMap<>(Map.of("list", list));
            String id = manager.storeSecret("name", canary(), metadata);
            list.add(2);
            metadata.put("further", 3);
            Map<String, Object> kept = manager.describeSecret(id).orElseThrow().metadata();
            assertThat(kept).isEqualTo(Map.of("list", List.of(1))).isUnmodifiable();
        }
    }

    @Test
    void defect13TimesAreInstantsAndAMissingSecretHasNoAge() {
        try (SecretManager manager = SecretManager.inMemory()) {
            Instant before = Instant.now().minusMillis(1);
            String id = manager.storeSecret("name", canary());
            assertThat(manager.describeSecret(id).orElseThrow().createdAt()).isBetween(before, Instant.now());
            SecretRotation rotation = manager.rotateSecret("name", canary());
            assertThat(rotation.rotatedAt()).isBetween(before, Instant.now());
            assertThat(manager.checkSecretAge("missing", Duration.ofDays(90))).isEmpty();
        }
    }

    @Test
    void defect14KeyRotationKeepsTheTimestampOfATokenSoThatItsTimeToLiveGoesOn() throws IOException {
        ForwardingStore store = new ForwardingStore();
        try (SecretManager manager = over(store)) {
            Fernet former = new Fernet(FernetKey.parse(Files.readString(keyFile())));
            String old = former.encryptAt(canary().getBytes(UTF_8), Instant.ofEpochSecond(1_000_000_000));
            StoredSecret secret =
                    store.findById(manager.storeSecret("name", canary())).orElseThrow();
            store.swap(secret, secret.withToken(secret.keyId(), old));
            manager.rotateKey();
            Fernet rotated = new Fernet(FernetKey.parse(Files.readString(keyFile())));
            String token = store.findById(secret.id()).orElseThrow().token();
            assertThat(rotated.timestamp(token)).isEqualTo(1_000_000_000);
            assertThat(rotated.timestamp(manager.reencrypt(old))).isEqualTo(1_000_000_000);
        }
    }

    @Test
    void defect15AnEmptyPathAnEmptyNameAndANullValueAreRefusedAtOnceNamingTheArgument() {
        assertThat(refusal(IllegalArgumentException.class, () -> new SecretManager(Path.of(""))))
                .hasMessageContaining("keyFile");
        try (SecretManager manager = SecretManager.inMemory()) {
            assertThat(refusal(IllegalArgumentException.class, () -> manager.storeSecret("", canary())))
                    .hasMessageStartingWith("name ");
            assertThat(refusal(NullPointerException.class, () -> manager.storeSecret("name", (String) null)))
                    .hasMessage("value");
            assertThat(manager.listSecrets()).isEmpty();
        }
    }

    @Test
    void defect16UseByManyThreadsIsSafeHistoryIsBoundedAndNamesStayOutOfInfo() {
        try (SecretManager manager = SecretManager.inMemory();
                CapturedLog log = new CapturedLog()) {
            IntStream.range(0, 1_000).parallel().forEach(i -> manager.storeSecret("a\nname", canary(i)));
            assertThat(manager.listSecrets()).hasSize(1_000);
            assertThat(log.at(Level.INFO)).isEmpty();
            assertThat(log.at(Level.DEBUG)).hasSize(1_000).allMatch(line -> line.contains("a\\u000aname"));
        }
        RotationLog history = new RotationLog();
        IntStream.rangeClosed(0, 10_000)
                .forEach(i -> history.add(new Rotation("name", "id " + i, Optional.empty(), Instant.EPOCH)));
        assertThat(history.rotations()).hasSize(10_000);
    }
}
