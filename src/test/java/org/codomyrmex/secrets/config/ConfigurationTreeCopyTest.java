// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.JapaneseDate;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("JavaUtilDate")
class ConfigurationTreeCopyTest {

    private static final String CANARY = ScalarTypeTest.CANARY;

    private static Object copy(Object value) {
        return Objects.requireNonNull(
                ConfigurationTree.copyOf(Map.of("x", value)).toMap().get("x"));
    }

    static Stream<Object> immutables() throws Exception {
        return Stream.of(
                "text",
                true,
                'c',
                (byte) 1,
                (short) 2,
                3,
                4L,
                5f,
                6d,
                Double.NaN,
                Float.POSITIVE_INFINITY,
                BigInteger.TWO,
                BigInteger.TEN.pow(10_001),
                BigDecimal.TEN,
                DayOfWeek.MONDAY,
                ScalarType.NUMBER,
                Instant.EPOCH,
                Duration.ZERO,
                Period.ZERO,
                LocalDate.EPOCH,
                ZoneId.of("Europe/Berlin"),
                ZoneOffset.UTC,
                ZonedDateTime.of(2001, 2, 3, 4, 5, 6, 7, ZoneOffset.UTC),
                JapaneseDate.of(2001, 2, 3),
                new UUID(1, 2),
                URI.create("urn:x"),
                new File("x"),
                Path.of("x"),
                Locale.ROOT,
                Currency.getInstance("EUR"),
                StandardCharsets.UTF_8,
                String.class,
                Pattern.compile("x"));
    }

    @ParameterizedTest
    @MethodSource("immutables")
    void takesValuesThatCannotChangeAsTheyAre(Object value) {
        assertThat(copy(value)).isSameAs(value);
        assertThat(copy(List.of(value))).isEqualTo(List.of(value));
        assertThat(copy(Map.of(value, 1))).isEqualTo(Map.of(value, 1));
    }

