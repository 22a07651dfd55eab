// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredSecretTest {

    private static final Instant TIME = Instant.parse("2026-11-24T12:34:56.789012Z");
    private static final Map<String, Object> METADATA = Map.of("owner", "canary-metadata");

    private final StoredSecret secret =
            new StoredSecret("the-id", "canary-name", TIME, METADATA, "the-key", "canary-token");

    @Test
    void tellsWhatItWasMadeOf() {
        assertThat(secret.id()).isEqualTo("the-id");
        assertThat(secret.name()).isEqualTo("canary-name");
        assertThat(secret.createdAt()).isEqualTo(TIME);
        assertThat(secret.metadata()).isSameAs(METADATA);
        assertThat(secret.keyId()).isEqualTo("the-key");
        assertThat(secret.token()).isEqualTo("canary-token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T12:34:56.789012Z",
                "1970-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999999Z",
                "1969-12-31T23:59:59Z",
                "0001-01-01T00:00:00.000001Z",
                "-290000-01-01T00:00:00.000001Z",
                "+294000-12-31T23:59:59.999999Z"
            })
    void keepsATimeToTheMicrosecond(String text) {
        Instant time = Instant.parse(text);
        assertThat(createdAt(time)).isEqualTo(time);
        assertThat(createdAt(time.plusNanos(1))).isEqualTo(time);
        assertThat(createdAt(time.plusNanos(999))).isEqualTo(time);
    }

    @Test
    void refusesATimeThatIsTooFarAway() {
        for (Instant time : List.of(Instant.MIN, Instant.MAX, Instant.parse("+295000-01-01T00:00:00Z"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> createdAt(time))
                    .withMessageContaining("createdAt")
                    .withMessageContaining(time.toString());
        }
    }

    @Test
    void withAnotherTokenAllElseIsTheSame() {
        StoredSecret other = secret.withToken("another-key", "another-token");
        assertThat(other)
                .isEqualTo(new StoredSecret("the-id", "canary-name", TIME, METADATA, "another-key", "another-token"));
        assertThat(other.metadata()).isSameAs(METADATA);
        assertThat(other.sameButForToken(secret)).isTrue();
        assertThat(secret.token()).isEqualTo("canary-token");
    }

    @Test
    void isEqualOnlyIfAllIsEqual() {
        StoredSecret same = new StoredSecret(
                "the-id", "canary-name", TIME, Map.of("owner", "canary-metadata"), "the-key", "canary-token");
        assertThat(secret).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(secret.sameButForToken(same)).isTrue();
        assertThat(secret).isNotEqualTo("the-id").isNotEqualTo(null);
        assertThat(secret).isNotEqualTo(secret.withToken("another", "canary-token"));
        assertThat(secret).isNotEqualTo(secret.withToken("the-key", "another"));
        for (StoredSecret other : List.of(
                new StoredSecret("another", "canary-name", TIME, METADATA, "the-key", "canary-token"),
                new StoredSecret("the-id", "another", TIME, METADATA, "the-key", "canary-token"),
                new StoredSecret("the-id", "canary-name", TIME.plusNanos(1_000), METADATA, "the-key", "canary-token"),
                new StoredSecret("the-id", "canary-name", TIME.plusSeconds(1), METADATA, "the-key", "canary-token"),
                new StoredSecret("the-id", "canary-name", TIME, Map.of(), "the-key", "canary-token"))) {
            assertThat(secret).isNotEqualTo(other);
            assertThat(secret.sameButForToken(other)).isFalse();
        }
    }

    @Test
    void printsItsTwoIdsAndNothingElse() {
        assertThat(secret).hasToString("StoredSecret[id=the-id, keyId=the-key]");
    }

    @Test
    void refusesNullByTheNameOfTheArgument() {
        List<String> arguments = List.of("id", "name", "createdAt", "metadata", "keyId", "token");
        for (String argument : arguments) {
            Object[] values = {"id", "name", TIME, METADATA, "key", "token"};
            values[arguments.indexOf(argument)] = null;
            assertThatNullPointerException()
                    .as(Arrays.toString(values))
                    .isThrownBy(() -> make(values))
                    .withMessage(argument);
        }
        assertThatNullPointerException()
                .isThrownBy(() -> secret.withToken(null, "token"))
                .withMessage("keyId");
        assertThatNullPointerException()
                .isThrownBy(() -> secret.withToken("key", null))
                .withMessage("token");
    }

    private static Instant createdAt(Instant time) {
        return new StoredSecret("id", "name", time, Map.of(), "key", "token").createdAt();
    }

    @SuppressWarnings("unchecked")
    private static StoredSecret make(Object[] values) {
        return new StoredSecret(
                (String) values[0],
                (String) values[1],
                (Instant) values[2],
                (Map<String, Object>) values[3],
                (String) values[4],
                (String) values[5]);
    }
}
