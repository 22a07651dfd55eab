// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.IN_USE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A retired key is destroyed when nothing is under it, and nothing comes under it afterwards. */
@Timeout(60)
class DestroyKeyTest {

    /** Something done between a manager's encryption and the store's answer. */
    private static final class Interposed extends ForwardingStore {

        private final AtomicReference<Runnable> beforeInsert = new AtomicReference<>();

        @Override
        public WriteOutcome insert(StoredSecret secret) {
            Runnable once = beforeInsert.getAndSet(null);
            if (once != null) {
                once.run();
            }
            return super.insert(secret);
        }
    }

    @TempDir
    private Path directory;

    private final Interposed store = new Interposed();
    private SecretManager manager;
    private String firstKey;

    @BeforeEach
    void open() {
        manager = another();
        firstKey = manager.listKeys().get(0).id();
    }

    private SecretManager another() {
        return SecretManager.builder()
                .keyring(FileKeyringSource.at(directory.resolve("secrets.key")))
                .store(store)
                .build();
    }

    private Keyring ringFile() throws IOException {
        return Keyring.parse(Files.readString(directory.resolve("secrets.key.ring")));
    }

    @Test
    void refusesThePrimaryKeyAtOnce() throws IOException {
        long before = System.nanoTime();
        KeyringException refused = refusal(KeyringException.class, () -> manager.destroyKey(firstKey));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(1_900));
        assertThat(refused.reason()).isEqualTo(IN_USE);
        assertThat(refused).hasMessageContainingAll(firstKey, "primary", "Rotate");
        assertThat(ringFile().keyIds()).containsExactly(firstKey);
        assertThat(manager.getSecret(manager.storeSecret("name", canary()))).contains(canary());
    }

    @Test
    void saysThatThereIsNoSuchKey() {
        assertThat(manager.destroyKey("0123456789abcdef")).isFalse();
        assertThat(manager.destroyKey("")).isFalse();
    }

    /** One test for the whole story, because every telling of it takes two seconds. */
    @Test
    void waitsUntilNoLiveManagerEncryptsUnderItAndThenRemovesItForGood() throws IOException {
        SecretManager other = another();
        String kept = manager.storeSecret("kept", canary("kept"));
        String token = manager.encrypt(canary("token"));
        String reencrypted;

        // In use: refused, with the number of secrets, and nothing happened.
        FernetKey held = manager.keys.forReading().primary();
        String orphaned = damage(manager.storeSecret("damaged", canary("damaged")));
        long retired = System.nanoTime();
        manager.rotateKey();
        reencrypted = manager.reencrypt(token);
        Thread.currentThread().interrupt();
        KeyringException refused = refusal(KeyringException.class, () -> manager.destroyKey(firstKey));
        assertThat(Thread.interrupted())
                .as("the flag, which does not end the wait")
                .isTrue();
        assertThat(refused.reason()).isEqualTo(IN_USE);
        assertThat(refused).hasMessageContainingAll(firstKey, "1 secrets", "rekey()");
        assertThat(Duration.ofNanos(System.nanoTime() - retired)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(ringFile().keyIds()).contains(firstKey);
        assertThat(manager.decrypt(token)).isEqualTo(canary("token"));

        // No longer in use: destroyed, and because it has been retired for two seconds, at once.
        assertThat(manager.deleteSecret(orphaned)).isTrue();
        long before = System.nanoTime();
        assertThat(manager.destroyKey(firstKey)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(1_900));
        assertThat(manager.destroyKey(firstKey)).as("once more").isFalse();

        assertThat(ringFile().contains(firstKey)).isFalse();
        assertThat(manager.listKeys()).extracting(KeyInfo::id).doesNotContain(firstKey);
        assertThat(manager.getSecret(kept)).contains(canary("kept"));
        assertThat(manager.decrypt(reencrypted)).isEqualTo(canary("token"));
        assertThat(refusal(InvalidTokenException.class, () -> manager.decrypt(token))
                        .reason())
                .isEqualTo(InvalidTokenException.Reason.NOT_AUTHENTIC);
        assertThat(store.insert(store.findById(kept).orElseThrow().withToken(firstKey, token)))
                .as("the store forbids it")
                .isEqualTo(WriteOutcome.KEY_FORBIDDEN);

        // Another manager goes on reading with it, says once that it is gone, and writes under the new one.
        try (CapturedLog log = new CapturedLog()) {
            other.keys.reloaded();
            assertThat(log.warnings()).hasSize(1);
            for (int i = 0; i < 3; i++) {
                manager.rotateKey();
                other.keys.reloaded();
            }
            assertThat(other.decrypt(token)).isEqualTo(canary("token"));
            assertThat(other.listKeys()).extracting(KeyInfo::id).contains(firstKey);
            assertThat(log.warnings()).singleElement().asString().contains("no longer has", firstKey);
        }
        assertThat(other.getSecret(other.storeSecret("later", canary("later")))).contains(canary("later"));
        manager.close();
        assertThat(held.isDestroyed()).as("wiped").isTrue();
    }

    /** Another manager may have encrypted under it in that moment, and still does for two intervals. */
    @Test
    void waitsAgainAfterAKeyWasThePrimaryForAMoment() throws Exception {
        manager.rotateKey();
        FileKeyringSource elsewhere = FileKeyringSource.at(directory.resolve("secrets.key"));
        Thread.sleep(2_100);
        FernetKey former = ringFile().key(firstKey).orElseThrow();
        FernetKey present = ringFile().primary();
        elsewhere.update(ring -> ring.rotatedTo(former));
        elsewhere.update(ring -> ring.rotatedTo(present));
        long retired = System.nanoTime();

        assertThat(manager.destroyKey(firstKey)).isTrue();

        assertThat(Duration.ofNanos(System.nanoTime() - retired)).isGreaterThanOrEqualTo(Duration.ofMillis(1_900));
    }

    /** Gives a stored secret the token of a key that nobody has. */
    private String damage(String id) {
        StoredSecret secret = store.findById(id).orElseThrow();
        try (SecretManager elsewhere = SecretManager.inMemory()) {
            store.kept.swap(secret, secret.withToken(secret.keyId(), elsewhere.encrypt(canary())));
        }
        return id;
    }

    @Test
    void letsAWriterWhoseKeyIsDestroyedMeanwhileEncryptOnceMore() {
        SecretManager other = another();
        store.beforeInsert.set(() -> {
            other.rotateKey();
            assertThat(store.forbid(firstKey)).isTrue();
        });
        String id = manager.storeSecret("name", canary(), Map.of("a", 1));

        SecretInfo info = manager.describeSecret(id).orElseThrow();
        assertThat(info.keyId()).isNotEqualTo(firstKey);
        assertThat(info.metadata()).containsEntry("a", 1);
        assertThat(manager.getSecret(id)).contains(canary());
        assertThat(other.getSecret(id)).contains(canary());
    }

    @Test
    void refusesToStoreUnderAForbiddenPrimaryAndSaysThatRotateKeyHelps() {
        assertThat(store.forbid(firstKey)).isTrue();
        KeyringException refused = refusal(KeyringException.class, () -> manager.storeSecret("name", canary()));
        assertThat(refused.reason()).isEqualTo(IN_USE);
        assertThat(refused).hasMessageContainingAll(firstKey, "rotateKey", "Nothing was stored");
        assertThat(refusal(KeyringException.class, () -> manager.rotateSecret("name", canary()))
                        .reason())
                .isEqualTo(IN_USE);
        assertThat(manager.listSecrets()).isEmpty();

        manager.rotateKey();
        assertThat(manager.getSecret(manager.storeSecret("name", canary()))).contains(canary());
    }
}
