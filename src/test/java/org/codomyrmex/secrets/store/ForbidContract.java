// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_A;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_B;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_C;
import static org.codomyrmex.secrets.store.SampleSecrets.named;
import static org.codomyrmex.secrets.store.SampleSecrets.reencrypted;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Forbidding a key, before, after and while something is written under it. */
interface ForbidContract extends StoreUnderTest {

    /** The ways in which a secret can come under a key. */
    enum Way {
        INSERT {
            @Override
            WriteOutcome write(SecretStore store, StoredSecret present, String keyId) {
                return store.insert(named("new", keyId));
            }
        },
        SWAP {
            @Override
            WriteOutcome write(SecretStore store, StoredSecret present, String keyId) {
                return store.swap(present, reencrypted(present, keyId));
            }
        },
        REPLACE {
            @Override
            WriteOutcome write(SecretStore store, StoredSecret present, String keyId) {
                return store.replaceNamed(Optional.of(present.id()), named(present.name(), keyId));
            }
        };

        /** Writes under a key; the secret that is given is stored under another, alone of its name. */
        abstract WriteOutcome write(SecretStore store, StoredSecret present, String keyId);
    }

    @ParameterizedTest
    @EnumSource
    default void nothingComesUnderAKeyOnceItIsForbidden(Way way) {
        StoredSecret present = insert(named("present"));
        assertThat(store().forbid(KEY_B)).isTrue();
        State before = state();
        for (int i = 0; i < 2; i++) {
            assertThat(connection(i).forbid(KEY_B)).isTrue();
            assertThat(way.write(connection(i), present, KEY_B)).isEqualTo(WriteOutcome.KEY_FORBIDDEN);
        }
        assertThat(state()).isEqualTo(before);
        assertThat(way.write(other(), present, KEY_C)).isEqualTo(WriteOutcome.DONE);
    }

    @ParameterizedTest
    @EnumSource
    default void aKeyThatSomethingCameUnderIsNotForbidden(Way way) {
        StoredSecret present = insert(named("present"));
        assertThat(way.write(store(), present, KEY_B)).isEqualTo(WriteOutcome.DONE);
        State before = state();
        for (int i = 0; i < 2; i++) {
            assertThat(connection(i).forbid(KEY_B)).isFalse();
        }
        assertThat(state()).isEqualTo(before);
        assertThat(other().insert(named("later", KEY_B))).isEqualTo(WriteOutcome.DONE);
    }

    @Test
    default void aKeyIsForbiddenOnlyWhenTheLastSecretUnderItIsDeleted() {
        StoredSecret first = insert(named("name"));
        StoredSecret second = insert(named("name"));
        assertThat(store().forbid(KEY_A)).isFalse();
        store().delete(first.id());
        assertThat(store().forbid(KEY_A)).isFalse();
        store().delete(second.id());
        assertThat(store().forbid(KEY_A)).isTrue();
        assertThat(store().insert(named("name"))).isEqualTo(WriteOutcome.KEY_FORBIDDEN);
    }

    @Test
    default void aKeyIsForbiddenWhenItsSecretsAreSwappedAway() {
        StoredSecret secret = insert(named("name"));
        assertThat(store().swap(secret, reencrypted(secret, KEY_B))).isEqualTo(WriteOutcome.DONE);
        assertThat(other().forbid(KEY_A)).isTrue();
        StoredSecret current = store().findById(secret.id()).orElseThrow();
        assertThat(store().swap(current, reencrypted(current, KEY_A))).isEqualTo(WriteOutcome.KEY_FORBIDDEN);
    }

    @Test
    default void aKeyIsForbiddenWhenItsSecretsAreReplaced() {
        StoredSecret first = insert(named("name"));
        insert(named("name"));
        assertThat(store().replaceNamed(Optional.of(first.id()), named("name", KEY_B)))
                .isEqualTo(WriteOutcome.DONE);
        assertThat(other().forbid(KEY_A)).isTrue();
    }

