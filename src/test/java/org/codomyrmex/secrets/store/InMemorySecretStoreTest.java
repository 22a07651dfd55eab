// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_A;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_B;
import static org.codomyrmex.secrets.store.SampleSecrets.named;
import static org.codomyrmex.secrets.store.SampleSecrets.newId;
import static org.codomyrmex.secrets.store.SampleSecrets.newToken;
import static org.codomyrmex.secrets.store.SampleSecrets.reencrypted;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

class InMemorySecretStoreTest extends SecretStoreContract {

    @Override
    protected SecretStore newStore() {
        return new InMemorySecretStore();
    }

    @Override
    public int rounds() {
        return 1_500;
    }

    @Test
    void findsEachOfAHundredThousandByIdAndByName() {
        List<StoredSecret> inserted = insertMany(100_000, KEY_A);
        Collections.shuffle(inserted, new Random(3));
        assertThat(inserted)
                .allMatch(secret -> store().findById(secret.id()).orElseThrow().equals(secret))
                .allMatch(secret ->
                        store().findByName(secret.name()).orElseThrow().equals(secret));
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void deletesManyOfOneNameInAnyOrderWithoutSearchingThemAll() {
        String token = newToken();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            ids.add(insert(new StoredSecret(newId(), "name", Instant.EPOCH, Map.of(), KEY_A, token))
                    .id());
        }
        Collections.reverse(ids.subList(0, 100_000));
        Collections.shuffle(ids.subList(50_000, 150_000), new Random(4));
        assertThat(ids.stream().filter(id -> store().delete(id))).hasSameSizeAs(ids);
        assertThat(store().findByName("name")).isEmpty();
        assertThat(store().countsByKey()).isEmpty();
    }

    @Test
    void doesNotShowWhatWasDeletedBeforeItsTurn() {
        List<StoredSecret> inserted = insertMany(1_000, KEY_A);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEach(secret -> {
            shown.add(secret);
            int next = shown.size() * 2 - 1;
            assertThat(store().delete(inserted.get(next).id())).isTrue();
        });
        assertThat(shown).hasSize(500).allMatch(secret -> inserted.indexOf(secret) % 2 == 0);
    }

    @Test
    void showsTheTokenThatASecretHasAtItsTurn() {
        List<StoredSecret> inserted = insertMany(1_000, KEY_A);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEachNotUnder(KEY_B, secret -> {
            shown.add(secret);
            StoredSecret next = inserted.get(shown.size() * 2 - 1);
            assertThat(store().swap(next, reencrypted(next, KEY_B))).isEqualTo(WriteOutcome.DONE);
        });
        assertThat(shown)
                .hasSize(500)
                .doesNotHaveDuplicates()
                .allMatch(secret -> secret.keyId().equals(KEY_A));
    }

    @Test
    void remembersTheNewestTenThousandRotations() {
        Optional<String> previous = Optional.empty();
        for (int i = 0; i < 10_002; i++) {
            StoredSecret next = named("name");
            assertThat(store().replaceNamed(previous, next)).isEqualTo(WriteOutcome.DONE);
            previous = Optional.of(next.id());
        }
        List<Rotation> rotations = ((RotationHistory) store()).rotations();
        assertThat(rotations).hasSize(10_000);
        assertThat(rotations.get(0).previousId()).isPresent();
        assertThat(rotations.get(9_999).newId()).isEqualTo(previous.orElseThrow());
    }

    /** At this number the tables of both indexes have just grown, and are as empty as they ever are. */
    @Test
    void aSecretOf64BytesTakesSome480BytesOfHeapBesideItsNameAndMetadata(TestReporter reporter) {
        int count = 400_000;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("name-" + i);
        }
        insertMany(1_000, KEY_B).forEach(warmUp -> store().delete(warmUp.id()));
        long empty = usedHeap();
        for (String name : names) {
            insert(new StoredSecret(newId(), name, Instant.EPOCH, Map.of(), KEY_A, newToken()));
        }
        double each = (usedHeap() - empty) / (double) count;
        reporter.publishEntry("bytes of heap for each secret", String.valueOf(each));
        assertThat(newToken()).hasSize(184);
        assertThat(each).isBetween(300.0, 600.0);

        store().forEach(secret -> store().delete(secret.id()));
        double left = (usedHeap() - empty) / (double) count;
        reporter.publishEntry("bytes of heap left by each deleted secret", String.valueOf(left));
        assertThat(left).as("only the tables keep their size").isLessThan(60);
        assertThat(names).hasSize(count);
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
