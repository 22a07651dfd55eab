// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.jdbc.Database;
import org.codomyrmex.secrets.jdbc.JdbcSecretStore;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maintenance acts on the keys as they are now, although the manager has looked at them less than a second ago. */
class StaleKeysTest {

    @TempDir
    private Path directory;

    private final List<SecretManager> opened = new ArrayList<>();
    private FileKeyringSource ring;

    @BeforeEach
    void nameRing() {
        ring = FileKeyringSource.at(directory.resolve("secrets.key"));
    }

    @AfterEach
    void close() {
        opened.forEach(SecretManager::close);
    }

    private SecretManager over(SecretStore store) {
        SecretManager manager = SecretManager.builder()
                .keyring(FileKeyringSource.at(ring.keyFile()))
                .store(store)
                .build();
        opened.add(manager);
        return manager;
    }

    private static String primaryOf(SecretManager manager) {
        return manager.listKeys().get(0).id();
    }

    private static void store(SecretManager manager, int count) {
        for (int i = 0; i < count; i++) {
            manager.storeSecret("name" + i, canary(i));
        }
    }

    private static void assertReadable(SecretManager manager, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(manager.getSecretByName("name" + i)).contains(canary(i));
        }
    }

    @Test
    void rekeyMovesEverythingToTheKeyThatAnotherManagerMadeAMomentAgo() {
        InMemorySecretStore kept = new InMemorySecretStore();
        SecretManager one = over(new InMemorySecretStore());
        SecretManager two = over(kept);
        String old = primaryOf(one);
        store(two, 3);

        String rotated = one.rotateKey();
        RekeyReport report = two.rekey();

        assertThat(report.keyId()).isEqualTo(rotated);
        assertThat(report.reencrypted()).isEqualTo(3);
        assertThat(report.failed()).isZero();
        assertThat(kept.countsByKey()).isEqualTo(Map.of(rotated, 3L));
        assertThat(one.destroyKey(old)).isTrue();
        assertReadable(over(kept), 3);
    }

    @Test
    void reencryptAnswersWithATokenUnderTheKeyThatAnotherManagerMadeAMomentAgo() {
        SecretManager one = over(new InMemorySecretStore());
        SecretManager two = over(new InMemorySecretStore());
        String token = two.encrypt(canary());
        String rotated = one.rotateKey();
        String moved = two.reencrypt(token);
        assertThat(one.keyIdOf(moved)).contains(rotated);
        assertThat(one.decrypt(moved)).isEqualTo(canary());
    }

    @Test
    void rekeyAndReencryptFollowAChangeThatTheApplicationMadeToTheSource() {
        InMemorySecretStore kept = new InMemorySecretStore();
        SecretManager manager =
                SecretManager.builder().keyring(ring).store(kept).build();
        opened.add(manager);
        store(manager, 3);
        String token = manager.encrypt(canary());
        FernetKey first = FernetKey.generate();
        ring.update(present -> present.rotatedTo(first));
        assertThat(manager.rekey().reencrypted()).isEqualTo(3);
        assertThat(kept.countsByKey()).isEqualTo(Map.of(first.id(), 3L));

        FernetKey second = FernetKey.generate();
        ring.update(present -> present.rotatedTo(second));
        assertThat(manager.keyIdOf(manager.reencrypt(token))).contains(second.id());
    }

    @Test
    void listKeysShowsTheKeyThatAnotherManagerMadeAMomentAgo() {
        SecretManager one = over(new InMemorySecretStore());
        SecretManager two = over(new InMemorySecretStore());
        String old = primaryOf(two);
        String rotated = one.rotateKey();
        assertThat(two.listKeys()).containsExactly(new KeyInfo(rotated, true, 0), new KeyInfo(old, false, 0));
    }

    @Test
    void rekeyMovesNothingBackAfterAnotherManagerHasFinished() {
        SecretStore shared = new InMemorySecretStore();
        SecretManager one = over(shared);
        SecretManager two = over(shared);
        store(one, 5);
        String rotated = two.rotateKey();
        assertThat(shared.countsByKey()).isEqualTo(Map.of(rotated, 5L));

        RekeyReport report = one.rekey();

        assertThat(report.keyId()).isEqualTo(rotated);
        assertThat(report.reencrypted()).isZero();
        assertThat(shared.countsByKey()).isEqualTo(Map.of(rotated, 5L));
    }

    @Test
    void rekeyMovesNothingBackInARollOutOfTwoSteps() {
        assertMovesNothingBack(new InMemorySecretStore());
    }

    @Test
    void rekeyMovesNothingBackInADatabaseEither() throws SQLException {
        DataSource h2 = Database.H2.in(directory);
        // Without a connection that stays, H2 opens its file anew for each statement, which takes longer than a reload.
        try (Connection held = h2.getConnection()) {
            assertMovesNothingBack(JdbcSecretStore.of(h2, Database.newPrefix()));
            assertThat(held.isValid(1)).isTrue();
        }
    }

    /** A roll-out in two steps: every manager knows the new key before one of them encrypts under it. */
    private void assertMovesNothingBack(SecretStore shared) {
        FernetKey next = FernetKey.generate();
        ring.load(true);
        ring.update(present -> present.withRetired(next));
        SecretManager two = over(shared);
        store(two, 5);
        SecretManager one = over(shared);

        ring.update(present -> present.rotatedTo(next));
        moveTo(next, shared);
        RekeyReport report = one.rekey();

        assertThat(report.keyId()).isEqualTo(next.id());
        assertThat(report.reencrypted()).isZero();
        assertThat(shared.countsByKey()).isEqualTo(Map.of(next.id(), 5L));
        assertReadable(one, 5);
    }

    /** By a manager that has just been opened, and so knows the primary whatever others have read. */
    private void moveTo(FernetKey key, SecretStore shared) {
        assertThat(over(shared).rekey().keyId()).isEqualTo(key.id());
        assertThat(shared.countsByKey()).isEqualTo(Map.of(key.id(), 5L));
    }

    /** A store whose walk a test can disturb. */
    private static final class Disturbed extends ForwardingStore {

        private Runnable beforeShown = () -> {};

        @Override
        public void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action) {
            super.forEachNotUnder(keyId, secret -> {
                beforeShown.run();
                action.accept(secret);
            });
        }
    }

    @Test
    void rekeyEndsUnderTheKeyThatBecameThePrimaryElsewhereWhileItRan() {
        Disturbed shared = new Disturbed();
        FernetKey next = FernetKey.generate();
        store(over(shared.kept), 5);
        ring.update(present -> present.withRetired(next).rotatedTo(FernetKey.generate()));
        SecretManager one = over(shared);
        AtomicBoolean once = new AtomicBoolean();
        shared.beforeShown = () -> {
            if (once.compareAndSet(false, true)) {
                ring.update(present -> present.rotatedTo(next));
                moveTo(next, shared.kept);
            }
        };

        RekeyReport report = one.rekey();

        assertThat(once).as("it was overtaken").isTrue();
        assertThat(report.keyId()).isEqualTo(next.id());
        assertThat(shared.countsByKey()).isEqualTo(Map.of(next.id(), 5L));
        assertReadable(one, 5);
    }
}
