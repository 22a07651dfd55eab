// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ConfigurationTreeDepthTest {

    /** So many maps and lists inside each other, itself included, with a string in the innermost. */
    private static Map<String, Object> nested(int levels) {
        Object inner = "text";
        for (int level = levels; level > 1; level--) {
            inner = level % 2 == 0 ? List.of(inner) : Map.of("k", inner);
        }
        return new HashMap<>(Map.of("k", inner));
    }

    @Test
    void copiesAThousandLevels() {
        ConfigurationTree tree = ConfigurationTree.copyOf(nested(1_000));

        List<ConfigurationTree.Leaf> leaves = tree.select(List.of("k"), key -> {});

        assertThat(leaves).hasSize(1);
        assertThat(leaves.get(0).path()).startsWith("k.0.k.0").hasSize(2 * 1_000 - 1);
        assertThat(tree.select(List.of(leaves.get(0).path()), key -> {})).isEqualTo(leaves);
        leaves.get(0).replace("encrypted:x");
        assertThat(tree.references()).isEqualTo(leaves);
        assertThat(tree.toMap()).isNotNull();
    }

    @Test
    void refusesMoreByTheBeginningOfThePath() {
        assertThatThrownBy(() -> ConfigurationTree.copyOf(nested(1_001)))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContainingAll("more than 1000 deep at 'k.0.k.0.", "…'")
                .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(700));
        assertThatThrownBy(() -> ConfigurationTree.copyOf(nested(100_000))).isInstanceOf(ConfigurationProblem.class);
    }

    @Test
    void refusesWhatContainsItself() {
        Map<String, Object> map = new HashMap<>();
        map.put("self", map);
        map.put("again", map);
        assertThatThrownBy(() -> ConfigurationTree.copyOf(map))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("contains itself");

        List<Object> list = new ArrayList<>();
        list.add(new Object[] {list});
        assertThatThrownBy(() -> ConfigurationTree.copyOf(Map.of("list", list)))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("contains itself");
    }

    @Test
    void needsNoStackForDepth() throws Exception {
        Map<String, Object> configuration = nested(1_000);

        Object value = onSmallStack(() -> {
            ConfigurationTree tree = ConfigurationTree.copyOf(configuration);
            ConfigurationTree.Leaf leaf = tree.select(List.of("k"), key -> {}).get(0);
            tree.select(List.of(leaf.path()), key -> {}).get(0).replace("encrypted:x");
            tree.toMap();
            return tree.references().get(0).value();
        });

        assertThat(value).isEqualTo("encrypted:x");
    }

    /** On a stack that a method calling itself a thousand times would overflow. */
    private static <T> T onSmallStack(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(null, task, "small stack", 140 * 1024L);
        thread.start();
        return task.get();
    }

    @Test
    void copiesWhatOccursTwiceTwice() {
        List<String> shared = List.of("text");
        ConfigurationTree tree = ConfigurationTree.copyOf(Map.of("a", shared, "b", shared));

        tree.select(List.of("a"), key -> {}).get(0).replace("other");

        assertThat(tree.toMap()).isEqualTo(Map.of("a", List.of("other"), "b", List.of("text")));
    }
}
