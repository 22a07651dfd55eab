// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation by its name, with every argument right, missing, unknown and of a wrong type. */
class ManageSecretsTest {

    private static final String ALL =
            "store, get, get_by_name, list, delete, rotate, rotate_secret, rotation_history," + " check_age";

    private final SettableClock clock = SettableClock.at("2026-11-24T00:00:00Z");
    private final SecretManager manager = SecretManager.builder()
            .keyring(new InMemoryKeyringSource())
            .clock(clock)
            .build();

    @AfterEach
    void close() {
        manager.close();
    }

    private Object call(String operation, Map<String, ?> arguments) {
        return Secrets.manageSecrets(manager, operation, arguments);
    }

    @Test
    void returnsWhatTheMethodReturns() {
        Map<String, Object> metadata = Map.of("owner", "billing");
        String id = (String) call("store", Map.of("name", "name", "value", canary(1), "metadata", metadata));
        assertThat(manager.describeSecret(id).orElseThrow().metadata()).isEqualTo(metadata);

        assertThat(call("get", Map.of("secret_id", id))).isEqualTo(Optional.of(canary(1)));
        assertThat(call("get", Map.of("secret_id", "unknown"))).isEqualTo(Optional.empty());
        assertThat(call("get_by_name", Map.of("name", "name"))).isEqualTo(Optional.of(canary(1)));
        assertThat(call("list", Map.of())).isEqualTo(manager.listSecrets());

        SecretRotation rotation = (SecretRotation) call("rotate_secret", Map.of("name", "name", "value", canary(2)));
        assertThat(rotation.previousId()).contains(id);
        SecretRotation other = (SecretRotation) call("rotate_secret", Map.of("name", "other", "value", canary(3)));
        assertThat(call("rotation_history", Map.of())).isEqualTo(List.of(rotation, other));
        assertThat(call("rotation_history", Map.of("name", "other"))).isEqualTo(List.of(other));

        assertThat(call("rotate", Map.of())).isEqualTo(manager.listKeys().get(0).id());
        assertThat(call("delete", Map.of("secret_id", rotation.newId()))).isEqualTo(true);
        assertThat(call("delete", Map.of("secret_id", rotation.newId()))).isEqualTo(false);
    }

    @Test
    void asksAbout90DaysUnlessToldOtherwise() {
        call("store", Map.of("name", "name", "value", canary()));
        clock.advance(Duration.ofDays(90));
        assertThat(call("check_age", Map.of("name", "name")))
                .isEqualTo(manager.checkSecretAge("name", Duration.ofDays(90)));
        assertThat(((Optional<?>) call("check_age", Map.of("name", "name", "max_age_days", 89))))
                .hasValueSatisfying(age -> assertThat(((SecretAge) age).stale()).isTrue());
        assertThat(call("check_age", Map.of("name", "unknown"))).isEqualTo(Optional.empty());
    }

    static final List<Number> DAYS =
            List.of(7, 7L, (short) 7, (byte) 7, BigInteger.valueOf(7), Integer.MAX_VALUE, (long) Integer.MAX_VALUE);

    @ParameterizedTest
    @FieldSource("DAYS")
    void takesDaysAsAnyWholeNumber(Number days) {
        assertThat(call("check_age", Map.of("name", "name", "max_age_days", days)))
                .isEqualTo(Optional.empty());
    }

    static final List<Object> NOT_DAYS = List.of(
            7.0,
            7.5f,
            "7",
            Duration.ofDays(7),
            true,
            List.of(7),
            1L << 31,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            BigInteger.ONE.shiftLeft(64),
            BigInteger.valueOf(Long.MIN_VALUE));

    @ParameterizedTest
    @FieldSource("NOT_DAYS")
    void refusesDaysThatAreNoWholeNumberOfDays(Object days) {
        assertThat(refusal(
                        CodomyrmexException.class,
                        () -> call("check_age", Map.of("name", "name", "max_age_days", days))))
                .hasMessageContainingAll(
                        "max_age_days", "check_age", days.getClass().getName(), "a whole number of days");
    }

