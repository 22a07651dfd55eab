// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A null argument is refused at once, by an exception that names the parameter and is logged once. */
class NullArgumentsTest {

    private static final SecretManager MANAGER = SecretManager.inMemory();
    private static final Map<String, Object> CONFIG = Map.of("a", canary());

    @AfterAll
    static void close() {
        MANAGER.close();
    }

    private static Arguments call(String parameter, Runnable call) {
        return Arguments.of(parameter, call);
    }

    static Stream<Arguments> secrets() {
        return Stream.of(
                call("name", () -> MANAGER.storeSecret(null, canary())),
                call("value", () -> MANAGER.storeSecret("name", (String) null)),
                call("value", () -> MANAGER.storeSecret("name", (String) null, Map.of())),
                call("metadata", () -> MANAGER.storeSecret("name", canary(), null)),
                call("name", () -> MANAGER.storeSecret(null, new byte[1], Map.of())),
                call("value", () -> MANAGER.storeSecret("name", (byte[]) null, Map.of())),
                call("metadata", () -> MANAGER.storeSecret("name", new byte[1], null)),
                call("secretId", () -> MANAGER.getSecret(null)),
                call("name", () -> MANAGER.getSecretByName(null)),
                call("secretId", () -> MANAGER.getSecretBytes(null)),
                call("secretId", () -> MANAGER.useSecret(null, String::new)),
                call("use", () -> MANAGER.useSecret("id", null)),
                call("secretId", () -> MANAGER.describeSecret(null)),
                call("action", () -> MANAGER.forEachSecret(null)),
                call("secretId", () -> MANAGER.deleteSecret(null)),
                call("name", () -> MANAGER.rotateSecret(null, canary())),
                call("newValue", () -> MANAGER.rotateSecret("name", (String) null)),
                call("name", () -> MANAGER.rotateSecret(null, new byte[1])),
                call("newValue", () -> MANAGER.rotateSecret("name", (byte[]) null)),
                call("name", () -> MANAGER.rotationHistory(null)),
                call("name", () -> MANAGER.checkSecretAge(null, Duration.ZERO)),
                call("maxAge", () -> MANAGER.checkSecretAge("name", null)));
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                call("progress", () -> MANAGER.rekey(null)),
                call("keyId", () -> MANAGER.destroyKey(null)),
                call("value", () -> MANAGER.encrypt((String) null)),
                call("value", () -> MANAGER.encrypt((byte[]) null)),
                call("token", () -> MANAGER.decrypt(null)),
                call("token", () -> MANAGER.decrypt(null, Duration.ZERO)),
                call("ttl", () -> MANAGER.decrypt(MANAGER.encrypt(canary()), null)),
                call("token", () -> MANAGER.decryptBytes(null)),
                call("token", () -> MANAGER.reencrypt(null)),
                call("token", () -> MANAGER.keyIdOf(null)),
                call("keyFile", () -> new SecretManager((Path) null).close()),
                call("source", () -> SecretManager.builder().keyring(null)),
                call("secrets", () -> SecretManager.builder().store(null)),
                call("source", () -> SecretManager.builder().clock(null)));
    }

    static Stream<Arguments> facade() {
        return Stream.of(
                call("manager", () -> Secrets.replaceDefaultManager(null)),
                call("operation", () -> Secrets.manageSecrets(null, Map.of())),
                call("arguments", () -> Secrets.manageSecrets("list", null)),
                call("manager", () -> Secrets.manageSecrets(null, "list", Map.of())),
                call("operation", () -> Secrets.manageSecrets(MANAGER, null, Map.of())),
                call("arguments", () -> Secrets.manageSecrets(MANAGER, "list", null)),
                call("manager", () -> Secrets.encryptConfiguration(null, CONFIG, List.of("a"))),
                call("config", () -> Secrets.encryptConfiguration(MANAGER, null, List.of("a"))),
                call("secretKeys", () -> Secrets.encryptConfiguration(MANAGER, CONFIG, null)),
                call("secretKeys", () -> Secrets.encryptConfiguration(MANAGER, CONFIG, Arrays.asList("a", null))),
                call("secretKeys", () -> Secrets.encryptConfiguration(MANAGER, CONFIG, Collections.singleton(null))),
                call("kind", () -> Secrets.encryptConfiguration(MANAGER, CONFIG, List.of("a"), null)),
                call("manager", () -> Secrets.decryptConfiguration(null, CONFIG)),
                call("config", () -> Secrets.decryptConfiguration(MANAGER, null)));
    }

    @ParameterizedTest
    @MethodSource({"secrets", "keys", "facade"})
    void isRefusedNamingTheParameterAndLoggedOnce(String parameter, Runnable call) {
        try (CapturedLog log = new CapturedLog()) {
            NullPointerException refused = refusal(NullPointerException.class, call::run);
            assertThat(refused.getMessage()).containsPattern("\\b" + parameter + "\\b");
            assertThat(log.errors()).singleElement().asString().contains("NullPointerException", refused.getMessage());
        }
        assertThat(MANAGER.listSecrets()).isEmpty();
    }
}
