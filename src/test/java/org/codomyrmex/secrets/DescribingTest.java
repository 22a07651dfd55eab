// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.codomyrmex.secrets.Canary.canary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of secrets without their values, and how they are removed. */
class DescribingTest {

    private final SettableClock clock = SettableClock.at("2026-11-24T10:11:12.345678901Z");
    private final SecretManager manager = SecretManager.builder()
            .keyring(new InMemoryKeyringSource())
            .clock(clock)
            .build();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void describesASecretByIdNameTimeMetadataAndKey() {
        String id = manager.storeSecret("name", canary(), Map.of("owner", "billing"));
        assertThat(manager.describeSecret(id))
                .contains(new SecretInfo(
                        id,
                        "name",
                        Instant.parse("2026-11-24T10:11:12.345678Z"),
                        Map.of("owner", "billing"),
                        manager.listKeys().get(0).id()));
    }

    @Test
    void describesASecretWithoutMetadataByAnEmptyMap() {
        String id = manager.storeSecret("name", canary());
        assertThat(manager.describeSecret(id).orElseThrow().metadata()).isEmpty();
    }

    @Test
    void listsAllInTheOrderInWhichTheyWereStored() {
        List<String> ids = new ArrayList<>();
        for (String name : List.of("b", "a", "b", "c", "a")) {
            ids.add(manager.storeSecret(name, canary(name)));
            clock.advance(Duration.ofMinutes(-1));
        }
        assertThat(manager.listSecrets()).extracting(SecretInfo::id).containsExactlyElementsOf(ids);
        assertThat(manager.listSecrets()).extracting(SecretInfo::name).containsExactly("b", "a", "b", "c", "a");
    }

    @Test
    void listsNothingWhereNothingIsStored() {
        assertThat(manager.listSecrets()).isEmpty();
        manager.forEachSecret(secret -> assertThat(secret).isNull());
    }

    @Test
    void keepsTheOrderWhenKeysRotateAndPutsARotatedSecretLast() {
        String first = manager.storeSecret("first", canary(1));
        String second = manager.storeSecret("second", canary(2));
        manager.rotateKey();
        assertThat(manager.listSecrets()).extracting(SecretInfo::id).containsExactly(first, second);

        String replacement = manager.rotateSecret("first", canary(3)).newId();
        assertThat(manager.listSecrets()).extracting(SecretInfo::id).containsExactly(second, replacement);
    }

    @Test
    void givesAListThatNobodyCanChangeAndThatStaysAsItWas() {
        manager.storeSecret("name", canary());
        List<SecretInfo> list = manager.listSecrets();
        manager.storeSecret("later", canary());
        assertThat(list).hasSize(1);
        assertThatThrownBy(list::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> list.get(0).metadata().put("a", "b"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void showsEachSecretInTheSameOrderAsTheList() {
        for (int i = 0; i < 1_000; i++) {
            manager.storeSecret("name " + i, canary(i));
        }
        List<SecretInfo> shown = new ArrayList<>();
        manager.forEachSecret(shown::add);
        assertThat(shown).hasSize(1_000).isEqualTo(manager.listSecrets());
    }

    @Test
    void letsTheActionReadAndRemoveAsItGoes() {
        for (int i = 0; i < 600; i++) {
            manager.storeSecret("name", canary(i));
        }
        List<String> values = new ArrayList<>();
        manager.forEachSecret(secret -> {
            values.add(manager.getSecret(secret.id()).orElseThrow());
            assertThat(manager.deleteSecret(secret.id())).isTrue();
        });
        assertThat(values).hasSize(600).startsWith(canary(0)).endsWith(canary(599));
        assertThat(manager.listSecrets()).isEmpty();
    }

    @Test
    void letsWhatTheActionThrowsPassUnlogged() {
        for (int i = 0; i < 3; i++) {
            manager.storeSecret("name", canary(i));
        }
        RuntimeException callers = new UncheckedIOException(new IOException("the caller's own"));
        List<SecretInfo> shown = new ArrayList<>();
        try (CapturedLog log = new CapturedLog()) {
            assertThat(catchThrowable(() -> manager.forEachSecret(secret -> {
                        shown.add(secret);
                        throw callers;
                    })))
                    .isSameAs(callers);
            assertThat(log.errors()).isEmpty();
            assertThat(log.warnings()).isEmpty();
        }
        assertThat(shown).hasSize(1);
    }

    @Test
    void deletesASecretOnce() {
        String id = manager.storeSecret("name", canary(1));
        String other = manager.storeSecret("name", canary(2));
        assertThat(manager.deleteSecret(id)).isTrue();
        assertThat(manager.deleteSecret(id)).isFalse();
        assertThat(manager.deleteSecret("unknown")).isFalse();

        assertThat(manager.getSecret(id)).isEmpty();
        assertThat(manager.getSecretBytes(id)).isEmpty();
        assertThat(manager.useSecret(id, String::new)).isEmpty();
        assertThat(manager.describeSecret(id)).isEmpty();
        assertThat(manager.listSecrets()).extracting(SecretInfo::id).containsExactly(other);
        assertThat(manager.listKeys().get(0).secrets()).isEqualTo(1);
    }

    @Test
    void showsNoValueNoTokenAndNoKeyInAnyText() {
        manager.storeSecret("name", canary(), Map.of("owner", "billing"));
        manager.rotateSecret("name", canary("next"));
        manager.rotateKey();
        List<Object> all = new ArrayList<>();
        all.add(manager);
        all.add(SecretManager.builder());
        all.addAll(manager.listSecrets());
        all.addAll(manager.rotationHistory());
        all.addAll(manager.listKeys());
        all.add(manager.rekey());
        all.add(manager.checkSecretAge("name", Duration.ZERO));
        assertThat(all)
                .hasSize(8)
                .allSatisfy(each -> assertThat(Leaks.in(each.toString())).isEmpty());
    }
}
