// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.config.Trees.map;
import static org.codomyrmex.secrets.config.Trees.selected;

import java.time.DayOfWeek;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTreeSelectTest {

    private static final Map<String, Object> CONFIGURATION = map(
            "url",
            "u",
            "database",
            map("user", "me", "password", "p", "pool", map("max", 5, "lazy", true, "none", null)),
            "servers",
            List.of(map("host", "h0", "token", "t0"), map("token", "t1", "ports", List.of(1, 2.5))),
            "matrix",
            List.of(List.of("m00", "m01"), List.of("m10")),
            "nothing",
            null,
            "empty",
            map());

    @Test
    void choosesByNameAndByPath() {
        assertThat(selected(CONFIGURATION, "url")).containsExactly("url=u");
        assertThat(selected(CONFIGURATION, "database.password")).containsExactly("database.password=p");
        assertThat(selected(CONFIGURATION, "database.pool.max")).containsExactly("database.pool.max=5");
        assertThat(selected(CONFIGURATION, "servers.0.token")).containsExactly("servers.0.token=t0");
        assertThat(selected(CONFIGURATION, "servers[1].token")).containsExactly("servers.1.token=t1");
        assertThat(selected(CONFIGURATION, "servers[1].ports[1]")).containsExactly("servers.1.ports.1=2.5");
        assertThat(selected(CONFIGURATION, "servers.1.ports[0]")).containsExactly("servers.1.ports.0=1");
        assertThat(selected(CONFIGURATION, "matrix[0][1]")).containsExactly("matrix.0.1=m01");
        assertThat(selected(CONFIGURATION, "matrix.1[0]")).containsExactly("matrix.1.0=m10");
        assertThat(selected(CONFIGURATION, "matrix[1].0")).containsExactly("matrix.1.0=m10");
    }

    @Test
    void readsPositionsOfSeveralDigits() {
        Map<String, Object> configuration =
                map("list", IntStream.range(0, 1_200).boxed().toList());
        for (int i : new int[] {8, 9, 10, 19, 99, 100, 1_199}) {
            assertThat(selected(configuration, "list." + i)).containsExactly("list." + i + "=" + i);
            assertThat(selected(configuration, "list[" + i + "]")).containsExactly("list." + i + "=" + i);
        }
        assertThat(selected(configuration, "list.1200")).containsExactly("?list.1200");
        assertThat(selected(configuration, "list[:]")).containsExactly("?list[:]");
    }

    @Test
    void takesBracketsForPositionsAlone() {
        assertThat(selected(map("a", map("0]", "x")), "a[0]")).containsExactly("?a[0]");
        assertThat(selected(map("", map("0]", "x")), "[0]")).containsExactly("?[0]");
        assertThat(selected(map("", List.of("x")), "[0]")).containsExactly(".0=x");
        assertThat(selected(map("", map("a", List.of("x"))), ".a[0")).containsExactly("?.a[0");
    }

    @Test
    void choosesEveryLeafInAMapOrListInOrder() {
        assertThat(selected(CONFIGURATION, "database"))
                .containsExactly(
                        "database.user=me", "database.password=p", "database.pool.max=5", "database.pool.lazy=true");
        assertThat(selected(CONFIGURATION, "servers"))
                .containsExactly(
                        "servers.0.host=h0",
                        "servers.0.token=t0",
                        "servers.1.token=t1",
                        "servers.1.ports.0=1",
                        "servers.1.ports.1=2.5");
        assertThat(selected(CONFIGURATION, "matrix[0]")).containsExactly("matrix.0.0=m00", "matrix.0.1=m01");
    }

    @Test
    void keepsTheOrderOfTheKeysAndGivesEachLeafOnce() {
        assertThat(selected(CONFIGURATION, "url", "database.pool", "url", "database", "database.pool.max"))
                .containsExactly(
                        "url=u",
                        "database.pool.max=5",
                        "database.pool.lazy=true",
                        "database.user=me",
                        "database.password=p");
        assertThat(selected(CONFIGURATION, "servers[0].token", "servers.0.token", "servers.0"))
                .containsExactly("servers.0.token=t0", "servers.0.host=h0");
    }

    @Test
    void findsNothingInNullAndEmptyMapsAndDoesNotCallThemAbsent() {
        assertThat(selected(CONFIGURATION, "nothing", "empty", "database.pool.none"))
                .isEmpty();
        assertThat(selected(CONFIGURATION)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "URL",
                "url.",
                ".url",
                "url.x",
                "url[0]",
                "database.",
                "database..password",
                "database.Password",
                "database[password]",
                "database[0]",
                "database.password.x",
                "nothing.x",
                "empty.x",
                "servers.2",
                "servers.-1",
                "servers.+1",
                "servers.00",
                "servers.01.token",
                "servers.0x0",
                "servers.x",
                "servers.",
                "servers..0",
                "servers[0",
                "servers[]",
                "servers[ 0]",
                "servers[00]",
                "servers[0]token",
                "servers[0]].token",
                "servers.[0]",
                "servers.0]",
                "servers]0[",
                "servers[0].",
                "servers[٠]",
                "servers.٠",
                "servers[99999999999999999999]",
                "servers[4294967296]",
                "servers.4294967296",
                "[0]",
                "[",
                ".",
                "0",
            })
    void tellsOfKeysThatNameNothing(String key) {
        assertThat(selected(CONFIGURATION, "url", key)).containsExactly("url=u", "?" + key);
    }

    @Test
    void tellsOfEachAbsentKeyOnceAndInOrder() {
        assertThat(selected(CONFIGURATION, "z", "url", "y", "z", "x")).containsExactly("url=u", "?z", "?y", "?x");
    }

    @Test
    void prefersALiteralKeyToAPath() {
        Map<String, Object> both = map("a", map("b", "path", "c", "c"), "a.b", "literal");
        assertThat(selected(both, "a.b")).containsExactly("a.b=literal");
        assertThat(selected(both, "a.c")).containsExactly("a.c=c");
        assertThat(selected(map("a[0]", "literal", "a", List.of("path")), "a[0]"))
                .containsExactly("a[0]=literal");
        assertThat(selected(map("a", List.of("path")), "a[0]")).containsExactly("a.0=path");
        assertThat(selected(map("a", map("[0]", "x")), "a.[0]")).containsExactly("a.[0]=x");
        assertThat(selected(map("a", map("", "x")), "a.")).containsExactly("a.=x");
        assertThat(selected(map("", map("", "x")), ".")).containsExactly(".=x");
    }

    @Test
    void prefersALiteralKeyEvenIfItIsNull() {
        assertThat(selected(map("a", map("b", "path"), "a.b", null), "a.b")).isEmpty();
    }

    @Test
    void takesTheLongestLiteralAtEveryLevelAndGoesBackIfItLeadsNowhere() {
        Map<String, Object> configuration = map(
                "a", map("b.c", "a|b.c", "b", map("c", "a|b|c", "d", "a|b|d", "e", "a|b|e")),
                "a.b", map("c", "a.b|c", "d", "a.b|d", "x", "leaf"));
        assertThat(selected(configuration, "a.b.c")).containsExactly("a.b.c=a.b|c");
        assertThat(selected(configuration, "a.b.d")).containsExactly("a.b.d=a.b|d");
        assertThat(selected(configuration, "a.b.e")).containsExactly("a.b.e=a|b|e");
        assertThat(selected(configuration, "a.b.x.y")).containsExactly("?a.b.x.y");
        assertThat(selected(map("a", map("b.c", "long", "b", map("c", "short"))), "a.b.c"))
                .containsExactly("a.b.c=long");
    }

    @Test
    void staysQuickWhereLiteralsLeadAstray() {
        Map<String, Object> level = map("end", "x");
        for (int i = 0; i < 200; i++) {
            level = map("a", level, "a.a", map("a.a.a", map()));
        }
        String key = "a.".repeat(200);
        assertThat(selected(level, key + "end")).hasSize(1);
        assertThat(selected(level, key + "nowhere")).containsExactly("?" + key + "nowhere");
    }

    @Test
    void choosesKeysThatAreNotStringsByTheirText() {
        Map<Object, Object> nested = new LinkedHashMap<>();
        nested.put(8080, "int");
        nested.put(1.5, "double");
        nested.put(true, "boolean");
        nested.put(null, "null");
        nested.put(DayOfWeek.MONDAY, "enum");
        Map<String, Object> configuration = map("x", nested);
        assertThat(selected(configuration, "x.8080", "x.1.5", "x.true", "x.null", "x.MONDAY"))
                .containsExactly("x.8080=int", "x.1.5=double", "x.true=boolean", "x.null=null", "x.MONDAY=enum");
        assertThat(selected(configuration, "x[8080]")).containsExactly("?x[8080]");
    }
}
