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
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.codomyrmex.secrets.keyring.QuickEnvelopes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manager in use does not write under a ring that somebody put in the place of the one it knows: an older copy, another
 * ring of the same envelope, one whose primary key it destroyed. It reads on with the keys that it has.
 */
class SealedRingReplacedTest {

    private static final KeyringEnvelope ENVELOPE = QuickEnvelopes.of("one");

    private final SettableClock clock = SettableClock.at("2026-11-24T00:00:00Z");

    @TempDir
    private Path directory;

    /** The bytes of ring and key file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Copy(byte[] ring, byte[] keyFile) {

        static Copy of(Path keyFile) throws IOException {
            return new Copy(Files.readAllBytes(ringOf(keyFile)), Files.readAllBytes(keyFile));
        }

        void putBack(Path target) throws IOException {
            Files.write(ringOf(target), ring);
            Files.write(target, keyFile);
        }

        private static Path ringOf(Path keyFile) {
            return keyFile.resolveSibling(keyFile.getFileName() + ".ring");
        }
    }

    private Path keyFile() {
        return directory.resolve("secrets.key");
    }

    private FileKeyringSource sealed() {
        return FileKeyringSource.at(keyFile()).withEnvelope(ENVELOPE);
    }

    private SecretManager open(FileKeyringSource source) {
        return ReloadClock.on(clock).keyring(source).build();
    }

    /** Refused for writing and changing, with these words; nothing in the files is touched. */
    private void assertRefusesToWrite(SecretManager manager, String token, String... words) throws IOException {
        Copy before = Copy.of(keyFile());
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> manager.encrypt(canary()),
                () -> manager.storeSecret("name", canary()),
                () -> manager.rotateSecret("name", canary()),
                () -> manager.reencrypt(token),
                manager::rekey,
                manager::rotateKey,
                () -> manager.destroyKey("0123456789abcdef"))) {
            KeyringException refused = refusal(KeyringException.class, call);
            assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refused)
                    .hasMessageContainingAll(words)
                    .hasMessageContainingAll("Nothing is encrypted", "restart the processes", "rotate the key");
        }
        assertThat(Copy.of(keyFile())).usingRecursiveComparison().isEqualTo(before);
    }

    private void write(Keyring plain) throws IOException {
        StringBuilder text = new StringBuilder();
        plain.keys().forEach(key -> text.append(key.reveal()).append('\n'));
        Files.writeString(Copy.ringOf(keyFile()), text);
        Files.writeString(keyFile(), plain.primary().reveal());
    }

    /** Whoever has a plain backup can put a key of his own before its keys. */
    @Test
    void acceptsNoPlainRingWithAnotherPrimaryOnceItHasUsedASealedOne() throws IOException {
        FileKeyringSource plain = FileKeyringSource.at(keyFile());
        Keyring backup = plain.load(true);
        plain.seal(ENVELOPE);
        FileKeyringSource source = sealed().acceptingPlain();
        try (SecretManager manager = open(source)) {
            String token = manager.encrypt(canary(1));
            Copy right = Copy.of(keyFile());
            write(backup.rotatedTo(FernetKey.generate()));
            clock.advance(Duration.ofSeconds(2));

            assertRefusesToWrite(manager, token, "it is plain and has another primary key");
            KeyringException another = refusal(KeyringException.class, () -> open(source));
            assertThat(another).hasMessageContaining("it is plain and has another primary key");
            assertThat(manager.decrypt(token)).isEqualTo(canary(1));

            right.putBack(keyFile());
            clock.advance(Duration.ofSeconds(2));
            source.unseal();
            clock.advance(Duration.ofSeconds(2));
            assertThat(manager.decrypt(manager.encrypt(canary(2)))).isEqualTo(canary(2));
        }
    }

    @Test
    void makesNoRingOfALoneKeyFileThatTakesThePlaceOfASealedOne() throws IOException {
        FileKeyringSource source = sealed().acceptingPlain();
        try (SecretManager manager = open(source)) {
            String token = manager.encrypt(canary(1));
            Files.delete(Copy.ringOf(keyFile()));
            Files.writeString(keyFile(), FernetKey.generate().reveal());
            clock.advance(Duration.ofSeconds(2));

            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> manager.encrypt(canary()), manager::rotateKey, () -> open(source))) {
                KeyringException refused = refusal(KeyringException.class, call);
                assertThat(refused.reason()).isEqualTo(Reason.ABSENT);
                assertThat(refused).hasMessageContainingAll("The sealed ring", "is gone", "backup");
            }
            assertThat(manager.decrypt(token)).isEqualTo(canary(1));
            assertThat(Copy.ringOf(keyFile())).doesNotExist();
        }
    }

    @Test
    void refusesToWriteUnderAnOlderSealedRingWithinASecondAndReadsOn() throws Exception {
        try (SecretManager manager = SecretManager.builder().keyring(sealed()).build()) {
            String id = manager.storeSecret("name", canary());
            String before = manager.encrypt(canary(1));
            Copy older = Copy.of(keyFile());
            manager.rotateKey();
            String after = manager.encrypt(canary(2));
            Copy newer = Copy.of(keyFile());

            older.putBack(keyFile());
            Thread.sleep(1_050);

            KeyringException first = refusal(KeyringException.class, () -> manager.encrypt(canary()));
            assertThat(first).hasMessageContainingAll("generation 1", "generation 2", "secrets.key.ring");
            assertRefusesToWrite(manager, before, "has replaced a newer");
            assertThat(manager.getSecret(id)).contains(canary());
            assertThat(manager.decrypt(before)).isEqualTo(canary(1));
            assertThat(manager.decrypt(after)).isEqualTo(canary(2));
            assertThat(manager.listKeys()).hasSize(2);

            newer.putBack(keyFile());
            String rotated = manager.rotateKey();
            assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(rotated);
        }
    }

    @Test
    void refusesToWriteUnderARingThatForkedFromAnOlderCopy() throws IOException {
        try (SecretManager manager = open(sealed())) {
            String token = manager.encrypt(canary());
            Copy older = Copy.of(keyFile());
            manager.rotateKey();
            older.putBack(keyFile());
            sealed().update(ring -> ring.rotatedTo(FernetKey.generate()));
            clock.advance(Duration.ofSeconds(1));

            assertRefusesToWrite(manager, token, "generation 2", "has replaced a newer");
            assertThat(manager.decrypt(token)).isEqualTo(canary());
        }
    }

    @Test
    void acceptsAnOlderSealedRingAfterARestart() throws IOException {
        Copy older;
        String token;
        try (SecretManager manager = open(sealed())) {
            token = manager.encrypt(canary());
            older = Copy.of(keyFile());
            manager.rotateKey();
        }
        older.putBack(keyFile());
        try (SecretManager restarted = open(sealed())) {
            assertThat(restarted.decrypt(token)).isEqualTo(canary());
            String rotated = restarted.rotateKey();
            assertThat(restarted.keyIdOf(restarted.encrypt(canary()))).contains(rotated);
        }
    }

    @Test
    void refusesToWriteUnderAnotherRingOfTheSameEnvelope() throws IOException {
        Path other = directory.resolve("other.key");
        try (SecretManager manager = open(sealed())) {
            String token = manager.encrypt(canary());
            String keyId = manager.listKeys().get(0).id();
            Copy own = Copy.of(keyFile());
            FileKeyringSource.at(other).withEnvelope(ENVELOPE).load(true);
            Copy.of(other).putBack(keyFile());
            clock.advance(Duration.ofSeconds(1));

            assertRefusesToWrite(manager, token, "a different ring and lacks key " + keyId);
            assertThat(manager.decrypt(token)).isEqualTo(canary());
            assertThat(manager.listKeys()).extracting(KeyInfo::id).containsExactly(keyId);

            own.putBack(keyFile());
            clock.advance(Duration.ofSeconds(1));
            assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(keyId);
        }
    }

    @Test
    void acceptsAnotherSealedRingThatHasEveryKeyItKnows() {
        try (SecretManager manager = open(sealed())) {
            String token = manager.encrypt(canary());
            // Unsealed and sealed again, it has another ring id.
            sealed().unseal();
            FileKeyringSource.at(keyFile()).seal(ENVELOPE);
            clock.advance(Duration.ofSeconds(1));
            assertThat(manager.keyIdOf(manager.encrypt(canary()))).isEqualTo(manager.keyIdOf(token));
        }
    }

    @Test
    void acceptsATwoStepRollOutThatMakesARetiredKeyThePrimary() {
        FernetKey next = FernetKey.generate();
        try (SecretManager manager = open(sealed())) {
            String former = manager.listKeys().get(0).id();
            sealed().update(ring -> ring.withRetired(next));
            clock.advance(Duration.ofSeconds(1));
            assertThat(manager.keyIdOf(manager.encrypt(canary(1)))).contains(former);
            assertThat(manager.listKeys()).extracting(KeyInfo::id).containsExactly(former, next.id());

            sealed().update(ring -> ring.rotatedTo(next));
            clock.advance(Duration.ofSeconds(1));
            assertThat(manager.keyIdOf(manager.encrypt(canary(2)))).contains(next.id());
            assertThat(manager.listKeys()).extracting(KeyInfo::id).containsExactly(next.id(), former);
        }
    }

    @Test
    void refusesToWriteUnderASealedRingWhosePrimaryItDestroyed() throws IOException {
        assertRefusesWhatItDestroyed(this::sealed, "has replaced a newer");
    }

    @Test
    void refusesToWriteEvenUnderAPlainRingWhosePrimaryItDestroyed() throws IOException {
        assertRefusesWhatItDestroyed(() -> FileKeyringSource.at(keyFile()), "was destroyed by this manager");
    }

    private void assertRefusesWhatItDestroyed(Supplier<FileKeyringSource> source, String... words) throws IOException {
        try (SecretManager manager = open(source.get())) {
            String destroyed = manager.listKeys().get(0).id();
            Copy older = Copy.of(keyFile());
            String primary = manager.rotateKey();
            String token = manager.encrypt(canary());
            assertThat(manager.destroyKey(destroyed)).isTrue();
            Copy newer = Copy.of(keyFile());

            older.putBack(keyFile());
            clock.advance(Duration.ofSeconds(1));
            assertRefusesToWrite(manager, token, words);
            assertThat(manager.decrypt(token)).isEqualTo(canary());
            assertThat(manager.listKeys()).extracting(KeyInfo::id).contains(primary);

            newer.putBack(keyFile());
            clock.advance(Duration.ofSeconds(1));
            assertThat(manager.keyIdOf(manager.encrypt(canary()))).contains(primary);
        }
    }

    @Test
    void neverEncryptsUnderAKeyThatItDestroyedAlthoughAnotherProgramPutsItBackAgainAndAgain() throws IOException {
        try (SecretManager manager = open(FileKeyringSource.at(keyFile()))) {
            String destroyed = manager.listKeys().get(0).id();
            byte[] itsKeyFile = Files.readAllBytes(keyFile());
            manager.rotateKey();
            assertThat(manager.destroyKey(destroyed)).isTrue();
            for (int round = 0; round < 3; round++) {
                Files.write(keyFile(), itsKeyFile);
                clock.advance(Duration.ofSeconds(1));
                KeyringException refused = refusal(KeyringException.class, () -> manager.encrypt(canary()));
                assertThat(refused)
                        .hasMessageContainingAll("Nothing is encrypted", destroyed, "destroyed by this manager");
            }
            takenAway(destroyed);
            clock.advance(Duration.ofSeconds(1));
            assertThat(manager.keyIdOf(manager.encrypt(canary())).orElseThrow()).isNotEqualTo(destroyed);
        }
    }

    /** Makes another key the primary and takes this one out of the ring, as an operator would by another process. */
    private void takenAway(String keyId) {
        FileKeyringSource other = FileKeyringSource.at(keyFile());
        other.update(ring -> ring.rotatedTo(FernetKey.generate()));
        other.destroy(keyId, () -> true);
    }
}
