// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept beside a secret: exactly what was given, and nobody's to change. */
class MetadataTest {

    static final List<Object> KEPT_EXACTLY = Arrays.asList(
            null,
            "",
            "text",
            true,
            false,
            (byte) -1,
            (short) 300,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            0.1f,
            -0.0,
            Double.MIN_VALUE,
            new BigInteger("123456789012345678901234567890"),
            new BigDecimal("1.10"),
            new BigDecimal("1E+400"),
            List.of(),
            Map.of(),
            List.of(1, List.of("two", Map.of("three", 3.0))),
            Collections.singletonMap("null", null),
            Collections.singletonList(null));

    /** A number of a class that may change under us. */
    private static final class Counter extends BigInteger {

        private static final long serialVersionUID = 1L;

        Counter() {
            super("1");
        }
    }

    static final List<Arguments> REFUSED = Stream.of(
                    'c',
                    CharBuffer.wrap("text"),
                    new AtomicInteger(1),
                    new LongAdder(),
                    new Counter(),
                    Instant.EPOCH,
                    Set.of("a"),
                    new int[] {1},
                    new String[] {"a"},
                    Thread.State.NEW,
                    new Object())
            .map(value -> Arguments.of(value))
            .toList();

    private final SecretManager manager = SecretManager.inMemory();

    @AfterEach
    void close() {
        manager.close();
    }

    private Map<String, Object> kept(Map<String, ?> metadata) {
        return manager.describeSecret(manager.storeSecret("name", canary(), metadata))
                .orElseThrow()
                .metadata();
    }

    @ParameterizedTest
    @FieldSource("KEPT_EXACTLY")
    void keepsItsWorthAndItsType(Object value) {
        Map<String, Object> metadata = Collections.singletonMap("entry", value);
        Map<String, Object> kept = kept(metadata);
        assertThat(kept).isEqualTo(metadata);
        if (value instanceof Number) {
            assertThat(kept.get("entry")).hasSameClassAs(value);
        }
    }

    @Test
    void keepsTheOrderOfItsEntries() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (String name : List.of("z", "a", "", "m", "dotted.name", "\n")) {
            metadata.put(name, 1);
        }
        assertThat(kept(metadata).keySet()).containsExactlyElementsOf(metadata.keySet());
    }

    @Test
    void isCopiedDeeply() {
        List<Object> list = new ArrayList<>(List.of("one"));
        Map<String, Object> inner = new HashMap<>(Map.of("list", list));
        Map<String, Object> metadata = new HashMap<>(Map.of("inner", inner));
        Map<String, Object> kept = kept(metadata);
        Map<String, Object> expected = Map.of("inner", Map.of("list", List.of("one")));

        list.add("two");
        inner.put("further", 1);
        metadata.clear();
        assertThat(kept).isEqualTo(expected);
    }

    @Test
    void cannotBeChangedAtAnyDepth() {
        Map<String, Object> kept = kept(Map.of("inner", Map.of("list", List.of("one"))));
        Map<?, ?> inner = (Map<?, ?>) kept.get("inner");
        List<?> list = (List<?>) inner.get("list");
        assertThatThrownBy(() -> kept.put("a", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(inner::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(list::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @FieldSource("REFUSED")
    void refusesAnyOtherTypeNamingTheEntryAndTheType(Object value) {
        assertThat(refused(Map.of("outer", List.of(0, Map.of("entry", value)))))
                .hasMessageContainingAll(
                        "metadata.outer.1.entry", value.getClass().getName(), "expected null, a String");
        assertThat(refused(Map.of("entry", value))).hasMessageStartingWith("metadata.entry ");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesNumbersThatAreNotFinite(double value) {
        assertThat(refused(Map.of("entry", value))).hasMessageContainingAll("metadata.entry", "not a finite number");
        assertThat(refused(Map.of("entry", (float) value)))
                .hasMessageContainingAll("metadata.entry", "not a finite number");
    }

    @Test
    @SuppressWarnings("unchecked")
    void refusesNamesThatAreNoStrings() {
        Map<?, ?> numbered = Map.of(1, "one");
        assertThat(refused((Map<String, ?>) numbered)).hasMessageContainingAll("metadata", "java.lang.Integer");
        assertThat(refused(Map.of("inner", numbered))).hasMessageContainingAll("metadata.inner", "java.lang.Integer");
        assertThat(refused(Collections.singletonMap(null, "value"))).hasMessageContainingAll("metadata", "null");
    }

    @Test
    void refusesAMapThatContainsItself() {
        Map<String, Object> circle = new HashMap<>();
        circle.put("circle", circle);
        assertThat(refused(circle)).hasMessageContainingAll("metadata.circle", "nested more than 100 deep");
    }

    @Test
    void isKeptUpToADepthOf100() {
        Map<String, Object> nested = Map.of();
        for (int depth = 0; depth < 100; depth += 2) {
            nested = Map.of("map", List.of(nested));
        }
        assertThat(refused(Map.of("outer", nested))).hasMessageContaining("nested more than 100 deep");
        assertThat(kept(nested)).isEqualTo(nested);
    }

    @Test
    void showsNoValueAndNoControlCharacterInAMessage() {
        Map<String, Object> inner = new HashMap<>();
        inner.put(canary().substring(0, 3) + "\u001b[31m\n", CharBuffer.wrap(canary()));
        assertThat(refused(Map.of("x", inner)).getMessage())
                .doesNotContain("\n", "\u001b")
                .contains("\\u001b");
    }

    private IllegalArgumentException refused(Map<String, ?> metadata) {
        IllegalArgumentException refused =
                refusal(IllegalArgumentException.class, () -> manager.storeSecret("name", canary(), metadata));
        assertThat(refusal(IllegalArgumentException.class, () -> manager.storeSecret("name", new byte[1], metadata)))
                .hasMessage(refused.getMessage());
        assertThat(manager.listSecrets()).isEmpty();
        return refused;
    }
}
