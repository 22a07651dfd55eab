// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A manager in use follows what happens to its key file, and goes on reading whatever that is. */
class ReloadTest {

    private final SettableClock clock = SettableClock.at("2026-11-24T00:00:00Z");

    @TempDir
    private Path directory;

    private SecretManager manager;
    private SecretManager other;

    @BeforeEach
    void open() {
        manager = open(new InMemorySecretStore());
        other = open(new InMemorySecretStore());
    }

    private SecretManager open(InMemorySecretStore store) {
        return ReloadClock.on(clock)
                .keyring(FileKeyringSource.at(keyFile()))
                .store(store)
                .build();
    }

    private Path keyFile() {
        return directory.resolve("secrets.key");
    }

    private Path ringFile() {
        return directory.resolve("secrets.key.ring");
    }

    private static String primaryOf(SecretManager any) {
        return any.listKeys().get(0).id();
    }

    @Test
    void followsARotationElsewhereWithinASecond() throws InterruptedException {
        String rotated = other.rotateKey();
        long end = System.nanoTime() + Duration.ofMillis(1_050).toNanos();
        Thread.sleep(Duration.ofNanos(end - System.nanoTime()).toMillis() + 1);
        assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(rotated);
        String id = manager.storeSecret("name", canary());
        assertThat(manager.describeSecret(id).orElseThrow().keyId()).isEqualTo(rotated);
    }

    @Test
    void followsWhenTheWallClockMovedOnAlthoughTheMonotonicStoodStill() {
        String rotated = other.rotateKey();
        clock.advance(Duration.ofSeconds(1));
        assertThat(primaryOf(manager)).isEqualTo(rotated);
        String again = other.rotateKey();
        clock.advance(Duration.ofSeconds(-1));
        assertThat(primaryOf(manager)).isEqualTo(again);
    }

    @Test
    void readsAtOnceWhatIsUnderAKeyThatItHasNotSeen() {
        other.rotateKey();
        assertThat(manager.decrypt(other.encrypt(canary()))).isEqualTo(canary());
        other.rotateKey();
        assertThat(manager.keyIdOf(other.encrypt(canary()))).contains(primaryOf(other));
        other.rotateKey();
        assertThat(manager.reencrypt(other.encrypt(canary()))).isNotEmpty();
    }

    @Test
    void readsAtOnceWhatAnotherManagerOfTheSameStoreReencrypted() {
        InMemorySecretStore shared = new InMemorySecretStore();
        SecretManager one = open(shared);
        SecretManager two = open(shared);
        String id = one.storeSecret("name", canary());
        for (int i = 0; i < 3; i++) {
            two.rotateKey();
            assertThat(one.getSecret(id)).contains(canary());
            assertThat(one.rekey().failed()).isZero();
        }
    }

