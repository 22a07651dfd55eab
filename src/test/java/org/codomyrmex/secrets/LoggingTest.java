// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is logged at which level: errors once before the caller sees them, keys at INFO, secrets at DEBUG. */
class LoggingTest {

    private static final String ABSENT = "/no/such/directory/secrets.key";

    /** A manager whose store answers nothing that is asked by id, as an application's own store may fail. */
    private static SecretManager overFailingStore(RuntimeException failure) {
        return SecretManager.builder()
                .keyring(new InMemoryKeyringSource())
                .store(new ForwardingStore() {
                    @Override
                    public Optional<StoredSecret> findById(String id) {
                        throw failure;
                    }
                })
                .build();
    }

    private interface Call {
        void on(SecretManager manager);
    }

    private static Arguments call(Class<? extends Exception> type, Call call) {
        return Arguments.of(type.getSimpleName(), call);
    }

    private static String notText(SecretManager manager) {
        return manager.storeSecret("name", new byte[] {(byte) 0xff}, Map.of());
    }

    static Stream<Arguments> failures() {
        Class<? extends Exception> argument = IllegalArgumentException.class;
        Class<? extends Exception> keyring = KeyringException.class;
        Class<? extends Exception> token = InvalidTokenException.class;
        Class<? extends Exception> unreadable = UnreadableSecretException.class;
        Class<? extends Exception> configuration = ConfigurationException.class;
        Class<? extends Exception> any = CodomyrmexException.class;
        Map<String, String> reference = Map.of("a", "encrypted:" + "0".repeat(32));
        return Stream.of(
                call(argument, manager -> manager.storeSecret("", canary())),
                call(argument, manager -> manager.storeSecret("name", canary(), Map.of("a", new Object()))),
                call(argument, manager -> manager.rotateSecret("", canary())),
                call(argument, manager -> manager.checkSecretAge("name", Duration.ofSeconds(-1))),
                call(argument, manager -> manager.decrypt(manager.encrypt(canary()), Duration.ofSeconds(-1))),
                call(argument, manager -> new SecretManager(Path.of("")).close()),
                call(argument, manager -> Secrets.manageSecrets(manager, "store", Map.of("name", "", "value", "x"))),
                call(argument, manager -> Secrets.encryptConfiguration(manager, Map.of(), List.of(""))),
                call(unreadable, manager -> manager.getSecret(notText(manager))),
                call(unreadable, manager -> manager.useSecret(notText(manager), String::new)),
                call(token, manager -> manager.decrypt("no token")),
                call(token, manager -> manager.decryptBytes("no token")),
                call(token, manager -> manager.reencrypt("no token")),
                call(
                        keyring,
                        manager -> manager.destroyKey(manager.listKeys().get(0).id())),
                call(
                        keyring,
                        manager -> SecretManager.builder()
                                .keyring(FileKeyringSource.at(Path.of(ABSENT)))
                                .requireExistingKey()
                                .build()),
                call(any, manager -> Secrets.manageSecrets(manager, "unknown", Map.of())),
                call(any, manager -> Secrets.manageSecrets(manager, "get", Map.of())),
                call(configuration, manager -> Secrets.decryptConfiguration(manager, reference)),
                call(configuration, manager -> Secrets.encryptConfiguration(manager, reference, List.of("a"))),
                call(configuration, manager -> Secrets.encryptConfiguration(manager, Map.of("a", 'c'), List.of("a"))),
                call(
                        StoreException.class,
                        manager -> overFailingStore(new StoreException("The store is gone."))
                                .getSecret("id")),
                call(IllegalStateException.class, manager -> {
                    manager.close();
                    manager.listSecrets();
                }));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void logsEveryErrorOnceBeforeTheCallerSeesIt(String type, Call call) {
        try (SecretManager manager = SecretManager.inMemory();
                CapturedLog log = new CapturedLog()) {
            Throwable thrown = catchThrowable(() -> call.on(manager));
            assertThat(thrown).isInstanceOf(RuntimeException.class);
            assertThat(thrown.getClass().getSimpleName()).isEqualTo(type);
            LeakGuard.assertShowsNothing(thrown);
            assertThat(log.errors()).containsExactly(type + ": " + thrown.getMessage());
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void logsOfSomebodyElsesExceptionNothingButItsType() {
        RuntimeException foreign = catchThrowableOfType(
                NumberFormatException.class, () -> Integer.parseInt(canary("it says what it read")));
        assertThat(foreign).hasMessageContaining(canary());
        try (SecretManager manager = overFailingStore(foreign);
                CapturedLog log = new CapturedLog()) {
            assertThat(catchThrowable(() -> manager.getSecret("id"))).isSameAs(foreign);
            assertThat(log.errors()).containsExactly("NumberFormatException: ");
        }
    }

    @Test
    void tellsNothingAtWarningOrAboveWhereNothingIsWrong() {
        try (CapturedLog log = new CapturedLog()) {
            useEverything("name");
            assertThat(log.errors()).isEmpty();
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void logsKeysAtInfoAndSecretsAtDebug() {
        try (SecretManager manager = SecretManager.inMemory();
                CapturedLog log = new CapturedLog()) {
            String id = manager.storeSecret("name", canary(1));
            String next = manager.rotateSecret("name", canary(2)).newId();
            String key = manager.rotateKey();
            manager.deleteSecret(next);
            Secrets.encryptConfiguration(manager, Map.of("a", canary(3)), List.of("a"));
            assertThat(log.at(Level.INFO))
                    .singleElement()
                    .asString()
                    .contains(key, "primary")
                    .doesNotContain(id, next);
            assertThat(log.at(Level.DEBUG))
                    .anyMatch(line -> line.contains("Stored") && line.contains(id))
                    .anyMatch(line -> line.contains(next) && line.contains("replaces " + id))
                    .anyMatch(line -> line.contains("Stored 1 secrets from a configuration"))
                    .anyMatch(line -> line.contains("Deleted") && line.contains(next));
        }
    }

    @Test
    void logsNamesOnlyAtDebugWithControlCharactersEscaped() {
        String name = "evil\r\n2026-01-01 ERROR forged\t\u001b[31m\u0085\u2028\u2029\u202e\u200bname";
        try (CapturedLog log = new CapturedLog()) {
            useEverything(name);
            for (Level level : List.of(Level.ERROR, Level.WARN, Level.INFO)) {
                assertThat(log.at(level)).noneMatch(line -> line.contains("evil"));
            }
            assertThat(log.at(Level.DEBUG))
                    .anyMatch(line -> line.contains("evil\\u000d\\u000a2026-01-01 ERROR forged\\u0009\\u001b[31m\\u0085"
                            + "\\u2028\\u2029\\u202e\\u200bname"));
            for (Level level : List.of(Level.INFO, Level.DEBUG, Level.TRACE)) {
                assertThat(log.at(level))
                        .noneMatch(line -> line.chars()
                                .anyMatch(
                                        c -> Character.isISOControl(c) || "\u2028\u2029\u202e\u200b".indexOf(c) >= 0));
            }
        }
    }

    /** Calls everything once that has to do with a name. */
    private static void useEverything(String name) {
        try (SecretManager manager = SecretManager.builder()
                .keyring(new InMemoryKeyringSource())
                .store(new ForwardingStore())
                .build()) {
            String id = manager.storeSecret(name, canary(), Map.of(name, name));
            manager.getSecret(id);
            manager.getSecretByName(name);
            manager.describeSecret(id);
            manager.checkSecretAge(name, Duration.ZERO);
            manager.rotateSecret(name, canary(2));
            manager.rotationHistory(name);
            manager.listSecrets();
            manager.rotateKey();
            manager.rekey();
            manager.deleteSecret(name);
            Secrets.manageSecrets(manager, "get_by_name", Map.of("name", name));
            Map<String, Object> encrypted =
                    Secrets.encryptConfiguration(manager, Map.of(name, canary()), List.of(name));
            Secrets.decryptConfiguration(manager, encrypted);
        }
    }

    @Test
    void escapesControlCharactersInMessages() {
        assertThat(refusal(
                        CodomyrmexException.class,
                        () -> Secrets.manageSecrets(SecretManager.inMemory(), "a\nb\u202e", Map.of())))
                .hasMessageContaining("a\\u000ab\\u202e");
    }

    @Test
    void cutsWhatWouldFillTheLog() {
        try (SecretManager manager = SecretManager.inMemory();
                CapturedLog log = new CapturedLog()) {
            manager.storeSecret("n".repeat(1_024), canary());
            assertThat(log.at(Level.DEBUG)).singleElement().asString().hasSizeLessThan(300);
            assertThat(refusal(
                            CodomyrmexException.class,
                            () -> Secrets.manageSecrets(manager, "o".repeat(100_000), Map.of())))
                    .hasMessageContaining("ooo...");
            assertThat(log.errors()).singleElement().asString().hasSizeLessThan(500);
        }
    }
}
