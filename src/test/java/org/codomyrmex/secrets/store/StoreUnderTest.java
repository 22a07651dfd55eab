// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What the parts of the contract have in common: the store, another connection to it, and how to look at it whole. */
interface StoreUnderTest {

    /** The store that this test works on, empty when the test begins. */
    SecretStore store();

    /** The same store as another thread or process reaches it. */
    SecretStore other();

    /** How often a race is run; it must be often to tell anything. */
    int rounds();

    /** More secrets than the store reads at a time, twice over. */
    default int many() {
        return 2_500;
    }

    /** The store or its other connection, by turns. */
    default SecretStore connection(int number) {
        return number % 2 == 0 ? store() : other();
    }

    /** All that can be seen of a store; equal before and after a call that was refused. */
    record State(List<StoredSecret> secrets, Map<String, Long> counts, List<Rotation> rotations) {}

    default State state() {
        List<Rotation> rotations = store() instanceof RotationHistory history ? history.rotations() : List.of();
        return new State(secrets(), store().countsByKey(), rotations);
    }

    default List<StoredSecret> secrets() {
        List<StoredSecret> shown = new ArrayList<>();
        store().forEach(shown::add);
        return shown;
    }

    default StoredSecret insert(StoredSecret secret) {
        assertThat(store().insert(secret)).isEqualTo(WriteOutcome.DONE);
        return secret;
    }

    /** Inserts as many secrets, each under a name of its own. */
    default List<StoredSecret> insertMany(int count, String keyId) {
        List<StoredSecret> inserted = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            inserted.add(insert(SampleSecrets.named("many-" + i, keyId)));
        }
        return inserted;
    }

    /** The two indexes and the counts say the same as the whole. */
    default void assertConsistent() {
        Map<String, StoredSecret> firsts = new LinkedHashMap<>();
        Map<String, Long> counts = new HashMap<>();
        for (StoredSecret secret : secrets()) {
            assertThat(store().findById(secret.id())).contains(secret);
            firsts.putIfAbsent(secret.name(), secret);
            counts.merge(secret.keyId(), 1L, Long::sum);
        }
        firsts.forEach((name, first) -> assertThat(store().findByName(name)).contains(first));
        assertThat(store().countsByKey()).isEqualTo(counts);
    }

    /** One thread of a race. */
    interface Racer {

        Object run(SecretStore connection, int round) throws Exception;
    }

    /**
     * Runs the racers against each other, each in a thread of its own, and lets them start together in each round.
     * Returns by round what each returned; an exception that is thrown is returned too.
     */
    default List<List<Object>> race(int rounds, List<Racer> racers) throws Exception {
        Phaser start = new Phaser(racers.size());
        List<Callable<List<Object>>> tasks = new ArrayList<>();
        for (Racer racer : racers) {
            SecretStore connection = connection(tasks.size());
            tasks.add(() -> {
                List<Object> results = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    start.arriveAndAwaitAdvance();
                    results.add(result(racer, connection, round));
                }
                return results;
            });
        }
        List<List<Object>> byRacer = together(tasks);
        return IntStream.range(0, rounds)
                .mapToObj(round ->
                        byRacer.stream().map(results -> results.get(round)).toList())
                .toList();
    }

    private static Object result(Racer racer, SecretStore connection, int round) {
        try {
            return racer.run(connection, round);
        } catch (Exception | AssertionError thrown) {
            return thrown;
        }
    }

    /** Runs all tasks at once, each in a thread of its own, and returns what they returned. */
    default <T> List<T> together(List<? extends Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Future<T>> running = new ArrayList<>();
            for (Callable<T> task : tasks) {
                running.add(threads.submit(task));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : running) {
                results.add(result.get(60, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
