// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_A;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_B;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_C;
import static org.codomyrmex.secrets.store.SampleSecrets.named;
import static org.codomyrmex.secrets.store.SampleSecrets.reencrypted;
import static org.codomyrmex.secrets.store.SampleSecrets.withId;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many threads at once: of calls that exclude each other exactly one succeeds, and nobody sees half of one. */
interface RaceContract extends StoreUnderTest {

    @Test
    default void ofManyInsertsUnderOneIdOneSucceeds() throws Exception {
        List<String> ids = Stream.generate(SampleSecrets::newId).limit(rounds()).toList();
        assertOneSucceeds((connection, round) -> {
            try {
                return connection.insert(withId(ids.get(round), "name"));
            } catch (StoreException taken) {
                return WriteOutcome.CHANGED;
            }
        });
        assertThat(secrets()).hasSize(rounds());
    }

    @Test
    default void ofManyDeletionsOneSucceeds() throws Exception {
        List<StoredSecret> inserted = insertMany(rounds(), KEY_A);
        assertOneSucceeds((connection, round) ->
                connection.delete(inserted.get(round).id()) ? WriteOutcome.DONE : WriteOutcome.CHANGED);
        assertThat(secrets()).isEmpty();
    }

    @Test
    default void ofManySwapsOfOneTokenOneSucceeds() throws Exception {
        List<StoredSecret> inserted = insertMany(rounds(), KEY_A);
        assertOneSucceeds(
                (connection, round) -> connection.swap(inserted.get(round), reencrypted(inserted.get(round), KEY_B)));
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_B, (long) rounds()));
    }

    @Test
    default void ofManyReplacementsOfOneSecretOneSucceeds() throws Exception {
        List<StoredSecret> inserted = insertMany(rounds(), KEY_A);
        assertOneSucceeds((connection, round) -> {
            StoredSecret old = inserted.get(round);
            return connection.replaceNamed(Optional.of(old.id()), named(old.name(), KEY_B));
        });
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_B, (long) rounds()));
    }

    @Test
    default void ofManyReplacementsOfNothingOneSucceeds() throws Exception {
        assertOneSucceeds(
                (connection, round) -> connection.replaceNamed(Optional.empty(), named("new-" + round, anyKey())));
        assertThat(secrets()).hasSize(rounds());
    }

    @Test
    default void theEarliestOfANameStaysTheEarliestWhileOthersCome() throws Exception {
        Racer insert = (connection, round) -> connection.insert(named("new-" + round));
        Racer look = (connection, round) -> {
            Set<String> earliest = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                connection.findByName("new-" + round).ifPresent(first -> earliest.add(first.id()));
            }
            return earliest.size() <= 1;
        };
        for (List<Object> results : race(3 * rounds(), List.of(insert, insert, insert, look))) {
            assertThat(results.get(3)).isEqualTo(true);
        }
    }

    @Test
    default void ofADeletionAndASwapNothingIsLeft() throws Exception {
        List<StoredSecret> inserted = insertMany(rounds(), KEY_A);
        Racer delete =
                (connection, round) -> connection.delete(inserted.get(round).id());
        Racer swap =
                (connection, round) -> connection.swap(inserted.get(round), reencrypted(inserted.get(round), KEY_B));
        for (List<Object> results : race(rounds(), List.of(delete, swap))) {
            assertThat(results.get(0)).isEqualTo(true);
            assertThat(results.get(1)).isIn(WriteOutcome.DONE, WriteOutcome.CHANGED);
        }
        assertThat(store().countsByKey()).isEmpty();
        assertThat(store().forbid(KEY_B)).isTrue();
    }

    @Test
    default void whoLooksForANameFindsItAllTheWhileItIsReplaced() throws Exception {
        insert(named("name"));
        AtomicBoolean over = new AtomicBoolean();
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SecretStore connection = connection(i);
            tasks.add(() -> {
                int missed = 0;
                while (!over.get()) {
                    missed += connection.findByName("name").isPresent() ? 0 : 1;
                }
                return missed;
            });
        }
        tasks.add(() -> {
            try {
                for (int i = 0; i < 20 * rounds(); i++) {
                    Optional<String> first = store().findByName("name").map(StoredSecret::id);
                    assertThat(store().replaceNamed(first, named("name"))).isEqualTo(WriteOutcome.DONE);
                }
            } finally {
                over.set(true);
            }
            return 0;
        });
        assertThat(together(tasks)).containsOnly(0);
    }

    @Test
    default void whatStaysIsShownOnceInOrderWhileOthersComeAndGo() throws Exception {
        List<StoredSecret> staying = new ArrayList<>();
        List<StoredSecret> passing = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            (i % 2 == 0 ? staying : passing).add(insert(named("name-" + i % 10)));
        }
        Collections.shuffle(passing, new Random(2));
        together(List.of(
                () -> {
                    for (StoredSecret secret : passing) {
                        assertThat(other().delete(secret.id())).isTrue();
                        assertThat(other().insert(named("passing"))).isEqualTo(WriteOutcome.DONE);
                    }
                    return true;
                },
                () -> {
                    for (int i = 0; i < 5; i++) {
                        assertThat(secrets()).doesNotHaveDuplicates().containsSubsequence(staying);
                    }
                    return true;
                }));
    }

    @Test
    default void nothingIsLostOrCountedTwiceWhenAllIsDoneAtOnce() throws Exception {
        insert(named("replaced"));
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SecretStore connection = connection(i);
            Random random = new Random(i);
            tasks.add(() -> {
                int more = 0;
                for (int step = 0; step < rounds() * 5; step++) {
                    more += writeAtRandom(connection, random);
                }
                return more;
            });
        }
        int expected = 1;
        for (int more : together(tasks)) {
            expected += more;
        }
        assertThat(secrets()).hasSize(expected).doesNotHaveDuplicates();
    }

    /** Makes one write of a kind that chance chooses; returns how many secrets more there are by it. */
    private static int writeAtRandom(SecretStore store, Random random) {
        String name = "name-" + random.nextInt(3);
        String keyId = List.of(KEY_A, KEY_B, KEY_C).get(random.nextInt(3));
        Optional<StoredSecret> present = store.findByName(name);
        int kind = present.isEmpty() ? 0 : random.nextInt(5);
        if (kind <= 1) {
            assertThat(store.insert(named(name, keyId))).isEqualTo(WriteOutcome.DONE);
            return 1;
        }
        if (kind == 2) {
            return store.delete(present.orElseThrow().id()) ? -1 : 0;
        }
        if (kind == 3) {
            Optional<String> first = store.findByName("replaced").map(StoredSecret::id);
            assertThat(store.replaceNamed(first, named("replaced", keyId))).isNotEqualTo(WriteOutcome.KEY_FORBIDDEN);
            return 0;
        }
        store.swap(present.orElseThrow(), reencrypted(present.orElseThrow(), keyId));
        return 0;
    }

    /** Writers under one key may wait for each other there; under several they must elsewhere. */
    private static String anyKey() {
        return List.of(KEY_A, KEY_B, KEY_C).get(ThreadLocalRandom.current().nextInt(3));
    }

    private void assertOneSucceeds(Racer racer) throws Exception {
        for (List<Object> results : race(rounds(), List.of(racer, racer, racer))) {
            assertThat(results).containsOnlyOnce(WriteOutcome.DONE);
        }
    }
}
