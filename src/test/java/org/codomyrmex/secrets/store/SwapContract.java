// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_A;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_B;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_C;
import static org.codomyrmex.secrets.store.SampleSecrets.named;
import static org.codomyrmex.secrets.store.SampleSecrets.newId;
import static org.codomyrmex.secrets.store.SampleSecrets.newToken;
import static org.codomyrmex.secrets.store.SampleSecrets.reencrypted;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Giving a secret another token by compare-and-set. */
interface SwapContract extends StoreUnderTest {

    @Test
    default void aSwapChangesTokenAndKeyAndNothingElse() {
        StoredSecret first = insert(named("name"));
        StoredSecret last = insert(named("name"));
        StoredSecret replacement = reencrypted(first, KEY_B);
        assertThat(other().swap(first, replacement)).isEqualTo(WriteOutcome.DONE);
        assertThat(store().findById(first.id())).contains(replacement);
        assertThat(store().findByName("name")).contains(replacement);
        assertThat(secrets()).containsExactly(replacement, last);
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_A, 1L, KEY_B, 1L));
    }

    @Test
    default void aSwapKeepsEverythingThatDescribesTheSecret() {
        StoredSecret secret = insert(
                new StoredSecret(newId(), "name", Instant.EPOCH, SampleSecrets.richMetadata(), KEY_A, newToken()));
        StoredSecret replacement = reencrypted(secret, KEY_B);
        assertThat(store().swap(secret, replacement)).isEqualTo(WriteOutcome.DONE);
        assertThat(store().findById(secret.id())).contains(replacement);
    }

    @Test
    default void aSwapMayStayUnderItsKeyAndBeRepeated() {
        StoredSecret current = insert(named("name"));
        for (int i = 0; i < 3; i++) {
            StoredSecret replacement = reencrypted(current, KEY_A);
            assertThat(connection(i).swap(current, replacement)).isEqualTo(WriteOutcome.DONE);
            current = replacement;
        }
        assertThat(secrets()).containsExactly(current);
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_A, 1L));
    }

    @Test
    default void aSwapOfWhatIsGoneIsRefused() {
        insert(named("name"));
        StoredSecret gone = named("name");
        StoredSecret deleted = insert(named("name"));
        store().delete(deleted.id());
        State before = state();
        assertThat(store().swap(gone, reencrypted(gone, KEY_B))).isEqualTo(WriteOutcome.CHANGED);
        assertThat(store().swap(deleted, reencrypted(deleted, KEY_B))).isEqualTo(WriteOutcome.CHANGED);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    default void aSwapOfWhatHasAnotherTokenIsRefused() {
        StoredSecret old = insert(named("name"));
        assertThat(store().swap(old, reencrypted(old, KEY_A))).isEqualTo(WriteOutcome.DONE);
        State before = state();
        assertThat(other().swap(old, reencrypted(old, KEY_B))).isEqualTo(WriteOutcome.CHANGED);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    default void aSwapUnderAForbiddenKeyIsRefused() {
        StoredSecret secret = insert(named("name"));
        assertThat(other().forbid(KEY_B)).isTrue();
        State before = state();
        assertThat(store().swap(secret, reencrypted(secret, KEY_B))).isEqualTo(WriteOutcome.KEY_FORBIDDEN);
        assertThat(state()).isEqualTo(before);
        assertThat(store().swap(secret, reencrypted(secret, KEY_C))).isEqualTo(WriteOutcome.DONE);
    }

    @Test
    default void aReplacementThatIsAnotherSecretIsACallersMistake() {
        StoredSecret secret = insert(named("canary-name"));
        insert(named("another"));
        State before = state();
        Instant createdAt = secret.createdAt();
        List<StoredSecret> others = List.of(
                new StoredSecret(newId(), secret.name(), createdAt, Map.of(), KEY_A, "canary-token"),
                new StoredSecret(secret.id(), "another", createdAt, Map.of(), KEY_A, "canary-token"),
                new StoredSecret(secret.id(), secret.name(), createdAt.plusSeconds(1), Map.of(), KEY_A, "canary-token"),
                new StoredSecret(secret.id(), secret.name(), createdAt.plusNanos(1_000), Map.of(), KEY_A, "t"),
                new StoredSecret(secret.id(), secret.name(), createdAt, Map.of("k", 1), KEY_A, "canary-token"));
        for (StoredSecret replacement : others) {
            assertThatThrownBy(() -> store().swap(secret, replacement))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("replacement")
                    .hasMessageNotContainingAny("canary-name", "canary-token", secret.token());
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    default void aSwapRefusesNullByTheNameOfTheArgument() {
        StoredSecret secret = insert(named("name"));
        assertThatNullPointerException()
                .isThrownBy(() -> store().swap(null, secret))
                .withMessage("expected");
        assertThatNullPointerException()
                .isThrownBy(() -> store().swap(secret, null))
                .withMessage("replacement");
    }

    @Test
    default void manySwapsAreEachDoneOrRefusedByThemselves() {
        assertThat(store().forbid(KEY_C)).isTrue();
        List<StoredSecret> all =
                Stream.generate(() -> insert(named("name"))).limit(7).toList();
        StoredSecret gone = all.get(1);
        store().delete(gone.id());
        StoredSecret changed = reencrypted(all.get(3), KEY_A);
        store().swap(all.get(3), changed);
        List<Swap> swaps = new ArrayList<>();
        all.forEach(secret ->
                swaps.add(new Swap(secret, reencrypted(secret, secret.equals(all.get(5)) ? KEY_C : KEY_B))));
        StoredSecret again = reencrypted(swaps.get(6).replacement(), KEY_A);
        swaps.add(new Swap(swaps.get(6).replacement(), again));

        Map<Swap, WriteOutcome> outcomes = new LinkedHashMap<>();
        other().swapAll(swaps, outcomes::put);

        assertThat(outcomes.keySet()).containsExactlyElementsOf(swaps);
        assertThat(outcomes.values())
                .containsExactly(
                        WriteOutcome.DONE,
                        WriteOutcome.CHANGED,
                        WriteOutcome.DONE,
                        WriteOutcome.CHANGED,
                        WriteOutcome.DONE,
                        WriteOutcome.KEY_FORBIDDEN,
                        WriteOutcome.DONE,
                        WriteOutcome.DONE);
        assertThat(secrets())
                .containsExactly(
                        swaps.get(0).replacement(),
                        swaps.get(2).replacement(),
                        changed,
                        swaps.get(4).replacement(),
                        all.get(5),
                        again);
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_A, 3L, KEY_B, 3L));
    }

    @Test
    default void noSwapsAreNothing() {
        insert(named("name"));
        State before = state();
        store().swapAll(List.of(), (swap, outcome) -> {
            throw new AssertionError("nothing was swapped");
        });
        assertThat(state()).isEqualTo(before);
    }

    @Test
    default void whatSwapsNeedMustBeThere() {
        assertThatNullPointerException()
                .isThrownBy(() -> store().swapAll(null, (swap, outcome) -> {}))
                .withMessage("swaps");
        assertThatNullPointerException()
                .isThrownBy(() -> store().swapAll(List.of(), null))
                .withMessage("outcomes");
    }
}
