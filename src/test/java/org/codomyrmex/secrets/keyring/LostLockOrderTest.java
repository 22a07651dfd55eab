// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codomyrmex.secrets.keyring.InterleavedDisk.Fence;
import org.codomyrmex.secrets.keyring.LostLock.Pair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two writers work on one ring at the same time because their lock was lost, in the orders of their steps that a few
 * turns make: no key that one of them returned is missing afterwards, nor one that a reader used in between. Then each
 * part of the fence is left out, and in some order a key is lost.
 */
class LostLockOrderTest {

    private LostLock lost;

    @BeforeEach
    void makeDirectory() throws IOException {
        lost = new LostLock();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        lost.removeAll();
    }

    @Test
    void losesNoKeyInAnyOrderOfTwoTurnsOfAFewPairs() {
        assertNothingIsLost(Pair.few(), false);
    }

    @Test
    @Tag("slow")
    void losesNoKeyInAnyOrderOfTwoTurnsOfAllPairs() {
        assertNothingIsLost(Pair.ALL, false);
    }

    private void assertNothingIsLost(List<Pair> pairs, boolean threeTurns) {
        List<String> losses = new ArrayList<>();
        for (Pair pair : pairs) {
            losses.addAll(lost.in(pair, Optional.empty(), threeTurns));
        }
        System.out.printf(
                "orders of two writers without a lock %d, lost %d, writers that gave up %d%n",
                lost.orders(), losses.size(), lost.refusals());
        assertThat(losses).isEmpty();
        assertThat(lost.orders()).isGreaterThan(500);
    }

    @ParameterizedTest
    @EnumSource
    void losesAKeyIfAPartOfTheFenceIsLeftOut(Fence fence) {
        Optional<String> first = Pair.ALL.stream()
                .flatMap(pair -> lost.in(pair, Optional.of(fence), true).stream())
                .findFirst();
        System.out.printf("without %s: %s after %d orders%n", fence, first.orElse("NOTHING IS LOST"), lost.orders());
        assertThat(first).isPresent();
    }
}
