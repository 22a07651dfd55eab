// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.codomyrmex.secrets.config.ConfigurationTree.Leaf;
import org.junit.jupiter.api.Test;

@SuppressWarnings("JavaUtilDate")
class ConfigurationTreeTest {

    private static final String CANARY = ScalarTypeTest.CANARY;

    private static final String MARKED = "encrypted:" + CANARY;

    private static List<String> paths(List<Leaf> leaves) {
        return leaves.stream().map(Leaf::path).toList();
    }

    @Test
    void replacesLeavesInItsCopyAlone() {
        Map<String, Object> database = new LinkedHashMap<>(Map.of("password", "old"));
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("database", database);
        configuration.put("port", 5432);
        ConfigurationTree tree = ConfigurationTree.copyOf(configuration);

        Leaf leaf = tree.select(List.of("database"), key -> {}).get(0);
        assertThat(leaf.value()).isEqualTo("old");
        leaf.replace("new");

        assertThat(leaf.value()).isEqualTo("new");
        assertThat(tree.toMap()).isEqualTo(Map.of("database", Map.of("password", "new"), "port", 5432));
        assertThat(database).isEqualTo(Map.of("password", "old"));
    }

    @Test
    void givesEveryResultItsOwnCollections() {
        ConfigurationTree tree =
                ConfigurationTree.copyOf(Map.of("a", Map.of("b", List.of("c")), "d", new byte[] {1}, "e", new Date(7)));
        String before = Trees.describe(tree.toMap());

        Trees.devastate(tree.toMap());

        assertThat(Trees.describe(tree.toMap())).isEqualTo(before);
    }

    @Test
    void takesEveryTypeOfLeafAsReplacement() {
        ConfigurationTree tree = ConfigurationTree.copyOf(Map.of("a", "x"));
        Leaf leaf = tree.select(List.of("a"), key -> {}).get(0);
        for (Object value : List.of("", true, 1, 2L, 1.5, BigInteger.TEN, BigDecimal.ONE, (byte) 3)) {
            leaf.replace(value);
            assertThat(leaf.value()).isSameAs(value);
            assertThat(tree.toMap()).containsEntry("a", value);
        }
    }

    @Test
    void refusesOtherReplacementsWithoutTheirValue() {
        Leaf leaf = ConfigurationTree.copyOf(Map.of("a", "x"))
                .select(List.of("a"), key -> {})
                .get(0);
        for (Object value : List.of(List.of(CANARY), Trees.builder(CANARY), new AtomicLong(31337), Double.NaN)) {
            assertThatThrownBy(() -> leaf.replace(value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(value.getClass().getName())
                    .hasMessageNotContaining(CANARY)
                    .hasMessageNotContaining("31337");
        }
        assertThat(leaf.value()).isEqualTo("x");
    }

    @Test
    void findsMarkedStringsEverywhereInOrder() {
        Map<Object, Object> nested = new LinkedHashMap<>();
        nested.put(7, MARKED);
        nested.put("encrypted:key", "clear");
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("z", MARKED);
        configuration.put("list", Arrays.asList("x", MARKED, null, List.of(MARKED)));
        configuration.put("map", nested);
        configuration.put("set", new LinkedHashSet<>(List.of("x", MARKED)));
        configuration.put("queue", new ArrayDeque<>(List.of(MARKED)));
        configuration.put("strings", new String[] {MARKED, "x"});
        configuration.put("objects", new Object[] {1, Map.of("m", MARKED)});
        configuration.put("characters", MARKED.toCharArray());
        configuration.put("other", " " + MARKED);
        configuration.put("upper", "ENCRYPTED:x");
        configuration.put("number", 5);
        configuration.put("bare", "encrypted:");

        ConfigurationTree tree = ConfigurationTree.copyOf(configuration);

        assertThat(paths(tree.references()))
                .containsExactly(
                        "z", "list.1", "list.3.0", "map.7", "set.1", "queue.0", "strings.0", "objects.1.m", "bare");
    }

    @Test
    void replacesReferencesInSetsAndArrays() {
        ConfigurationTree tree = ConfigurationTree.copyOf(Map.of(
                "set", new LinkedHashSet<>(List.of("a", MARKED, "z")),
                "strings", new String[] {MARKED},
                "objects", new Object[] {MARKED}));

        tree.references().forEach(leaf -> leaf.replace(leaf.path().equals("objects.0") ? (Object) 5 : "clear"));

        Map<String, Object> result = tree.toMap();
        assertThat(result.get("set")).hasToString("[a, clear, z]");
        assertThat(result.get("strings")).isEqualTo(new String[] {"clear"});
        assertThat(result.get("objects")).isEqualTo(new Object[] {5});
    }

    @Test
    void refusesToPutAnotherTypeIntoAnArray() {
        ConfigurationTree tree = ConfigurationTree.copyOf(Map.of("a", Map.of("b", new String[] {"x", MARKED})));

        for (Number number : List.of(31337, 31337.5, 31337f, new BigInteger("31337"), new BigDecimal("31337"))) {
            assertThatThrownBy(() -> tree.references().get(0).replace(number))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContainingAll("'a.b.1'", "array of java.lang.String")
                    .hasMessageContaining(
                            "a number of type " + number.getClass().getName() + ". Use a list")
                    .hasMessageNotContaining("31337")
                    .hasMessageNotContaining(CANARY);
        }
    }

    @Test
    void findsWhatIsMarkedNowAndNotWhatWas() {
        ConfigurationTree tree = ConfigurationTree.copyOf(Map.of("a", MARKED));
        Leaf leaf = tree.references().get(0);

        leaf.replace(true);
        assertThat(tree.references()).isEmpty();
        leaf.replace("encrypted:again");
        assertThat(tree.references()).containsExactly(leaf);
    }

    @Test
    void showsPathsAndNeverValues() {
        ConfigurationTree tree = ConfigurationTree.copyOf(Map.of("a", List.of(MARKED)));

        assertThat(tree.references().get(0)).hasToString("Leaf['a.0']");
        assertThat(tree.references()).hasToString("[Leaf['a.0']]");
    }

    @Test
    void escapesInMessagesWhatCouldForgeALine() {
        String key = "a\n\u001b[31m\u202e\u2028\ud800\ud83d\ude00é";
        ConfigurationTree tree = ConfigurationTree.copyOf(Map.of(key, MARKED));

        assertThat(tree.references().get(0).path()).isEqualTo(key);
        assertThat(tree.references().get(0))
                .hasToString("Leaf['a\\u000a\\u001b[31m\\u202e\\u2028\\ud800\ud83d\ude00é']");
    }

    @Test
    void cutsInMessagesWhatIsTooLongToRead() {
        for (int length : new int[] {499, 500, 501, 100_000}) {
            ConfigurationTree tree = ConfigurationTree.copyOf(Map.of("\ud83d\ude00".repeat(length), MARKED));
            String shown = "\ud83d\ude00".repeat(Math.min(length, 500)) + (length > 500 ? "…" : "");
            assertThat(tree.references().get(0)).hasToString("Leaf['" + shown + "']");
        }
    }

    @Test
    void copiesAnEmptyConfiguration() {
        ConfigurationTree tree = ConfigurationTree.copyOf(Map.of());
        List<String> absent = new ArrayList<>();

        assertThat(tree.references()).isEmpty();
        assertThat(tree.select(List.of("a"), absent::add)).isEmpty();
        assertThat(absent).containsExactly("a");
        assertThat(tree.toMap()).isEmpty();
    }
}
