// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chosen fields of a configuration become references, and nothing else changes. */
class EncryptConfigurationTest {

    private static final String ID = "encrypted:[0-9a-f]{32}";

    private final SecretManager manager = SecretManager.inMemory();

    @AfterEach
    void close() {
        manager.close();
    }

    private Map<String, Object> encrypt(Map<String, ?> config, String... keys) {
        return Secrets.encryptConfiguration(manager, config, List.of(keys));
    }

    private String valueOf(Object reference) {
        assertThat(reference).asString().matches(ID);
        return manager.getSecret(reference.toString().substring("encrypted:".length()))
                .orElseThrow();
    }

    private static Object at(Object tree, Object... path) {
        Object found = tree;
        for (Object step : path) {
            found = step instanceof Integer index ? ((List<?>) found).get(index) : ((Map<?, ?>) found).get(step);
        }
        return found;
    }

    private static Map<String, Object> sample() {
        Map<String, Object> database = new LinkedHashMap<>();
        database.put("host", "db.example");
        database.put("password", canary("database"));
        database.put("port", 5432);
        List<Object> servers = new ArrayList<>();
        servers.add(new LinkedHashMap<>(Map.of("token", canary("first"))));
        servers.add(new LinkedHashMap<>(Map.of("token", canary("second"))));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", "application");
        config.put("password", canary("top"));
        config.put("database", database);
        config.put("servers", servers);
        config.put("nothing", null);
        return config;
    }

    @Test
    void leavesTheInputUntouchedAndSharesNothingMutableWithIt() {
        Map<String, Object> config = sample();
        Map<String, Object> result = encrypt(config, "password");
        assertThat(config).isEqualTo(sample());

        ((Map<?, ?>) at(config, "database")).clear();
        ((List<?>) at(config, "servers")).remove(1);
        ((Map<?, ?>) at(config, "servers", 0)).clear();
        config.remove("name");
        Map<String, Object> expected = sample();
        expected.put("password", result.get("password"));
        assertThat(result).isEqualTo(expected);
        assertThat(result.keySet()).containsExactlyElementsOf(sample().keySet());
    }

    @Test
    void takesAnInputThatCannotBeChangedAndGivesAResultThatCan() {
        Map<String, Object> result = encrypt(Map.of("a", Map.of("b", canary()), "c", List.of(1)), "a.b");
        assertThat(valueOf(at(result, "a", "b"))).isEqualTo(canary());
        result.put("further", 1);
        assertThat(result).hasSize(3);
    }

    @Test
    void choosesATopLevelKey() {
        Map<String, Object> result = encrypt(sample(), "password");
        assertThat(valueOf(result.get("password"))).isEqualTo(canary("top"));
        assertThat(at(result, "database", "password")).isEqualTo(canary("database"));
        assertThat(manager.listSecrets()).hasSize(1);
    }

    @Test
    void choosesByAPathIntoMapsAndLists() {
        Map<String, Object> result = encrypt(sample(), "database.password", "servers.1.token", "servers[0].token");
        assertThat(valueOf(at(result, "database", "password"))).isEqualTo(canary("database"));
        assertThat(valueOf(at(result, "servers", 1, "token"))).isEqualTo(canary("second"));
        assertThat(valueOf(at(result, "servers", 0, "token"))).isEqualTo(canary("first"));
        assertThat(result.get("password")).isEqualTo(canary("top"));
        assertThat(at(result, "database", "port")).isEqualTo(5432);
    }

    @Test
    void letsALiteralKeyWinOverAPath() {
        Map<String, Object> config = Map.of("a.b", canary("literal"), "a", Map.of("b", canary("path")));
        Map<String, Object> result = encrypt(config, "a.b");
        assertThat(valueOf(result.get("a.b"))).isEqualTo(canary("literal"));
        assertThat(at(result, "a", "b")).isEqualTo(canary("path"));
    }

    @Test
    void encryptsStringsNumbersAndBooleans() {
        Map<String, Object> config = new HashMap<>();
        config.put("string", canary());
        config.put("empty", "");
        config.put("integer", 5432);
        config.put("decimal", new BigDecimal("1.10"));
        config.put("flag", true);
        Map<String, Object> result = encrypt(config, "string", "empty", "integer", "decimal", "flag");
        assertThat(valueOf(result.get("string"))).isEqualTo(canary());
        assertThat(valueOf(result.get("empty"))).isEmpty();
        assertThat(valueOf(result.get("integer"))).isEqualTo("5432");
        assertThat(valueOf(result.get("decimal"))).isEqualTo("1.10");
        assertThat(valueOf(result.get("flag"))).isEqualTo("true");
    }

    @Test
    void encryptsEveryLeafInsideAChosenMapOrList() {
        Map<String, Object> result = encrypt(sample(), "database", "servers");
        assertThat(valueOf(at(result, "database", "host"))).isEqualTo("db.example");
        assertThat(valueOf(at(result, "database", "password"))).isEqualTo(canary("database"));
        assertThat(valueOf(at(result, "database", "port"))).isEqualTo("5432");
        assertThat(valueOf(at(result, "servers", 0, "token"))).isEqualTo(canary("first"));
        assertThat(valueOf(at(result, "servers", 1, "token"))).isEqualTo(canary("second"));
    }