    @Test
    void countsAnOptionalArgumentThatIsNullAsAbsent() {
        Map<String, Object> arguments = new HashMap<>(Map.of("name", "name", "value", canary()));
        arguments.put("metadata", null);
        assertThat(manager.describeSecret((String) call("store", arguments))
                        .orElseThrow()
                        .metadata())
                .isEmpty();
        assertThat(call("rotation_history", Collections.singletonMap("name", null)))
                .isEqualTo(List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "STORE", "Store", " store", "store ", "getByName", "rotate_key", "init", "stör\u0000e"})
    void refusesAnUnknownOperationAndNamesTheKnownOnes(String operation) {
        assertThat(refusal(CodomyrmexException.class, () -> call(operation, Map.of())))
                .hasMessageContainingAll("\"" + operation.replace("\u0000", "\\u0000") + "\"", ALL)
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource({
        "store, name",
        "store, value",
        "get, secret_id",
        "get_by_name, name",
        "delete, secret_id",
        "rotate_secret, name",
        "rotate_secret, value",
        "check_age, name"
    })
    void refusesACallThatLacksAnArgument(String operation, String argument) {
        Map<String, Object> arguments = rightArguments(operation);
        arguments.remove(argument);
        assertThat(refusal(CodomyrmexException.class, () -> call(operation, arguments)))
                .hasMessageContainingAll(operation, "lacks its argument " + argument, "expected a String");

        arguments.put(argument, null);
        assertThat(refusal(CodomyrmexException.class, () -> call(operation, arguments)))
                .hasMessageContainingAll(operation, "lacks its argument " + argument);
        assertThat(manager.listSecrets()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "store, name, a String",
        "store, value, a String",
        "store, metadata, a Map",
        "get, secret_id, a String",
        "get_by_name, name, a String",
        "delete, secret_id, a String",
        "rotate_secret, name, a String",
        "rotate_secret, value, a String",
        "rotation_history, name, a String",
        "check_age, name, a String"
    })
    void refusesAnArgumentOfAWrongType(String operation, String argument, String expected) {
        for (Object wrong : List.of(1, new AtomicReference<>(canary()), canary().toCharArray(), List.of(canary()))) {
            Map<String, Object> arguments = rightArguments(operation);
            arguments.put(argument, wrong);
            assertThat(refusal(CodomyrmexException.class, () -> call(operation, arguments)))
                    .hasMessageContainingAll(
                            "argument " + argument, operation, wrong.getClass().getName(), "expected " + expected);
        }
        assertThat(manager.listSecrets()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "store; name, value, metadata",
                "get; secret_id",
                "get_by_name; name",
                "list; none",
                "delete; secret_id",
                "rotate; none",
                "rotate_secret; name, value",
                "rotation_history; name",
                "check_age; name, max_age_days"
            })
    void refusesAnUnknownArgumentAndNamesTheKnownOnes(String operation, String known) {
        for (String unknown : List.of("id", "Name", "key_file", "")) {
            Map<String, Object> arguments = rightArguments(operation);
            arguments.put(unknown, canary());
            assertThat(refusal(CodomyrmexException.class, () -> call(operation, arguments)))
                    .hasMessageContainingAll(operation, "\"" + unknown + "\"", "expected " + known + ".");
        }
        Map<String, Object> arguments = rightArguments(operation);
        arguments.put(null, "null");
        assertThat(refusal(CodomyrmexException.class, () -> call(operation, arguments)))
                .hasMessageContainingAll(operation, "\"null\"", "expected " + known + ".");
        assertThat(manager.listSecrets()).isEmpty();
    }

    @Test
    void letsTheMethodsThrowWhatTheyCheckThemselves() {
        assertThat(refusal(IllegalArgumentException.class, () -> call("store", Map.of("name", "", "value", canary()))))
                .hasMessageStartingWith("name ");
        assertThat(refusal(
                        IllegalArgumentException.class,
                        () -> call("store", Map.of("name", "n", "value", canary(), "metadata", Map.of(1, 2)))))
                .hasMessageContaining("java.lang.Integer");
        assertThat(refusal(
                        IllegalArgumentException.class,
                        () -> call("check_age", Map.of("name", "n", "max_age_days", -1))))
                .hasMessageContaining("maxAge");
    }

    private static Map<String, Object> rightArguments(String operation) {
        Map<String, Object> arguments = new HashMap<>();
        switch (operation) {
            case "store", "rotate_secret" -> {
                arguments.put("name", "name");
                arguments.put("value", canary());
            }
            case "get", "delete" -> arguments.put("secret_id", "id");
            case "get_by_name", "check_age" -> arguments.put("name", "name");
            default -> {}
        }
        return arguments;
    }
}
