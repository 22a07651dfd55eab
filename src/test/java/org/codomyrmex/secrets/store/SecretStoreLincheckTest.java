// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Explores how the calls of several threads can interleave, and looks for a result that no order of whole calls
 * explains. The calls are tried in two groups, and ids, keys and tokens are few, so that those that can disturb each
 * other meet often.
 */
@Tag("lincheck")
class SecretStoreLincheckTest {

    @ParameterizedTest
    @ValueSource(classes = {Keys.class, Names.class})
    void noInterleavingOfStepsIsSeenFromOutside(Class<?> calls) {
        new ModelCheckingOptions()
                .iterations(40)
                .invocationsPerIteration(150)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1)
                .check(calls);
    }

    /** What brings secrets under keys and away from them. At first, only secret 1 is stored, under key 1. */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    public static class Keys {

        private final InMemorySecretStore store = new InMemorySecretStore();

        public Keys() {
            store.insert(secret(1, 1, 1));
        }

        @Operation
        public String insert(@Param(name = "key") int key) {
            return outcome(() -> store.insert(secret(2, key, 1)));
        }

        @Operation
        public String swap(@Param(name = "key") int key) {
            return outcome(() -> store.swap(secret(1, 1, 1), secret(1, key, 2)));
        }

        @Operation
        public String replaceNamed(@Param(name = "key") int key) {
            return outcome(() -> store.replaceNamed(Optional.of("1"), secret(3, key, 1)));
        }

        @Operation
        public boolean forbid(@Param(name = "key") int key) {
            return store.forbid("key-" + key);
        }

        @Operation
        public String countsByKey() {
            return new TreeMap<>(store.countsByKey()).toString();
        }
    }

    /** What is seen by id, by name and in the history. At first, secrets 1 and 3 have one name, and 2 another. */
    @Param(name = "id", gen = IntGen.class, conf = "1:4")
    public static class Names {

        private final InMemorySecretStore store = new InMemorySecretStore();

        public Names() {
            store.insert(secret(1, 1, 1));
            store.insert(secret(2, 1, 1));
            store.insert(secret(3, 1, 1));
        }

        @Operation
        public String insert(@Param(name = "id") int id) {
            return outcome(() -> store.insert(secret(id, 1, 1)));
        }

        @Operation
        public String findById(@Param(name = "id") int id) {
            return shown(store.findById(String.valueOf(id)));
        }

        @Operation
        public String findByName(@Param(name = "id") int id) {
            return shown(store.findByName(name(id)));
        }

        @Operation
        public String swap(@Param(name = "id") int id) {
            return outcome(() -> store.swap(secret(id, 1, 1), secret(id, 2, 2)));
        }

        @Operation
        public String replaceNamed(@Param(name = "id") int first) {
            return outcome(() -> store.replaceNamed(Optional.of(String.valueOf(first)), secret(first + 4, 1, 1)));
        }

        @Operation
        public boolean delete(@Param(name = "id") int id) {
            return store.delete(String.valueOf(id));
        }

        @Operation
        public int rotations() {
            return store.rotations().size();
        }
    }

    /** A write to the store. */
    interface Write {

        WriteOutcome run();
    }

    private static String outcome(Write write) {
        try {
            return write.run().name();
        } catch (StoreException taken) {
            return "TAKEN";
        }
    }

    private static StoredSecret secret(int id, int key, int token) {
        return new StoredSecret(
                String.valueOf(id), name(id), Instant.EPOCH, Map.of(), "key-" + key, String.valueOf(token));
    }

    private static String name(int id) {
        return "name-" + id % 2;
    }

    private static String shown(Optional<StoredSecret> found) {
        return found.map(secret -> secret.id() + " under " + secret.keyId() + ": " + secret.token())
                .orElse("none");
    }
}
