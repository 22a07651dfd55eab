// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every directory that a power loss can leave, after every step of everything the protocol does, is put on the disk and
 * opened with unmodified code: every token that somebody relies on opens, and a destroyed key stays gone. Then each force
 * and each order of the protocol is left out, one at a time, and something is lost.
 */
class CrashStateTest {

    private CrashStates states;

    @BeforeEach
    void makeDirectory() throws IOException {
        states = new CrashStates();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        states.removeAll();
    }

    @Test
    void losesNothingInAnyStateThatAPowerLossCanLeave() {
        List<String> lost = new ArrayList<>();
        for (CrashScenario scenario : CrashScenario.all()) {
            lost.addAll(states.lostIn(scenario, Deviation.NONE, 1));
        }
        System.out.printf("crash states %d, lost %d%n", states.opened(), lost.size());
        assertThat(lost).isEmpty();
        assertThat(states.opened()).isGreaterThan(1000);
    }

    @Test
    void losesSomethingIfTheKeyFileIsReplacedBeforeTheRing() {
        assertThat(lostInRotations(new Deviation(place -> false, true, false))).isNotEmpty();
    }

    @Test
    void losesSomethingIfTheNewKeyIsUsedBeforeItIsDurable() {
        assertThat(lostInRotations(new Deviation(place -> false, false, true))).isNotEmpty();
    }

    @Test
    @Tag("slow")
    void losesSomethingWithoutAnyOneOfItsForces() throws IOException {
        Set<String> places = new TreeSet<>();
        for (CrashScenario scenario : CrashScenario.all()) {
            places.addAll(
                    scenario.run(states.newDirectory(), Deviation.NONE).disk.placesOfForces());
        }
        Set<String> harmless = new LinkedHashSet<>();
        for (String place : places) {
            boolean found = CrashScenario.all().stream()
                    .anyMatch(scenario -> !states.lostIn(scenario, Deviation.without(place), 0)
                            .isEmpty());
            System.out.printf("without %s: %s%n", place, found ? "something is lost" : "NOTHING IS LOST");
            if (!found) {
                harmless.add(place);
            }
        }
        System.out.printf("forces %d, proven %d%n", places.size(), places.size() - harmless.size());
        assertThat(harmless).isEmpty();
        assertThat(places).hasSizeGreaterThan(5);
    }

    private List<String> lostInRotations(Deviation deviation) {
        return CrashScenario.all().stream()
                .filter(scenario -> scenario.name().contains("rotate"))
                .flatMap(scenario -> states.lostIn(scenario, deviation, 0).stream())
                .toList();
    }
}
