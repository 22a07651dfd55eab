// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_A;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_B;
import static org.codomyrmex.secrets.store.SampleSecrets.named;
import static org.codomyrmex.secrets.store.SampleSecrets.newId;
import static org.codomyrmex.secrets.store.SampleSecrets.newToken;
import static org.codomyrmex.secrets.store.SampleSecrets.withId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adding, finding, deleting and counting. */
interface FindingContract extends StoreUnderTest {

    @Test
    default void anEmptyStoreHoldsNothing() {
        assertThat(store().findById(newId())).isEmpty();
        assertThat(store().findByName("name")).isEmpty();
        assertThat(store().delete(newId())).isFalse();
        assertThat(store().countsByKey()).isEmpty();
        assertThat(secrets()).isEmpty();
    }

    @Test
    default void findsWhatWasInsertedWithAllThatDescribesIt() {
        StoredSecret secret = new StoredSecret(
                newId(),
                "db/\u00FCber \uD83D\uDD11\n'; --",
                Instant.parse("1969-12-31T23:59:59.999999Z"),
                SampleSecrets.richMetadata(),
                KEY_B,
                newToken());
        insert(named("before"));
        insert(secret);
        insert(named("after"));
        assertThat(other().findById(secret.id())).contains(secret);
        assertThat(other().findByName(secret.name())).contains(secret);
    }

    @Test
    default void keepsLongNamesAndTokensWhole() {
        StoredSecret secret = new StoredSecret(
                newId(), "n".repeat(1_024), Instant.EPOCH, Map.of(), KEY_A, "gAAAAABo" + "t".repeat(1_000_000));
        insert(secret);
        assertThat(store().findByName(secret.name())).contains(secret);
    }

    @Test
    default void refusesAnIdThatIsStored() {
        StoredSecret first = insert(named("first"));
        State before = state();
        StoredSecret second = withId(first.id(), "canary-name").withToken(KEY_B, "canary-token");
        assertThatThrownBy(() -> other().insert(second))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(first.id())
                .hasMessageNotContainingAny("canary-name", "canary-token");
        assertThat(state()).isEqualTo(before);
    }

    @Test
    default void takesAnIdAgainOnceItsSecretIsDeleted() {
        StoredSecret first = insert(named("name"));
        assertThat(store().delete(first.id())).isTrue();
        StoredSecret second = insert(withId(first.id(), "name"));
        assertThat(secrets()).containsExactly(second);
    }

    @Test
    default void theEarliestOfANameIsTheOneInsertedFirstWhateverItsTime() {
        StoredSecret first =
                insert(new StoredSecret(newId(), "name", Instant.parse("2026-01-01T00:00:00Z"), Map.of(), KEY_A, "1"));
        insert(new StoredSecret(newId(), "name", Instant.EPOCH, Map.of(), KEY_A, "2"));
        assertThat(store().findByName("name")).contains(first);
    }

    @Test
    default void theEarliestOfANameIsRightAfterDeletionsInAnyOrder() {
        for (List<Integer> deletions : permutations(List.of(0, 1, 2, 3))) {
            List<StoredSecret> stored = new ArrayList<>();
            for (int i = 0; i < deletions.size(); i++) {
                stored.add(insert(named("name")));
                insert(named("another"));
            }
            List<StoredSecret> left = new ArrayList<>(stored);
            for (int deletion : deletions) {
                assertThat(store().findByName("name")).contains(left.get(0));
                assertThat(store().delete(stored.get(deletion).id())).isTrue();
                left.remove(stored.get(deletion));
            }
            assertThat(store().findByName("name")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NAME", "name ", " name", "n\u00E4me", "nam", "name\uD83D\uDD11", "n_me", "n%"})
    default void aNameThatIsAlmostTheSameIsAnother(String almost) {
        StoredSecret secret = insert(named("name"));
        assertThat(store().findByName(almost)).isEmpty();
        StoredSecret another = insert(named(almost));
        assertThat(store().findByName("name")).contains(secret);
        assertThat(store().findByName(almost)).contains(another);
    }

    @Test
    default void namesThatLookTheSameInUnicodeAreTwo() {
        StoredSecret composed = insert(named("\u00E9"));
        StoredSecret decomposed = insert(named("e\u0301"));
        assertThat(store().findByName("\u00E9")).contains(composed);
        assertThat(store().findByName("e\u0301")).contains(decomposed);
    }

    @Test
    default void deletesOnceAndOnlyWhatWasNamed() {
        StoredSecret kept = insert(named("name"));
        StoredSecret deleted = insert(named("name"));
        assertThat(other().delete(deleted.id())).isTrue();
        assertThat(other().delete(deleted.id())).isFalse();
        assertThat(store().findById(deleted.id())).isEmpty();
        assertThat(secrets()).containsExactly(kept);
    }

    @Test
    default void countsSecretsByKeyAndLeavesOutWhatIsUnused() {
        StoredSecret only = insert(named("a", KEY_A));
        insert(named("b", KEY_B));
        insert(named("b", KEY_B));
        assertThat(other().countsByKey()).isEqualTo(Map.of(KEY_A, 1L, KEY_B, 2L));
        store().delete(only.id());
        assertThat(other().countsByKey()).isEqualTo(Map.of(KEY_B, 2L));
    }

    @Test
    default void theCountsAreTheCallersOwnAndImmutable() {
        insert(named("a"));
        Map<String, Long> counts = store().countsByKey();
        insert(named("b"));
        assertThat(counts).isEqualTo(Map.of(KEY_A, 1L));
        assertThatThrownBy(() -> counts.put(KEY_A, 7L)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    default void refusesNullByTheNameOfTheArgument() {
        assertThatNullPointerException().isThrownBy(() -> store().insert(null)).withMessage("secret");
        assertThatNullPointerException()
                .isThrownBy(() -> store().findById(null))
                .withMessage("id");
        assertThatNullPointerException()
                .isThrownBy(() -> store().findByName(null))
                .withMessage("name");
        assertThatNullPointerException().isThrownBy(() -> store().delete(null)).withMessage("id");
    }

    private static List<List<Integer>> permutations(List<Integer> elements) {
        if (elements.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Integer>> all = new ArrayList<>();
        for (Integer head : elements) {
            List<Integer> others =
                    elements.stream().filter(other -> !other.equals(head)).toList();
            for (List<Integer> tail : permutations(others)) {
                all.add(Stream.concat(Stream.of(head), tail.stream()).toList());
            }
        }
        return all;
    }
}
