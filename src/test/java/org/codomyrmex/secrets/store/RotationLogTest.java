// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RotationLogTest {

    private final RotationLog log = new RotationLog();

    @Test
    void keepsRotationsInTheOrderTheyWereAdded() {
        List<Rotation> added = IntStream.range(0, 10)
                .mapToObj(i -> rotation("name-" + i % 3, i))
                .toList();
        added.forEach(log::add);
        assertThat(log.rotations()).isEqualTo(added);
        assertThat(log.rotations("name-1")).containsExactly(added.get(1), added.get(4), added.get(7));
        assertThat(log.rotations("unknown")).isEmpty();
    }

    @Test
    void keepsTheNewestTenThousandAndForgetsTheOldestFirst() {
        List<Rotation> added = IntStream.range(0, 10_003)
                .mapToObj(i -> rotation("name-" + i % 2, i))
                .toList();
        added.subList(0, 10_000).forEach(log::add);
        assertThat(log.rotations()).isEqualTo(added.subList(0, 10_000));
        added.subList(10_000, 10_003).forEach(log::add);
        assertThat(log.rotations()).isEqualTo(added.subList(3, 10_003));
        assertThat(log.rotations("name-0")).first().isEqualTo(added.get(4));
    }

    @Test
    void keepsWhatManyThreadsAddAtOnce() {
        List<Rotation> added =
                IntStream.range(0, 9_000).mapToObj(i -> rotation("name", i)).toList();
        for (int round = 0; round < 100; round++) {
            RotationLog shared = new RotationLog();
            added.parallelStream().forEach(shared::add);
            assertThat(shared.rotations()).hasSize(added.size()).doesNotContainNull();
        }
        added.parallelStream().forEach(log::add);
        assertThat(log.rotations()).hasSameSizeAs(added).doesNotHaveDuplicates();
    }

    @Test
    void listsAreImmutable() {
        log.add(rotation("name", 1));
        assertThatThrownBy(() -> log.rotations().remove(0)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> log.rotations("name").remove(0)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void refusesNullByTheNameOfTheArgument() {
        assertThatNullPointerException().isThrownBy(() -> log.add(null)).withMessage("rotation");
        assertThatNullPointerException().isThrownBy(() -> log.rotations(null)).withMessage("name");
    }

    @Test
    void aRotationRefusesNullByTheNameOfTheComponent() {
        Optional<String> none = Optional.empty();
        assertThatNullPointerException()
                .isThrownBy(() -> new Rotation(null, "id", none, Instant.EPOCH))
                .withMessage("name");
        assertThatNullPointerException()
                .isThrownBy(() -> new Rotation("name", null, none, Instant.EPOCH))
                .withMessage("newId");
        assertThatNullPointerException()
                .isThrownBy(() -> new Rotation("name", "id", null, Instant.EPOCH))
                .withMessage("previousId");
        assertThatNullPointerException()
                .isThrownBy(() -> new Rotation("name", "id", none, null))
                .withMessage("rotatedAt");
    }

    private static Rotation rotation(String name, int number) {
        return new Rotation(name, "new-" + number, Optional.of("old-" + number), Instant.ofEpochSecond(number));
    }
}