    static Stream<Object> strangers() {
        return Stream.of(
                Trees.builder(CANARY),
                new AtomicInteger(31337),
                Optional.of(CANARY),
                Calendar.getInstance(),
                new DateTimeFormatterBuilder(),
                new Object(),
                ByteBuffer.allocate(3),
                (Supplier<String>) () -> CANARY,
                new Precise(),
                new Someday(),
                Map.entry(CANARY, CANARY),
                new Secretive(CANARY),
                Thread.currentThread());
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("strangers")
    void refusesOtherTypesByPathAndType(Object value) {
        String type = value.getClass().getTypeName();
        assertRefused(Map.of("a", Map.of("b", List.of(1, value))), "'a.b.1'", type, "Convert");
        assertRefused(Map.of("a", Set.of(value)), "'a.0'", type, "Convert");
        assertRefused(Map.of("a", new Object[] {1, value}), "'a.1'", type, "Convert");
        assertRefused(Map.of("a", Map.of(value, 1)), "The map at 'a' has a key", type, "Use strings");
    }

    private static void assertRefused(Map<String, ?> configuration, String... parts) {
        var refusal = catchThrowableOfType(ConfigurationProblem.class, () -> ConfigurationTree.copyOf(configuration));
        assertThat(refusal).as("refusal").isNotNull().hasNoCause();
        assertThat(refusal).message().contains(parts).doesNotContain(CANARY, "31337");
    }

    @Test
    void keepsOrderAndKeysAndNulls() {
        Map<Object, Object> nested = new LinkedHashMap<>();
        nested.put(2, "int");
        nested.put(null, "null");
        nested.put(1L, null);
        nested.put("", "empty");
        nested.put(DayOfWeek.FRIDAY, 'f');
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("z", nested);
        configuration.put("a", null);
        configuration.put("m", Arrays.asList(null, "x", null));

        Map<String, Object> result = ConfigurationTree.copyOf(configuration).toMap();

        assertThat(Trees.describe(result)).isEqualTo(Trees.describe(configuration));
        assertThat(result).isExactlyInstanceOf(LinkedHashMap.class);
        assertThat(result.get("z")).isExactlyInstanceOf(LinkedHashMap.class);
        assertThat(result.get("m")).isExactlyInstanceOf(ArrayList.class);
    }

    @Test
    void copiesCollectionsOfEveryKindInOrder() {
        Properties properties = new Properties();
        properties.put("k", "v");
        assertThat(copy(new TreeMap<>(Map.of("b", 1, "a", 2))).toString()).isEqualTo("{a=2, b=1}");
        assertThat(copy(properties)).isExactlyInstanceOf(LinkedHashMap.class).isEqualTo(Map.of("k", "v"));
        assertThat(copy(new TreeSet<>(List.of("b", "a"))))
                .isExactlyInstanceOf(LinkedHashSet.class)
                .hasToString("[a, b]");
        assertThat(copy(new ArrayDeque<>(List.of("b", "a"))))
                .isExactlyInstanceOf(ArrayList.class)
                .hasToString("[b, a]");
        assertThat(copy(List.of())).isExactlyInstanceOf(ArrayList.class);
        assertThat(copy(Set.of(List.of(Map.of("a", Set.of(1))))))
                .isExactlyInstanceOf(LinkedHashSet.class)
                .isEqualTo(Set.of(List.of(Map.of("a", Set.of(1)))));
    }

    @Test
    void copiesArraysWithTheirTypesAndAllThatIsInThem() {
        for (Object array : List.of(
                new byte[] {1, 2},
                new char[] {'a'},
                new double[] {1.5},
                new boolean[0],
                new int[][] {{1}, {2, 3}},
                new String[] {"a", null},
                new Object[] {List.of("a"), Map.of("b", new Date[] {new Date(5)}), Set.of(1)},
                new List<?>[] {List.of(1)},
                new DayOfWeek[] {DayOfWeek.SUNDAY})) {
            Object copied = copy(array);
            assertThat(copied).isNotSameAs(array).hasSameClassAs(array);
            assertThat(Trees.describe(copied)).isEqualTo(Trees.describe(array));
        }
    }

    @Test
    void refusesArraysThatCannotHoldTheCopy() {
        assertRefused(
                Map.of("a", new TreeMap<?, ?>[] {new TreeMap<>()}),
                "'a.0'",
                "java.util.TreeMap in an array of java.util.TreeMap",
                "java.util.LinkedHashMap",
                "Use a list");
        assertRefused(Map.of("a", new ArrayDeque<?>[] {new ArrayDeque<>()}), "'a.0'", "java.util.ArrayDeque");
        assertRefused(Map.of("a", new TreeSet<?>[] {new TreeSet<>()}), "'a.0'", "java.util.LinkedHashSet");
        assertThat(copy(new HashMap<?, ?>[] {new HashMap<>()})).isInstanceOf(HashMap[].class);
    }

    @Test
    void clonesDates() {
        for (Date date : List.of(new Date(7), new Timestamp(8), new java.sql.Date(9), new java.sql.Time(10))) {
            assertThat(copy(date)).isNotSameAs(date).isEqualTo(date).hasSameClassAs(date);
        }
    }

    @Test
    void refusesKeysThatAreNotStringsAtTheTop() {
        assertRefused(badKey(5), "The map at the top level has a key of type java.lang.Integer", "must be strings");
        assertRefused(badKey(null), "The map at the top level has a key of type null", "must be strings");
        assertRefused(badKey(Trees.builder(CANARY)), "key of type java.lang.StringBuilder");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, ?> badKey(@Nullable Object key) {
        Map<Object, Object> map = new HashMap<>();
        map.put(key, CANARY);
        return (Map<String, ?>) (Map<?, ?>) map;
    }

    @Test
    void refusesKeysThatOnlyAStrangeMapTellsApart() {
        IdentityHashMap<Object, Object> strange = new IdentityHashMap<>();
        strange.put(new String("same"), CANARY);
        strange.put(new String("same"), CANARY);
        assertRefused(Map.of("a", strange), "The map at 'a' has equal keys: 'a.same'");
    }

    @Test
    void namesItsParameter() {
        assertThatThrownBy(() -> ConfigurationTree.copyOf(Trees.nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("configuration");
    }

    @Test
    void showsNothing() {
        assertThat(ConfigurationTree.copyOf(Map.of("a", CANARY))).hasToString("ConfigurationTree");
    }

    /** A record, whose components anyone may change. */
    private record Secretive(String password) {}

    /** A BigDecimal that could change. */
    @SuppressWarnings("serial")
    private static final class Precise extends BigDecimal {
        Precise() {
            super("31337");
        }
    }

    /** A date whose clone is its own affair. */
    @SuppressWarnings("serial")
    private static final class Someday extends Date {}
}
