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
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.QuickEnvelopes;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A manager in use reads on, and does not write, when its ring is sealed, unsealed or sealed anew beside it. */
class SealedReloadTest {

    private static final KeyringEnvelope ONE = QuickEnvelopes.of("one");
    private static final KeyringEnvelope TWO = QuickEnvelopes.of("two");

    private final SettableClock clock = SettableClock.at("2026-11-24T00:00:00Z");
    private final InMemorySecretStore store = new InMemorySecretStore();

    @TempDir
    private Path directory;

    private FileKeyringSource plain() {
        return FileKeyringSource.at(directory.resolve("secrets.key"));
    }

    private SecretManager open(FileKeyringSource source) {
        return ReloadClock.on(clock).keyring(source).store(store).build();
    }

    /** What another source does to the files, and how that is told. */
    enum Change {
        SEALED(Reason.SEALED, "Give it one with withEnvelope"),
        UNSEALED(Reason.SEALED, "restart this process without the envelope"),
        UNDER_ANOTHER_ENVELOPE(Reason.WRONG_ENVELOPE, "Use the passphrase that sealed it");

        private final Reason reason;
        private final String advice;

        Change(Reason reason, String advice) {
            this.reason = reason;
            this.advice = advice;
        }

        private FileKeyringSource before(FileKeyringSource plain) {
            return this == SEALED ? plain : plain.withEnvelope(ONE);
        }

        private FileKeyringSource after(FileKeyringSource plain) {
            return switch (this) {
                case SEALED -> plain.withEnvelope(ONE);
                case UNSEALED -> plain;
                case UNDER_ANOTHER_ENVELOPE -> plain.withEnvelope(TWO);
            };
        }

        private void perform(FileKeyringSource plain) {
            switch (this) {
                case SEALED -> plain.seal(ONE);
                case UNSEALED -> plain.withEnvelope(ONE).unseal();
                case UNDER_ANOTHER_ENVELOPE -> plain.withEnvelope(ONE).seal(TWO);
            }
        }

        private void undo(FileKeyringSource plain) {
            switch (this) {
                case SEALED -> plain.withEnvelope(ONE).unseal();
                case UNSEALED -> plain.seal(ONE);
                case UNDER_ANOTHER_ENVELOPE -> plain.withEnvelope(TWO).seal(ONE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsOnAndRefusesToWriteUntilItIsOpenedAgain(Change change) throws IOException {
        SecretManager manager = open(change.before(plain()));
        String id = manager.storeSecret("name", canary());
        String token = manager.encrypt(canary(2));
        change.perform(plain());
        List<byte[]> files = contents();
        clock.advance(Duration.ofSeconds(1));

        try (CapturedLog log = new CapturedLog()) {
            assertReads(manager, id, token);
            clock.advance(Duration.ofSeconds(1));
            assertReads(manager, id, token);
            assertThat(log.errors()).as("said once").singleElement().asString().contains("can no longer be read");
        }
        assertRefusesToWrite(manager, token, change);
        assertThat(contents()).usingRecursiveComparison().isEqualTo(files);

        SecretManager again = open(change.after(plain()));
        assertReads(again, id, token);
        again.rotateKey();
        assertThat(again.getSecret(again.storeSecret("later", canary(3)))).contains(canary(3));
        assertReads(again, id, token);
    }

    @ParameterizedTest
    @EnumSource
    void writesAgainOnceTheRingIsWhatItWas(Change change) {
        SecretManager manager = open(change.before(plain()));
        String token = manager.encrypt(canary(2));
        change.perform(plain());
        clock.advance(Duration.ofSeconds(1));
        refusal(KeyringException.class, () -> manager.encrypt(canary()));

        change.undo(plain());
        clock.advance(Duration.ofSeconds(1));

        assertThat(manager.decrypt(manager.reencrypt(token))).isEqualTo(canary(2));
        assertThat(manager.listKeys()).hasSize(1);
    }

    private void assertReads(SecretManager any, String id, String token) {
        assertThat(any.getSecret(id)).contains(canary());
        assertThat(any.getSecretByName("name")).contains(canary());
        assertThat(any.decrypt(token)).isEqualTo(canary(2));
        assertThat(any.listKeys()).isNotEmpty();
    }

    private void assertRefusesToWrite(SecretManager manager, String token, Change change) {
        for (KeyringException refused : List.of(
                refusal(KeyringException.class, () -> manager.storeSecret("name", canary())),
                refusal(KeyringException.class, () -> manager.rotateSecret("name", canary())),
                refusal(KeyringException.class, () -> manager.encrypt(canary())),
                refusal(KeyringException.class, () -> manager.reencrypt(token)),
                refusal(KeyringException.class, manager::rekey))) {
            assertThat(refused.reason()).isEqualTo(change.reason);
            assertThat(refused).hasMessageContainingAll("Nothing is encrypted", "decryption goes on", change.advice);
        }
        for (KeyringException refused : List.of(
                refusal(KeyringException.class, manager::rotateKey),
                refusal(KeyringException.class, () -> manager.destroyKey("0123456789abcdef")))) {
            assertThat(refused.reason()).isEqualTo(change.reason);
            assertThat(refused).hasMessageContaining(change.advice);
        }
    }

    private List<byte[]> contents() throws IOException {
        return List.of(
                Files.readAllBytes(directory.resolve("secrets.key")),
                Files.readAllBytes(directory.resolve("secrets.key.ring")));
    }

    @Test
    void followsARotationUnderTheEnvelope() {
        SecretManager manager = open(plain().withEnvelope(ONE));
        SecretManager other = open(plain().withEnvelope(QuickEnvelopes.of("one")));
        String id = manager.storeSecret("name", canary());

        String rotated = other.rotateKey();
        assertThat(manager.getSecret(id)).contains(canary());
        assertThat(manager.decrypt(other.encrypt(canary(1)))).isEqualTo(canary(1));
        clock.advance(Duration.ofSeconds(1));
        assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(rotated);
    }

    @Test
    void keysThatACallerDestroysAreTakenFromNobodyElse() {
        FileKeyringSource source = plain().withEnvelope(ONE);
        source.load(true).primary().destroy();
        source.update(ring -> ring.rotatedTo(FernetKey.generate())).primary().destroy();

        Keyring loaded = source.load(false);
        assertThat(loaded.decrypt(loaded.encrypt(new byte[] {1}))).containsExactly(1);
        loaded.primary().destroy();
        SecretManager manager = open(source);
        assertThat(manager.decrypt(manager.encrypt(canary()))).isEqualTo(canary());
        assertThat(manager.listKeys()).hasSize(2);
    }
}
