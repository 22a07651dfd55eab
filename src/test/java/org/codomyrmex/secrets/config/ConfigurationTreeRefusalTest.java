// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.config.Trees.map;
import static org.codomyrmex.secrets.config.Trees.selected;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("JavaUtilDate")
class ConfigurationTreeRefusalTest {

    private static final String CANARY = ScalarTypeTest.CANARY;

    /** The absent keys that select told of. */
    private final List<String> told = new ArrayList<>();

    @Test
    void refusesToGuessBetweenKeysThatReadAlike() {
        Map<Object, Object> nested = new LinkedHashMap<>();
        nested.put(1, CANARY);
        nested.put("1", Map.of("a", CANARY));
        nested.put(2L, CANARY);
        nested.put(2, CANARY);
        nested.put("other", "o");
        Map<String, Object> configuration = map("x", nested);
        for (String key : List.of("x.1", "x.1.a", "x.2")) {
            assertThatThrownBy(() -> selected(configuration, key))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContainingAll("'" + key.substring(0, 3) + "'", "different types", "Rename")
                    .hasMessageNotContaining(CANARY);
        }
        assertThat(selected(configuration, "x.other")).containsExactly("x.other=o");
        assertThat(selected(configuration, "x")).hasSize(5);
    }

    static Stream<Arguments> unchoosable() {
        return Stream.<Object>of(
                        'c',
                        Double.NaN,
                        Float.NEGATIVE_INFINITY,
                        BigInteger.TEN.pow(10_000),
                        new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE),
                        Instant.EPOCH,
                        new UUID(1, 2),
                        new Date(5),
                        DayOfWeek.MONDAY,
                        CANARY.toCharArray(),
                        new byte[] {1},
                        new String[] {CANARY},
                        Set.of(CANARY),
                        new ArrayDeque<>(List.of(CANARY)))
                .map(value -> Arguments.of(value));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("unchoosable")
    void refusesToChooseOtherTypesByPathAndType(Object value) {
        Map<String, Object> configuration = map("a", map("b", "x", "c", List.of("y", value)), "d", "z");
        ConfigurationTree tree = ConfigurationTree.copyOf(configuration);
        for (String key : List.of("a", "a.c", "a.c.1", "a.c[1]")) {
            var refusal = catchThrowableOfType(
                    ConfigurationProblem.class, () -> tree.select(List.of("d", "absent", key), told::add));
            assertThat(refusal).as("refusal").isNotNull().hasNoCause();
            assertThat(refusal)
                    .message()
                    .contains("'a.c.1'", value.getClass().getTypeName(), "do not choose it")
                    .doesNotContain(CANARY, "NaN", "Infinity");
        }
        assertThat(told).isEmpty();
        assertThat(selected(configuration, "d", "a.b", "a.c.0")).containsExactly("d=z", "a.b=x", "a.c.0=y");
    }

    @Test
    void refusesPathsIntoSetsAndArrays() {
        for (Object value : List.of(Set.of(CANARY), new String[] {CANARY}, new ArrayDeque<>(List.of(CANARY)))) {
            for (String key : List.of("a.b.0", "a.b[0]", "a.b.x")) {
                assertThatThrownBy(() -> selected(map("a", map("b", value)), key))
                        .isInstanceOf(ConfigurationProblem.class)
                        .hasMessageContainingAll(
                                "'" + key + "'", "'a.b'", value.getClass().getTypeName())
                        .hasMessageContaining("Use a list")
                        .hasMessageNotContaining(CANARY);
            }
        }
    }

    @Test
    void namesTheMistakenParameter() {
        ConfigurationTree tree = ConfigurationTree.copyOf(map("url", "u"));
        assertThatThrownBy(() -> tree.select(Trees.nothing(), told::add))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("keys");
        assertThatThrownBy(() -> tree.select(Arrays.asList("url", null), told::add))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("keys");
        assertThatThrownBy(() -> tree.select(List.of("url"), Trees.nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("absentKey");
        assertThatThrownBy(() -> tree.select(List.of("absent", ""), told::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("keys", "empty");
        assertThat(told).isEmpty();
    }
}