    @Test
    void encryptsAValueOnceHoweverOftenItIsChosen() {
        encrypt(sample(), "database", "database.password", "database");
        assertThat(manager.listSecrets()).hasSize(3);
    }

    @Test
    void leavesNullNull() {
        Map<String, Object> inner = new HashMap<>();
        inner.put("nothing", null);
        inner.put("list", Arrays.asList(null, canary()));
        Map<String, Object> result = encrypt(Map.of("inner", inner), "inner");
        assertThat(at(result, "inner", "nothing")).isNull();
        assertThat(at(result, "inner", "list", 0)).isNull();
        assertThat(encrypt(sample(), "nothing")).isEqualTo(sample());
    }

    @Test
    void namesEachSecretByItsPath() {
        encrypt(sample(), "password", "database", "servers[1].token");
        assertThat(manager.listSecrets())
                .extracting(SecretInfo::name)
                .containsExactly(
                        "config_password",
                        "config_database.host",
                        "config_database.password",
                        "config_database.port",
                        "config_servers.1.token");
    }

    @Test
    void skipsAnAbsentKeyAndWarnsOfIt() {
        try (CapturedLog log = new CapturedLog()) {
            Map<String, Object> result = encrypt(
                    sample(),
                    "absent",
                    "database.absent",
                    "servers.2.token",
                    "servers.x",
                    "name.x",
                    "evil\nname",
                    "name");
            assertThat(valueOf(result.get("name"))).isEqualTo("application");
            assertThat(manager.listSecrets()).hasSize(1);
            for (String absent : List.of("absent", "database.absent", "servers.2.token", "servers.x", "name.x")) {
                assertThat(log.warnings()).anyMatch(line -> line.contains(" " + absent + ","));
            }
            assertThat(log.warnings())
                    .anyMatch(line -> line.contains("evil\\u000aname"))
                    .noneMatch(line -> line.contains("\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"value", "outer.value", "outer"})
    void refusesAChosenValueOfAnotherTypeNamingPathAndType(String key) {
        for (Object wrong : List.of('c', Instant.EPOCH, Double.NaN, Float.POSITIVE_INFINITY, new byte[1])) {
            Map<String, Object> config = Map.of("value", wrong, "outer", Map.of("value", wrong), "good", canary());
            assertThat(refusal(ConfigurationException.class, () -> encrypt(config, "good", key)))
                    .hasMessageContainingAll(
                            key.equals("outer") ? "outer.value" : key,
                            wrong.getClass().getTypeName())
                    .hasNoCause();
        }
        assertThat(manager.listSecrets()).isEmpty();
    }

    @Test
    void copiesDatesAndOtherValuesThatAreNotChosen() {
        Map<String, Object> config = Map.of("since", Instant.EPOCH, "letter", 'c', "password", canary());
        Map<String, Object> result = encrypt(config, "password");
        assertThat(result).containsEntry("since", Instant.EPOCH).containsEntry("letter", 'c');
    }

    @Test
    void refusesAMapThatContainsItself() {
        Map<String, Object> circle = new HashMap<>();
        circle.put("circle", circle);
        circle.put("password", canary());
        assertThat(refusal(ConfigurationException.class, () -> encrypt(circle, "password")))
                .hasMessageContaining("contains itself");
        assertThat(manager.listSecrets()).isEmpty();
    }

    @Test
    void refusesAnEmptyKey() {
        assertThat(refusal(IllegalArgumentException.class, () -> encrypt(sample(), "password", "")))
                .hasMessageContainingAll("secretKeys", "empty");
        assertThat(manager.listSecrets()).isEmpty();
    }

    @Test
    void refusesAPathThatMakesNoNameUnlessNoNameIsNeeded() {
        String longest = "k".repeat(1_024 - "config_".length());
        assertThat(valueOf(encrypt(Map.of(longest, canary()), longest).get(longest)))
                .isEqualTo(canary());
        for (String key : List.of(longest + "k", "nul\u0000", "half\uD83D")) {
            assertThat(refusal(ConfigurationException.class, () -> encrypt(Map.of(key, canary()), key)))
                    .hasMessageContainingAll("name", "cannot be encrypted");
            Map<String, Object> byToken =
                    Secrets.encryptConfiguration(manager, Map.of(key, canary()), List.of(key), ReferenceKind.BY_TOKEN);
            assertThat(byToken.get(key)).as("without a name").asString().startsWith("encrypted:gAAAA");
        }
    }

    @Test
    void refusesAValueThatIsNoTextNamingThePath() {
        assertThat(refusal(
                        ConfigurationException.class,
                        () -> encrypt(Map.of("outer", Map.of("value", canary("\uD83D"))), "outer.value")))
                .hasMessageContainingAll("outer.value", "unpaired surrogate");
    }

    @Test
    void changesNothingWhereNothingIsChosen() {
        assertThat(encrypt(sample())).isEqualTo(sample());
        assertThat(encrypt(Map.of())).isEmpty();
        assertThat(manager.listSecrets()).isEmpty();
    }
}
