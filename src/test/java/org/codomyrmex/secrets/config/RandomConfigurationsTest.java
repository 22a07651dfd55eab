// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.codomyrmex.secrets.config.ConfigurationTree.Leaf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RandomConfigurationsTest {

    private static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @Test
    void sharesNothingThatCanChange() {
        seeds().forEach(seed -> {
            Map<String, Object> configuration = RandomConfigurations.ofAnything(seed);
            String original = Trees.describe(RandomConfigurations.ofAnything(seed));
            ConfigurationTree tree = ConfigurationTree.copyOf(configuration);
            Map<String, Object> result = tree.toMap();
            assertThat(Trees.describe(result)).as("seed %d", seed).isEqualTo(original);

            Trees.devastate(result);
            assertThat(Trees.describe(configuration)).as("seed %d", seed).isEqualTo(original);
            assertThat(Trees.describe(tree.toMap())).as("seed %d", seed).isEqualTo(original);

            Trees.devastate(configuration);
            assertThat(Trees.describe(tree.toMap())).as("seed %d", seed).isEqualTo(original);
        });
    }

    @Test
    void givesBackWhatWasReplacedByReferences() {
        seeds().forEach(seed -> {
            Map<String, Object> configuration = RandomConfigurations.ofPlainNames(seed);
            Map<String, String> plaintexts = new HashMap<>();
            ConfigurationTree tree = ConfigurationTree.copyOf(configuration);

            for (Leaf leaf : tree.select(configuration.keySet(), key -> {})) {
                String token = "gA" + String.format("%096d", plaintexts.size()) + "==";
                plaintexts.put(token, ScalarType.textOf(leaf.value()));
                leaf.replace(
                        Reference.toToken(ScalarType.of(leaf.value()), token).text());
            }
            ConfigurationTree encrypted = ConfigurationTree.copyOf(tree.toMap());
            assertThat(encrypted.references()).as("seed %d", seed).hasSize(plaintexts.size());
            for (Leaf leaf : encrypted.references()) {
                Reference reference = Reference.parse((String) leaf.value()).orElseThrow();
                leaf.replace(reference.type().read(plaintexts.getOrDefault(reference.token(), "lost")));
            }

            assertThat(Trees.describe(plain(encrypted.toMap())))
                    .as("seed %d", seed)
                    .isEqualTo(Trees.describe(plain(configuration)));
            assertThat(Trees.describe(configuration))
                    .as("seed %d", seed)
                    .isEqualTo(Trees.describe(RandomConfigurations.ofPlainNames(seed)));
        });
    }

    /** The same with every number as its plain decimal, so that classes do not matter and values do. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, child) -> plain.put(key, plain(child)));
            return plain;
        }
        if (value instanceof Collection<?> collection) {
            List<@Nullable Object> plain = new ArrayList<>();
            collection.forEach(child -> plain.add(plain(child)));
            return plain;
        }
        if (value instanceof Double number && number == 0 && 1 / number < 0) {
            return "negative zero";
        }
        return value instanceof Number number ? new BigDecimal(number.toString()).stripTrailingZeros() : value;
    }

    @Test
    void choosesEachLeafByItsPath() {
        seeds().forEach(seed -> {
            Map<String, Object> configuration = RandomConfigurations.ofPlainNames(seed);
            ConfigurationTree tree = ConfigurationTree.copyOf(configuration);
            for (Leaf leaf : tree.select(configuration.keySet(), key -> {})) {
                String brackets = leaf.path().replaceAll("\\.([0-9]+)", "[$1]");
                assertThat(tree.select(List.of(leaf.path()), key -> {})).containsExactly(leaf);
                assertThat(tree.select(List.of(brackets), key -> {})).containsExactly(leaf);
            }
        });
    }

    @Test
    void findsWhatAPlainReadingOfTheRulesFinds() {
        int[] found = {0};
        seeds().forEach(seed -> {
            Map<String, Object> configuration = RandomConfigurations.ofConfusingNames(seed);
            ConfigurationTree tree = ConfigurationTree.copyOf(configuration);
            Random random = new Random(seed);
            for (int i = 0; i < 100; i++) {
                String key =
                        RandomConfigurations.confusingName(random) + "." + RandomConfigurations.confusingName(random);
                List<Object> expected = plainReading(configuration, key);
                List<String> absent = new ArrayList<>();
                List<Leaf> leaves = tree.select(List.of(key), absent::add);
                assertThat(absent).as("%s in %s", key, configuration).hasSize(expected.isEmpty() ? 1 : 0);
                if (!expected.isEmpty()) {
                    found[0]++;
                    assertThat(leaves.stream().map(Leaf::value).toList())
                            .as("%s in %s", key, configuration)
                            .isEqualTo(flat(expected.get(0)));
                }
            }
        });
        assertThat(found[0]).isGreaterThan(1_000);
    }

    /** What the key names, as the only element; empty if nothing. A null counts as an empty list. */
    private static List<Object> plainReading(@Nullable Object value, String rest) {
        if (value instanceof Map<?, ?> map) {
            for (int end = rest.length(); end >= 0; end--) {
                String name = rest.substring(0, end);
                if (map.containsKey(name)) {
                    List<Object> found = plainRest(map.get(name), rest.substring(end));
                    if (!found.isEmpty()) {
                        return found;
                    }
                }
            }
        }
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (rest.equals("" + i) || rest.startsWith(i + ".") || rest.startsWith(i + "[")) {
                    return plainRest(list.get(i), rest.substring(("" + i).length()));
                }
            }
        }
        return List.of();
    }

    private static List<Object> plainRest(@Nullable Object value, String rest) {
        if (rest.isEmpty()) {
            return List.of(value == null ? List.of() : value);
        }
        if (rest.startsWith(".")) {
            return plainReading(value, rest.substring(1));
        }
        if (rest.startsWith("[") && value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (rest.startsWith("[" + i + "]")) {
                    return plainRest(list.get(i), rest.substring(("[" + i + "]").length()));
                }
            }
        }
        return List.of();
    }

    private static List<Object> flat(Object value) {
        List<Object> leaves = new ArrayList<>();
        Collection<?> children = value instanceof Map<?, ?> map ? map.values() : List.of();
        if (value instanceof Map || value instanceof List) {
            for (Object child : value instanceof List<?> list ? list : children) {
                if (child != null) {
                    leaves.addAll(flat(child));
                }
            }
        } else {
            leaves.add(value);
        }
        return leaves;
    }
}
