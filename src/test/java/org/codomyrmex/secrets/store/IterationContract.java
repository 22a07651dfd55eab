// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_A;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_B;
import static org.codomyrmex.secrets.store.SampleSecrets.named;
import static org.codomyrmex.secrets.store.SampleSecrets.reencrypted;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Showing everything, in order, while the store goes on changing. */
interface IterationContract extends StoreUnderTest {

    /** More than any store reads at a time. */
    int MANY = 2_500;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 257, 512, 1_000, MANY})
    default void showsEverySecretOnceInTheOrderOfInsertion(int count) {
        List<StoredSecret> inserted = insertMany(count, KEY_A);
        assertThat(secrets()).isEqualTo(inserted);
    }

    @Test
    default void showsWhatIsLeftInTheOrderOfInsertion() {
        List<StoredSecret> inserted = insertMany(60, KEY_A);
        List<StoredSecret> deleted = new ArrayList<>(inserted);
        Collections.shuffle(deleted, new Random(1));
        for (StoredSecret secret : deleted.subList(0, 40)) {
            store().delete(secret.id());
        }
        List<StoredSecret> left = new ArrayList<>(inserted);
        left.removeAll(deleted.subList(0, 40));
        assertThat(secrets()).isEqualTo(left);
    }

    @Test
    default void showsOnlyWhatIsUnderAnotherKey() {
        StoredSecret first = insert(named("name", KEY_A));
        StoredSecret second = insert(named("name", KEY_B));
        StoredSecret third = insert(named("name", KEY_A));
        assertThat(notUnder(KEY_A)).containsExactly(second);
        assertThat(notUnder(KEY_B)).containsExactly(first, third);
        assertThat(notUnder("0000000000000000")).containsExactly(first, second, third);
    }

    @Test
    default void showsWhatIsUnderAnotherKeyBehindManyThatAreNot() {
        insertMany(many(), KEY_A);
        StoredSecret last = insert(named("last", KEY_B));
        assertThat(notUnder(KEY_A)).containsExactly(last);
    }

    @Test
    default void anActionMayDeleteWhatItIsShown() {
        List<StoredSecret> inserted = insertMany(many(), KEY_A);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEach(secret -> {
            shown.add(secret);
            assertThat(store().delete(secret.id())).isTrue();
        });
        assertThat(shown).isEqualTo(inserted);
        assertThat(secrets()).isEmpty();
    }

    @Test
    default void anActionMaySwapWhatItIsShown() {
        List<StoredSecret> inserted = insertMany(many(), KEY_A);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEachNotUnder(KEY_B, secret -> {
            shown.add(secret);
            assertThat(store().swap(secret, reencrypted(secret, KEY_B))).isEqualTo(WriteOutcome.DONE);
        });
        assertThat(shown).isEqualTo(inserted);
        assertThat(notUnder(KEY_B)).isEmpty();
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_B, (long) many()));
        assertThat(store().forbid(KEY_A)).isTrue();
    }

    @Test
    default void anIterationEndsThoughItsActionInsertsEachTime() {
        List<StoredSecret> inserted = insertMany(600, KEY_A);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEach(secret -> {
            shown.add(secret);
            insert(named("inserted by the action"));
        });
        assertThat(shown).doesNotHaveDuplicates().startsWith(inserted.toArray(StoredSecret[]::new));
    }

    @Test
    default void anIterationEndsThoughItsActionReplacesWhatItIsShown() {
        List<StoredSecret> inserted = insertMany(600, KEY_A);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEach(secret -> {
            shown.add(secret);
            store().replaceNamed(Optional.of(secret.id()), named(secret.name(), KEY_B));
        });
        assertThat(shown).doesNotHaveDuplicates().startsWith(inserted.toArray(StoredSecret[]::new));
        assertThat(secrets()).hasSize(600);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 511, 512, 998, 999})
    default void anIterationGoesOnWhereAllAroundItWasDeleted(int place) {
        List<StoredSecret> inserted = insertMany(1_000, KEY_A);
        List<StoredSecret> around = inserted.subList(Math.max(0, place - 300), Math.min(1_000, place + 300));
        List<StoredSecret> left = new ArrayList<>(inserted);
        left.removeAll(around);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEach(secret -> {
            shown.add(secret);
            if (secret.equals(inserted.get(place))) {
                around.forEach(deleted -> store().delete(deleted.id()));
                insert(named("after the deletions"));
            }
        });
        assertThat(shown).doesNotHaveDuplicates().containsSubsequence(left);
    }

    @Test
    default void anIterationEndsWhereAllIsDeletedAndOthersCome() {
        List<StoredSecret> inserted = insertMany(1_000, KEY_A);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEach(secret -> {
            shown.add(secret);
            if (shown.size() == 1) {
                inserted.forEach(deleted -> store().delete(deleted.id()));
                insertMany(1_000, KEY_B);
            }
        });
        assertThat(shown).doesNotHaveDuplicates().startsWith(inserted.get(0));
        assertThat(secrets()).hasSize(1_000);
    }

    @Test
    default void anActionRunsWhileNothingIsLocked() {
        List<StoredSecret> inserted = insertMany(3, KEY_A);
        store().forEach(secret -> CompletableFuture.runAsync(() -> {
                    assertThat(other().delete(secret.id())).isTrue();
                    assertThat(other().insert(named("name"))).isEqualTo(WriteOutcome.DONE);
                    assertThat(other().forbid(SampleSecrets.KEY_C)).isTrue();
                })
                .join());
        assertThat(secrets()).hasSize(3).doesNotContainAnyElementsOf(inserted);
    }

    @Test
    default void anActionMayIterateItself() {
        List<StoredSecret> inserted = insertMany(10, KEY_A);
        List<StoredSecret> shown = new ArrayList<>();
        store().forEach(outer -> store().forEach(shown::add));
        assertThat(shown).hasSize(100).startsWith(inserted.toArray(StoredSecret[]::new));
    }

    @Test
    default void whatAnActionThrowsEndsTheIterationAndReachesTheCaller() {
        insertMany(3, KEY_A);
        IllegalStateException thrown = new IllegalStateException("enough");
        List<StoredSecret> shown = new ArrayList<>();
        assertThatThrownBy(() -> store().forEach(secret -> {
                    shown.add(secret);
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(shown).hasSize(1);
        assertThat(CompletableFuture.supplyAsync(() -> other().insert(named("name")))
                        .join())
                .isEqualTo(WriteOutcome.DONE);
    }

    @Test
    default void iteratingRefusesNullByTheNameOfTheArgument() {
        assertThatNullPointerException().isThrownBy(() -> store().forEach(null)).withMessage("action");
        assertThatNullPointerException()
                .isThrownBy(() -> store().forEachNotUnder(null, secret -> {}))
                .withMessage("keyId");
        assertThatNullPointerException()
                .isThrownBy(() -> store().forEachNotUnder(KEY_A, null))
                .withMessage("action");
    }

    private List<StoredSecret> notUnder(String keyId) {
        List<StoredSecret> shown = new ArrayList<>();
        store().forEachNotUnder(keyId, shown::add);
        return shown;
    }
}