    @Test
    void keepsAKeyThatAnotherProgramPutThereAsPrimary() throws IOException {
        String before = manager.encrypt(canary(1));
        FernetKey foreign = FernetKey.generate();
        Files.writeString(keyFile(), foreign.reveal());
        clock.advance(Duration.ofSeconds(1));
        assertThat(primaryOf(manager)).isEqualTo(foreign.id());
        assertThat(manager.decrypt(new Fernet(foreign).encrypt(canary(2)))).isEqualTo(canary(2));
        assertThat(manager.decrypt(before)).isEqualTo(canary(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsOnAndRefusesToWriteAfterTheFilesVanishedOrWereSpoilt(boolean vanished) throws IOException {
        String id = manager.storeSecret("name", canary());
        String token = manager.encrypt(canary(2));
        byte[] ring = Files.readAllBytes(ringFile());
        if (vanished) {
            Files.delete(keyFile());
            Files.delete(ringFile());
        } else {
            Files.writeString(ringFile(), canary("no key"));
        }
        clock.advance(Duration.ofSeconds(1));

        try (CapturedLog log = new CapturedLog()) {
            assertThat(manager.getSecret(id)).contains(canary());
            assertThat(manager.decrypt(token)).isEqualTo(canary(2));
            assertThat(manager.listKeys()).hasSize(1);
            clock.advance(Duration.ofSeconds(1));
            assertThat(manager.getSecretByName("name")).contains(canary());
            assertThat(log.errors()).as("said once").singleElement().asString().contains("can no longer be read");
        }
        assertRefusesToWrite(id, token);
        assertThat(Files.exists(keyFile())).as("nothing is made").isEqualTo(!vanished);

        Files.write(ringFile(), ring);
        Files.deleteIfExists(keyFile());
        clock.advance(Duration.ofSeconds(1));
        assertThat(manager.getSecret(manager.storeSecret("later", canary()))).contains(canary());
        assertThat(manager.decrypt(manager.reencrypt(token))).isEqualTo(canary(2));
        assertThat(Keyring.parse(Files.readString(keyFile())).primary().id()).isEqualTo(primaryOf(manager));
    }

    private void assertRefusesToWrite(String id, String token) {
        for (KeyringException refused : List.of(
                refusal(KeyringException.class, () -> manager.storeSecret("name", canary())),
                refusal(KeyringException.class, () -> manager.rotateSecret("name", canary())),
                refusal(KeyringException.class, () -> manager.encrypt(canary())),
                refusal(KeyringException.class, () -> manager.reencrypt(token)),
                refusal(KeyringException.class, manager::rekey),
                refusal(
                        KeyringException.class,
                        () -> Secrets.encryptConfiguration(manager, Map.of("a", canary()), List.of("a"))))) {
            assertThat(refused)
                    .hasMessageContainingAll(
                            "Nothing is encrypted",
                            "decryption goes on",
                            ringFile().toString());
        }
        refusal(KeyringException.class, manager::rotateKey);
        refusal(KeyringException.class, () -> manager.destroyKey("0123456789abcdef"));
        assertThat(manager.listSecrets()).extracting(SecretInfo::id).containsExactly(id);
        assertThat(manager.deleteSecret(id)).as("deleting needs no key").isTrue();
    }

    @Test
    void refusesToWriteAndReadsOnWhereAnApplicationsSourceFails() {
        Keyring ring = Keyring.of(FernetKey.generate());
        AtomicInteger loads = new AtomicInteger();
        SecretManager failing = ReloadClock.on(clock)
                .keyring(mayCreate -> {
                    if (loads.getAndIncrement() > 0) {
                        throw new UnsupportedOperationException(canary("it may say anything"));
                    }
                    return ring;
                })
                .build();
        String token = failing.encrypt(canary());
        clock.advance(Duration.ofSeconds(1));
        assertThat(failing.decrypt(token)).isEqualTo(canary());
        KeyringException refused = refusal(KeyringException.class, () -> failing.encrypt(canary()));
        assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refused).hasMessageContaining("UnsupportedOperationException");
    }

    @Test
    void looksAtTheFilesAtMostOnceASecond() {
        AtomicInteger loads = new AtomicInteger();
        Keyring ring = Keyring.of(FernetKey.generate());
        SecretManager counted = ReloadClock.on(clock)
                .keyring(mayCreate -> {
                    loads.incrementAndGet();
                    return ring;
                })
                .build();
        long start = System.nanoTime();
        for (int i = 0; i < 2_000; i++) {
            counted.encrypt(canary(i));
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertThat(loads.get() - 1L).isLessThanOrEqualTo(seconds + 1);
    }

    @Test
    void namesTheKeysTriedForATokenOfAnUnknownKey() {
        other.rotateKey();
        try (SecretManager stranger = SecretManager.inMemory()) {
            String foreign = stranger.encrypt(canary());
            InvalidTokenException refused = refusal(InvalidTokenException.class, () -> manager.decrypt(foreign));
            assertThat(refused)
                    .hasMessageContainingAll(
                            "none of the 2 keys",
                            primaryOf(other),
                            other.listKeys().get(1).id());
        }
    }
}
