// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reference becomes the value it stands for, of the type that it had. */
class DecryptConfigurationTest {

    private final FernetKey key = FernetKey.generate();
    private final SecretManager manager =
            SecretManager.builder().keyring(KeyringSource.of(Keyring.of(key))).build();

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("", ""),
                Arguments.of("5432", "5432"),
                Arguments.of("true", "true"),
                Arguments.of("\uD83D\uDD11\n", "\uD83D\uDD11\n"),
                Arguments.of(true, true),
                Arguments.of(false, false),
                Arguments.of(0, 0),
                Arguments.of((byte) -7, -7),
                Arguments.of((short) 300, 300),
                Arguments.of(5432L, 5432),
                Arguments.of(Integer.MAX_VALUE, Integer.MAX_VALUE),
                Arguments.of(1L << 31, 1L << 31),
                Arguments.of(Long.MIN_VALUE, Long.MIN_VALUE),
                Arguments.of(BigInteger.TEN, 10),
                Arguments.of(BigInteger.ONE.shiftLeft(63), BigInteger.ONE.shiftLeft(63)),
                Arguments.of(0.1, 0.1),
                Arguments.of(-0.0, -0.0),
                Arguments.of(1.0, 1.0),
                Arguments.of(1e300, 1e300),
                Arguments.of(Double.MIN_VALUE, Double.MIN_VALUE),
                Arguments.of(0.1f, 0.1),
                Arguments.of(new BigDecimal("0.5"), 0.5),
                Arguments.of(new BigDecimal("7"), 7),
                Arguments.of(new BigDecimal("1.10"), new BigDecimal("1.10")),
                Arguments.of(new BigDecimal("0.1000000000000000000001"), new BigDecimal("0.1000000000000000000001")),
                Arguments.of(new BigDecimal("1E+400"), new BigDecimal("1E+400")));
    }

    @ParameterizedTest
    @MethodSource("values")
    void givesEachValueBackInItsType(Object value, Object expected) {
        Map<String, Object> config = Map.of("value", value, "list", List.of(value));
        for (ReferenceKind kind : ReferenceKind.values()) {
            Map<String, Object> encrypted =
                    Secrets.encryptConfiguration(manager, config, List.of("value", "list"), kind);
            assertThat(encrypted.get("value")).asString().startsWith("encrypted:");
            Map<String, Object> decrypted = Secrets.decryptConfiguration(manager, encrypted);
            assertThat(decrypted).isEqualTo(Map.of("value", expected, "list", List.of(expected)));
            assertThat(decrypted.get("value")).hasSameClassAs(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void undoesTheEncryptionOfAWholeTree(ReferenceKind kind) {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("password", canary(1));
        inner.put("nothing", null);
        inner.put("ports", new ArrayList<>(Arrays.asList(1, 2L, null, "three")));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("plain", "text");
        config.put("inner", inner);
        config.put("dotted.key", canary(2));

        Map<String, Object> encrypted =
                Secrets.encryptConfiguration(manager, config, List.of("inner", "dotted.key"), kind);
        Map<String, Object> decrypted = Secrets.decryptConfiguration(manager, encrypted);
        inner.put("ports", Arrays.asList(1, 2, null, "three"));
        assertThat(decrypted).isEqualTo(config);
        assertThat(decrypted.keySet()).containsExactly("plain", "inner", "dotted.key");
    }

    @Test
    void findsReferencesWhereverTheyAre() {
        String reference = "encrypted:" + manager.storeSecret("name", canary());
        Map<String, Object> config = Map.of(
                "list", List.of(List.of(Map.of("deep", reference))),
                "set", Set.of(reference),
                "array", new String[] {"a", reference},
                "numbered", Map.of(1, reference));
        Map<String, Object> decrypted = Secrets.decryptConfiguration(manager, config);
        assertThat(decrypted.get("list")).isEqualTo(List.of(List.of(Map.of("deep", canary()))));
        assertThat(decrypted.get("set")).isEqualTo(Set.of(canary()));
        assertThat(decrypted.get("array")).isEqualTo(new String[] {"a", canary()});
        assertThat(decrypted.get("numbered")).isEqualTo(Map.of(1, canary()));
    }

    @Test
    void leavesTheInputUntouchedAndSharesNothingMutableWithIt() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("secret", "encrypted:" + manager.storeSecret("name", canary()));
        Map<String, Object> config = new LinkedHashMap<>(Map.of("inner", inner));
        Map<String, Object> decrypted = Secrets.decryptConfiguration(manager, config);
        assertThat(inner.get("secret")).asString().startsWith("encrypted:");

        inner.clear();
        assertThat(decrypted).isEqualTo(Map.of("inner", Map.of("secret", canary())));
    }

    @Test
    void leavesWhatIsNoReferenceAsItIs() {
        Map<String, Object> config = Map.of("a", "not encrypted:", "b", " encrypted:x", "c", 7, "d", "Encrypted:x");
        assertThat(Secrets.decryptConfiguration(manager, config)).isEqualTo(config);
        assertThat(Secrets.decryptConfiguration(manager, Map.of())).isEmpty();
    }

    @Test
    void opensReferencesOfRetiredKeysAndOfPlainTokensThatOthersMade() {
        FernetKey retired = FernetKey.generate();
        SecretManager wider = SecretManager.builder()
                .keyring(KeyringSource.of(Keyring.of(key, retired)))
                .build();
        Map<String, Object> config = Map.of(
                "text", "encrypted:" + new Fernet(retired).encrypt(canary()),
                "number", "encrypted:number:" + new Fernet(retired).encrypt("-12.5e3"),
                "flag", "encrypted:boolean:" + new Fernet(retired).encrypt("false"));
        assertThat(Secrets.decryptConfiguration(wider, config))
                .isEqualTo(Map.of("text", canary(), "number", new BigDecimal("-12.5e3"), "flag", false));
    }

    @Test
    void survivesARotationOfTheKey() {
        SecretManager rotating = SecretManager.inMemory();
        Map<String, Object> config = Map.of("a", canary(1), "b", 2);
        for (ReferenceKind kind : ReferenceKind.values()) {
            Map<String, Object> encrypted = Secrets.encryptConfiguration(rotating, config, List.of("a", "b"), kind);
            rotating.rotateKey();
            assertThat(Secrets.decryptConfiguration(rotating, encrypted)).isEqualTo(config);
        }
    }

    @Test
    void namesTheKeyThatAReferenceIsUnderWhereTheRingLacksIt() {
        ForwardingStore store = new ForwardingStore();
        FernetKey lost = FernetKey.generate();
        SecretManager before = SecretManager.builder()
                .keyring(KeyringSource.of(Keyring.of(lost)))
                .store(store)
                .build();
        Map<String, Object> encrypted = Secrets.encryptConfiguration(before, Map.of("a", canary()), List.of("a"));
        SecretManager after = SecretManager.builder()
                .keyring(KeyringSource.of(Keyring.of(key)))
                .store(store)
                .build();
        assertThat(refusal(ConfigurationException.class, () -> Secrets.decryptConfiguration(after, encrypted)))
                .hasMessageContainingAll("reference at a ", lost.id(), key.id())
                .hasNoCause();
    }
}
