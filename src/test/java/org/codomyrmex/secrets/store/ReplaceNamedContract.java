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
import static org.codomyrmex.secrets.store.SampleSecrets.withId;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Putting one secret in the place of all that have its name. */
interface ReplaceNamedContract extends StoreUnderTest {

    @Test
    default void replacesAllOfANameByOneThatIsTheLatest() {
        StoredSecret first = insert(named("name", KEY_A));
        StoredSecret between = insert(named("another", KEY_A));
        StoredSecret second = insert(named("name", KEY_B));
        StoredSecret third = insert(named("name", KEY_B));
        StoredSecret last = insert(named("last", KEY_A));
        StoredSecret replacement = named("name", KEY_C);
        assertThat(other().replaceNamed(Optional.of(first.id()), replacement)).isEqualTo(WriteOutcome.DONE);
        assertThat(secrets()).containsExactly(between, last, replacement);
        assertThat(store().findByName("name")).contains(replacement);
        for (StoredSecret replaced : new StoredSecret[] {first, second, third}) {
            assertThat(store().findById(replaced.id())).isEmpty();
        }
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_A, 2L, KEY_C, 1L));
    }

    @Test
    default void addsTheReplacementWhereNoneIsExpectedAndNoneIs() {
        StoredSecret another = insert(named("another"));
        StoredSecret replacement = named("name");
        assertThat(store().replaceNamed(Optional.empty(), replacement)).isEqualTo(WriteOutcome.DONE);
        assertThat(secrets()).containsExactly(another, replacement);
    }

    @Test
    default void mayBeRepeatedFromOneReplacementToTheNext() {
        StoredSecret current = insert(named("name"));
        for (int i = 0; i < 5; i++) {
            StoredSecret next = named("name");
            assertThat(connection(i).replaceNamed(Optional.of(current.id()), next))
                    .isEqualTo(WriteOutcome.DONE);
            current = next;
        }
        assertThat(secrets()).containsExactly(current);
    }

    @Test
    default void isRefusedWhereNoneIsExpectedButOneIs() {
        insert(named("name"));
        assertRefused(Optional.empty(), named("name", KEY_B), WriteOutcome.CHANGED);
    }

    @Test
    default void isRefusedWhereOneIsExpectedButNoneIs() {
        StoredSecret another = insert(named("another"));
        assertRefused(Optional.of(newId()), named("name", KEY_B), WriteOutcome.CHANGED);
        assertRefused(Optional.of(another.id()), named("name", KEY_B), WriteOutcome.CHANGED);
    }

    @Test
    default void isRefusedWhereTheExpectedIsNotTheEarliest() {
        insert(named("name"));
        StoredSecret second = insert(named("name"));
        assertRefused(Optional.of(second.id()), named("name", KEY_B), WriteOutcome.CHANGED);
    }

    @Test
    default void isRefusedWhereTheExpectedIsGone() {
        StoredSecret first = insert(named("name"));
        insert(named("name"));
        store().delete(first.id());
        assertRefused(Optional.of(first.id()), named("name", KEY_B), WriteOutcome.CHANGED);
    }

    @Test
    default void isRefusedUnderAForbiddenKey() {
        StoredSecret first = insert(named("name"));
        insert(named("name"));
        assertThat(other().forbid(KEY_B)).isTrue();
        assertRefused(Optional.of(first.id()), named("name", KEY_B), WriteOutcome.KEY_FORBIDDEN);
        assertRefused(Optional.empty(), named("unknown", KEY_B), WriteOutcome.KEY_FORBIDDEN);
    }

    @Test
    default void refusesAnIdThatIsStoredUnderThisOrAnotherName() {
        StoredSecret first = insert(named("name"));
        StoredSecret second = insert(named("name"));
        StoredSecret another = insert(named("another"));
        State before = state();
        for (StoredSecret taken : new StoredSecret[] {first, second, another}) {
            assertThatThrownBy(() -> store().replaceNamed(Optional.of(first.id()), withId(taken.id(), "name")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(taken.id());
            assertThat(state()).isEqualTo(before);
        }
    }

    @Test
    default void aSwapOfTheEarliestDoesNotStandInItsWay() {
        StoredSecret first = insert(named("name"));
        assertThat(store().swap(first, SampleSecrets.reencrypted(first, KEY_B))).isEqualTo(WriteOutcome.DONE);
        StoredSecret replacement = named("name");
        assertThat(store().replaceNamed(Optional.of(first.id()), replacement)).isEqualTo(WriteOutcome.DONE);
        assertThat(secrets()).containsExactly(replacement);
        assertThat(store().countsByKey()).isEqualTo(Map.of(KEY_A, 1L));
    }

    @Test
    default void replacingRefusesNullByTheNameOfTheArgument() {
        assertThatNullPointerException()
                .isThrownBy(() -> store().replaceNamed(null, named("name")))
                .withMessage("expectedFirstId");
        assertThatNullPointerException()
                .isThrownBy(() -> store().replaceNamed(Optional.empty(), null))
                .withMessage("replacement");
    }

    private void assertRefused(Optional<String> expectedFirstId, StoredSecret replacement, WriteOutcome outcome) {
        State before = state();
        assertThat(store().replaceNamed(expectedFirstId, replacement)).isEqualTo(outcome);
        assertThat(state()).isEqualTo(before);
    }
}
