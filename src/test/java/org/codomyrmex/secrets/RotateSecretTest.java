// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.store.Rotation;
import org.codomyrmex.secrets.store.RotationLog;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.junit.jupiter.api.Test;

/** A secret's value is replaced, whatever else it keeps; and what is remembered of that. */
class RotateSecretTest {

    private static final Instant ROTATED = Instant.parse("2026-11-24T10:11:12.345678Z");

    private final SettableClock clock = SettableClock.at("2026-11-24T10:11:12.345678901Z");
    private final SecretManager manager = managerOver(new ForwardingStore());

    private SecretManager managerOver(ForwardingStore store) {
        return SecretManager.builder()
                .keyring(new InMemoryKeyringSource())
                .store(store)
                .clock(clock)
                .build();
    }

    @Test
    void putsANewSecretInThePlaceOfTheFormer() {
        String former = manager.storeSecret("name", canary(1));
        SecretRotation rotation = manager.rotateSecret("name", canary(2));

        assertThat(rotation).isEqualTo(new SecretRotation("name", rotation.newId(), Optional.of(former), ROTATED));
        assertThat(rotation.newId()).matches("[0-9a-f]{32}").isNotEqualTo(former);
        assertThat(manager.getSecret(former)).isEmpty();
        assertThat(manager.getSecret(rotation.newId())).contains(canary(2));
        assertThat(manager.getSecretByName("name")).contains(canary(2));
    }

    @Test
    void replacesEverySecretOfTheNameAndNoOther() {
        String earliest = manager.storeSecret("name", canary(1));
        String other = manager.storeSecret("another name", canary(2));
        manager.storeSecret("name", canary(3));
        manager.storeSecret("name", canary(4));

        SecretRotation rotation = manager.rotateSecret("name", canary(5));
        assertThat(rotation.previousId()).contains(earliest);
        assertThat(manager.listSecrets()).extracting(SecretInfo::id).containsExactly(other, rotation.newId());
    }

    @Test
    void storesAnUnknownNameAsNewWithoutAPreviousId() {
        SecretRotation rotation = manager.rotateSecret("unknown", canary());
        assertThat(rotation.previousId()).isEmpty();
        assertThat(manager.getSecretByName("unknown")).contains(canary());
        assertThat(manager.describeSecret(rotation.newId()).orElseThrow().metadata())
                .containsExactly(Map.entry("rotation_time", ROTATED.toString()));
    }

    @Test
    void keepsTheMetadataOfTheEarliestAndAddsWhereFromAndWhen() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("owner", "billing");
        metadata.put("nothing", null);
        metadata.put("tags", List.of("a", Map.of("b", 1)));
        String first = manager.storeSecret("name", canary(1), metadata);
        manager.storeSecret("name", canary(2), Map.of("owner", "somebody else"));

        String second = manager.rotateSecret("name", canary(3)).newId();
        Map<String, Object> expected = new LinkedHashMap<>(metadata);
        expected.put("rotated_from", first);
        expected.put("rotation_time", "2026-11-24T10:11:12.345678Z");
        assertThat(manager.describeSecret(second).orElseThrow().metadata()).isEqualTo(expected);

        clock.advance(Duration.ofDays(1));
        String third = manager.rotateSecret("name", canary(4)).newId();
        expected.put("rotated_from", second);
        expected.put("rotation_time", "2026-11-25T10:11:12.345678Z");
        SecretInfo info = manager.describeSecret(third).orElseThrow();
        assertThat(info.metadata()).isEqualTo(expected);
        assertThat(info.createdAt()).isEqualTo("2026-11-25T10:11:12.345678Z");
        assertThatThrownBy(() -> info.metadata().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void takesBytesThatAreNotText() {
        byte[] value = {(byte) 0xff, 0};
        String id = manager.rotateSecret("name", value).newId();
        value[0] = 1;
        assertThat(manager.getSecretBytes(id).orElseThrow()).containsExactly(0xff, 0);
    }

    @Test
    void remembersRotationsInOrderAndByName() {
        List<SecretRotation> expected = new ArrayList<>();
        for (String name : List.of("a", "b", "a", "c", "a")) {
            clock.advance(Duration.ofSeconds(1));
            expected.add(manager.rotateSecret(name, canary(name)));
        }
        manager.storeSecret("a", canary("stored, not rotated"));
        manager.deleteSecret(expected.get(4).newId());

        assertThat(manager.rotationHistory()).isEqualTo(expected);
        assertThat(manager.rotationHistory("a")).containsExactly(expected.get(0), expected.get(2), expected.get(4));
        assertThat(manager.rotationHistory("unknown")).isEmpty();
        assertThat(expected.get(2).previousId()).contains(expected.get(0).newId());
        assertThatThrownBy(() -> manager.rotationHistory().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void remembersTheNewest10000RotationsOfAStoreWithoutAHistory() {
        SecretRotation first = manager.rotateSecret("a", canary());
        SecretRotation second = manager.rotateSecret("b", canary());
        RotationLog log = (RotationLog) manager.vault.history();
        for (int i = 0; i < 9_998; i++) {
            log.add(new Rotation("c", "id " + i, Optional.empty(), ROTATED));
        }
        assertThat(manager.rotationHistory()).hasSize(10_000).startsWith(first, second);

        SecretRotation last = manager.rotateSecret("d", canary());
        assertThat(manager.rotationHistory()).hasSize(10_000).startsWith(second).endsWith(last);
        assertThat(manager.rotationHistory("a")).isEmpty();
    }

    @Test
    void readsAgainWhatToReplaceWhenSomebodyElseWasQuicker() {
        ForwardingStore contended = new ForwardingStore() {
            private boolean done;

            @Override
            public WriteOutcome replaceNamed(Optional<String> expectedFirstId, StoredSecret replacement) {
                if (!done) {
                    done = true;
                    kept.delete(expectedFirstId.orElseThrow());
                }
                return super.replaceNamed(expectedFirstId, replacement);
            }
        };
        SecretManager other = managerOver(contended);
        other.storeSecret("name", canary(1), Map.of("from", "the first"));
        String second = other.storeSecret("name", canary(2), Map.of("from", "the second"));

        SecretRotation rotation = other.rotateSecret("name", canary(3));
        assertThat(rotation.previousId()).contains(second);
        assertThat(other.describeSecret(rotation.newId()).orElseThrow().metadata())
                .containsEntry("from", "the second")
                .containsEntry("rotated_from", second);
        assertThat(other.rotationHistory()).containsExactly(rotation);
    }

    @Test
    void givesUpWhereOthersReplaceTheSecretWithoutEnd() {
        SecretManager other = managerOver(new ForwardingStore() {
            @Override
            public WriteOutcome replaceNamed(Optional<String> expectedFirstId, StoredSecret replacement) {
                return WriteOutcome.CHANGED;
            }
        });
        String id = other.storeSecret("name", canary(1));
        assertThat(refusal(StoreException.class, () -> other.rotateSecret("name", canary(2))))
                .hasMessageContainingAll("replaced by others", "Nothing was changed");
        assertThat(other.getSecret(id)).contains(canary(1));
        assertThat(other.rotationHistory()).isEmpty();
    }
}
