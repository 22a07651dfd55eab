// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_A;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_B;
import static org.codomyrmex.secrets.store.SampleSecrets.named;
import static org.codomyrmex.secrets.store.SampleSecrets.reencrypted;
import static org.codomyrmex.secrets.store.SampleSecrets.withId;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a store that is a {@link RotationHistory} too remembers; skipped for one that is not. */
interface RotationHistoryContract extends StoreUnderTest {

    @Test
    default void remembersEveryReplacementInOrder() {
        StoredSecret first = insert(named("name"));
        insert(named("name"));
        StoredSecret second = named("name");
        StoredSecret another = named("another");
        StoredSecret third = named("name");
        replace(Optional.of(first.id()), second);
        replace(Optional.empty(), another);
        replace(Optional.of(second.id()), third);
        Rotation toSecond = new Rotation("name", second.id(), Optional.of(first.id()), second.createdAt());
        Rotation toAnother = new Rotation("another", another.id(), Optional.empty(), another.createdAt());
        Rotation toThird = new Rotation("name", third.id(), Optional.of(second.id()), third.createdAt());
        assertThat(history().rotations()).containsExactly(toSecond, toAnother, toThird);
        assertThat(history().rotations("name")).containsExactly(toSecond, toThird);
        assertThat(history().rotations("another")).containsExactly(toAnother);
        assertThat(history().rotations("NAME")).isEmpty();
    }

    @Test
    default void remembersARotationAfterItsSecretIsDeleted() {
        StoredSecret secret = named("name");
        replace(Optional.empty(), secret);
        store().delete(secret.id());
        assertThat(history().rotations("name")).hasSize(1);
    }

    @Test
    default void remembersNothingElse() {
        assertThat(history().rotations()).isEmpty();
        StoredSecret secret = insert(named("name"));
        StoredSecret deleted = insert(named("name"));
        store().swap(secret, reencrypted(secret, KEY_A));
        store().delete(deleted.id());
        store().forbid(KEY_B);
        assertThat(store().replaceNamed(Optional.empty(), named("name"))).isEqualTo(WriteOutcome.CHANGED);
        assertThat(store().replaceNamed(Optional.of(secret.id()), named("name", KEY_B)))
                .isEqualTo(WriteOutcome.KEY_FORBIDDEN);
        assertThatThrownBy(() -> store().replaceNamed(Optional.of(secret.id()), withId(secret.id(), "name")))
                .isInstanceOf(StoreException.class);
        assertThat(history().rotations()).isEmpty();
    }

    @Test
    default void tellsRotationsInAListThatNobodyChanges() {
        replace(Optional.empty(), named("name"));
        List<Rotation> all = history().rotations();
        List<Rotation> ofName = history().rotations("name");
        replace(Optional.empty(), named("another"));
        for (List<Rotation> rotations : List.of(all, ofName)) {
            assertThat(rotations).hasSize(1);
            assertThatThrownBy(() -> rotations.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    default void whoSeesANewSecretSeesItsRotation() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        RotationHistory history = history();
        Callable<Integer> look = () -> {
            int missed = 0;
            while (!over.get()) {
                Optional<String> id = store().findByName("name").map(StoredSecret::id);
                List<Rotation> rotations = history.rotations("name");
                missed += id.isEmpty()
                                || rotations.stream().anyMatch(r -> r.newId().equals(id.get()))
                        ? 0
                        : 1;
            }
            return missed;
        };
        Callable<Integer> rotate = () -> {
            Optional<String> previous = Optional.empty();
            for (int i = 0; i < rounds(); i++) {
                StoredSecret next = named("name");
                replace(previous, next);
                previous = Optional.of(next.id());
            }
            over.set(true);
            return 0;
        };
        assertThat(together(List.of(look, rotate))).containsOnly(0);
    }

    @Test
    default void rotationsMadeAtOnceFormOneChain() throws Exception {
        List<Callable<Integer>> tasks = Collections.nCopies(4, () -> {
            int done = 0;
            for (int i = 0; i < Math.min(rounds(), 2_000); i++) {
                Optional<String> first = store().findByName("name").map(StoredSecret::id);
                done += store().replaceNamed(first, named("name")) == WriteOutcome.DONE ? 1 : 0;
            }
            return done;
        });
        int done = 0;
        for (int byOne : together(tasks)) {
            done += byOne;
        }
        List<Rotation> rotations = new ArrayList<>(history().rotations());
        assertThat(rotations).hasSize(done);
        Optional<String> previous = Optional.empty();
        for (Rotation rotation : rotations) {
            assertThat(rotation.previousId()).isEqualTo(previous);
            previous = Optional.of(rotation.newId());
        }
        assertThat(store().findByName("name").map(StoredSecret::id)).isEqualTo(previous);
    }

    @Test
    default void aHistoryRefusesANameThatIsNull() {
        RotationHistory history = history();
        assertThatNullPointerException()
                .isThrownBy(() -> history.rotations(null))
                .withMessage("name");
    }

    private void replace(Optional<String> expectedFirstId, StoredSecret replacement) {
        assertThat(store().replaceNamed(expectedFirstId, replacement)).isEqualTo(WriteOutcome.DONE);
    }

    private RotationHistory history() {
        assumeThat(store()).isInstanceOf(RotationHistory.class);
        return (RotationHistory) store();
    }
}