    @Test
    default void refusedWritesDoNotKeepAKeyInUse() {
        StoredSecret stale = insert(named("name"));
        StoredSecret present = reencrypted(stale, KEY_A);
        assertThat(store().swap(stale, present)).isEqualTo(WriteOutcome.DONE);
        assertThat(store().swap(stale, reencrypted(stale, KEY_B))).isEqualTo(WriteOutcome.CHANGED);
        assertThat(store().replaceNamed(Optional.empty(), named("name", KEY_B))).isEqualTo(WriteOutcome.CHANGED);
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_A, 1L));
        assertThat(store().forbid(KEY_B)).isTrue();
    }

    @Test
    default void keyIdsAreComparedCharacterForCharacter() {
        insert(named("name", "abcdefabcdefabcd"));
        assertThat(store().forbid("ABCDEFABCDEFABCD")).isTrue();
        assertThat(store().insert(named("name", "abcdefabcdefabcd"))).isEqualTo(WriteOutcome.DONE);
    }

    @Test
    default void forbiddingRefusesNullByTheNameOfTheArgument() {
        assertThatNullPointerException().isThrownBy(() -> store().forbid(null)).withMessage("keyId");
    }

    @ParameterizedTest
    @EnumSource
    default void ofWritingAndForbiddingAtOnceOneWins(Way way) throws Exception {
        List<StoredSecret> present = insertMany(2 * rounds(), KEY_A);
        Racer forbid = (connection, round) -> connection.forbid(keyOf(round));
        Racer write = (connection, round) -> way.write(connection, present.get(round), keyOf(round));
        Racer writeToo = (connection, round) -> way.write(connection, present.get(rounds() + round), keyOf(round));
        int round = 0;
        for (List<Object> results : race(rounds(), List.of(forbid, write, writeToo))) {
            boolean forbidden = results.get(0).equals(true);
            List<Object> outcomes = results.subList(1, 3);
            long written = Collections.frequency(outcomes, WriteOutcome.DONE);
            assertThat(written > 0).as("written, and forbidden: %s", results).isNotEqualTo(forbidden);
            assertThat(outcomes).containsOnly(forbidden ? WriteOutcome.KEY_FORBIDDEN : WriteOutcome.DONE);
            assertThat(store().insert(named("after", keyOf(round))))
                    .isEqualTo(forbidden ? WriteOutcome.KEY_FORBIDDEN : WriteOutcome.DONE);
            assertThat(store().forbid(keyOf(round))).isEqualTo(forbidden);
            round++;
        }
    }

    @Test
    default void aWriteThatIsRefusedAtTheSameTimeDoesNotStandInTheWay() throws Exception {
        StoredSecret stale = insert(named("name"));
        assertThat(store().swap(stale, reencrypted(stale, KEY_A))).isEqualTo(WriteOutcome.DONE);
        Racer forbid = (connection, round) -> connection.forbid(keyOf(round));
        Racer swap = (connection, round) -> connection.swap(stale, reencrypted(stale, keyOf(round)));
        Racer replace = (connection, round) -> connection.replaceNamed(Optional.empty(), named("name", keyOf(round)));
        for (List<Object> results : race(rounds(), List.of(forbid, swap, replace))) {
            assertThat(results.get(0)).as("forbidden: %s", results).isEqualTo(true);
            assertThat(results).doesNotContain(WriteOutcome.DONE);
        }
    }

    @Test
    default void ofSwappingBackAndForbiddingAtOnceOneWins() throws Exception {
        List<StoredSecret> there = new ArrayList<>();
        for (int round = 0; round < rounds(); round++) {
            there.add(insert(named("name-" + round, keyOf(round))));
        }
        Racer swap = (connection, round) -> {
            StoredSecret away = reencrypted(there.get(round), KEY_C);
            assertThat(connection.swap(there.get(round), away)).isEqualTo(WriteOutcome.DONE);
            return connection.swap(away, reencrypted(away, keyOf(round)));
        };
        Racer forbid = (connection, round) -> connection.forbid(keyOf(round));
        int round = 0;
        for (List<Object> results : race(rounds(), List.of(swap, forbid))) {
            boolean isBack = results.get(0) == WriteOutcome.DONE;
            assertThat(results.get(1)).as("forbidden: %s", results).isEqualTo(!isBack);
            assertThat(store().forbid(keyOf(round))).isEqualTo(!isBack);
            round++;
        }
    }

    private static String keyOf(int round) {
        return String.format("%016x", round);
    }
}
