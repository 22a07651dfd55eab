// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sources that are not in files: the environment, the memory, and what the application gives. */
class KeyringSourcesTest {

    private final FernetKey one = FernetKey.generate();
    private final FernetKey two = FernetKey.generate();

    private static EnvironmentKeyringSource environment(String value) {
        return EnvironmentKeyringSource.of("THE_KEYS", Map.of("THE_KEYS", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "\n", "\r\n", " , ", "\n\n"})
    void theEnvironmentHasKeysBetweenCommasOrLineBreaks(String separator) {
        EnvironmentKeyringSource source = environment(one.reveal() + separator + two.reveal());

        assertThat(source.load(true)).isEqualTo(Keyring.of(one, two));
        assertThat(source.load(false)).isEqualTo(Keyring.of(one, two));
        assertThat(source).isNotInstanceOf(RotatableKeyringSource.class);
    }

    @Test
    void aVariableThatIsNotSetIsAbsentAlsoWhereCreatingIsAllowed() {
        for (EnvironmentKeyringSource source : List.of(
                EnvironmentKeyringSource.of("THE_KEYS", Map.of()),
                EnvironmentKeyringSource.of("A_VARIABLE_THAT_NOBODY_SETS_9f2c"))) {
            KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> source.load(true));

            assertThat(refusal.reason()).isEqualTo(Reason.ABSENT);
            assertThat(refusal).hasMessageContainingAll("The environment variable ", "is not set", "Fernet keys");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t"})
    void anEmptyVariableIsAbsent(String value) {
        KeyringException refusal = catchThrowableOfType(
                KeyringException.class, () -> environment(value).load(false));

        assertThat(refusal.reason()).isEqualTo(Reason.ABSENT);
        assertThat(refusal).hasMessageContaining("The environment variable THE_KEYS is empty");
    }

    @Test
    void aMalformedVariableIsRefusedByNameAndNotRepeated() {
        String canary = "canary" + one.reveal();
        KeyringException refusal = catchThrowableOfType(
                KeyringException.class,
                () -> environment(two.reveal() + "\n" + canary).load(false));

        assertThat(refusal.reason()).isEqualTo(Reason.MALFORMED);
        assertThat(refusal)
                .hasNoCause()
                .hasMessageStartingWith("The environment variable THE_KEYS is no keyring: line 2: ")
                .message()
                .doesNotContain("canary", one.reveal(), two.reveal());
    }

    @Test
    void theTextOfASourceShowsWhereItsKeysAreAndNoKey() {
        assertThat(environment(one.reveal())).hasToString("EnvironmentKeyringSource[THE_KEYS]");
        InMemoryKeyringSource memory = new InMemoryKeyringSource();
        memory.update(ring -> ring.rotatedTo(one));
        assertThat(memory).hasToString("InMemoryKeyringSource");
    }

    @Test
    void aVariableHasAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EnvironmentKeyringSource.of(""))
                .withMessageContainingAll("variable is empty", "expected the name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EnvironmentKeyringSource.of(one.reveal()))
                .withMessageContainingAll("variable has an equals sign", "expected the name")
                .withMessageNotContaining(one.reveal().substring(0, 8));
        assertThatNullPointerException()
                .isThrownBy(() -> EnvironmentKeyringSource.of(null))
                .withMessage("variable");
        assertThatNullPointerException()
                .isThrownBy(() -> EnvironmentKeyringSource.of("THE_KEYS", null))
                .withMessage("environment");
    }

    @Test
    void aGivenKeyringIsGivenBack() {
        Keyring ring = Keyring.of(one, two);
        KeyringSource source = KeyringSource.of(ring);

        assertThat(source.load(true)).isSameAs(ring);
        assertThat(source.load(false)).isSameAs(ring);
        assertThat(source).isNotInstanceOf(RotatableKeyringSource.class);
        assertThat(source.toString()).doesNotContain(one.reveal(), two.reveal());
        assertThatNullPointerException()
                .isThrownBy(() -> KeyringSource.of(null))
                .withMessage("keyring");
    }

    @Test
    void theMemoryHasAFreshKeyAndRotates() {
        InMemoryKeyringSource source = new InMemoryKeyringSource();
        Keyring first = source.load(false);
        assertThat(first.keyIds())
                .hasSize(1)
                .isNotEqualTo(new InMemoryKeyringSource().load(false).keyIds());

        Keyring rotated = source.update(ring -> ring.rotatedTo(one));

        assertThat(rotated).isEqualTo(first.rotatedTo(one)).isEqualTo(source.load(true));
    }

    @Test
    void theMemoryLosesAKeyOnlyByDestruction() {
        InMemoryKeyringSource source = new InMemoryKeyringSource();
        String former = source.load(false).primary().id();
        source.update(ring -> ring.rotatedTo(one));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> source.update(ring -> Keyring.of(two)))
                .withMessageContainingAll(former, one.id(), "destroy");
        assertThat(catchThrowableOfType(KeyringException.class, () -> source.destroy(one.id(), () -> true))
                        .reason())
                .isEqualTo(Reason.IN_USE);
        assertThat(catchThrowableOfType(KeyringException.class, () -> source.destroy(former, () -> false))
                        .reason())
                .isEqualTo(Reason.IN_USE);
        assertThat(source.load(false).keyIds()).containsExactly(one.id(), former);

        List<Keyring> whileForbidding = new ArrayList<>();
        Keyring left = source.destroy(former, () -> whileForbidding.add(source.load(false)));

        assertThat(left).isEqualTo(Keyring.of(one)).isEqualTo(source.load(false));
        assertThat(whileForbidding.get(0).contains(former)).isTrue();
    }

    @Test
    void manyThreadsRotateTheMemoryAndLoseNoKey() throws Exception {
        InMemoryKeyringSource source = new InMemoryKeyringSource();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Keyring>> rotations = new ArrayList<>();
            for (int rotation = 0; rotation < 40; rotation++) {
                rotations.add(() -> source.update(ring -> ring.rotatedTo(FernetKey.generate())));
            }
            threads.invokeAll(rotations);
        } finally {
            threads.shutdown();
        }
        assertThat(source.load(false).keyIds()).hasSize(41);
    }

    @Test
    void nothingIsNull() {
        InMemoryKeyringSource source = new InMemoryKeyringSource();
        assertThatNullPointerException().isThrownBy(() -> source.update(null)).withMessage("change");
        assertThatNullPointerException()
                .isThrownBy(() -> source.update(ring -> null))
                .withMessage("change returned null");
        assertThatNullPointerException()
                .isThrownBy(() -> source.destroy(null, () -> true))
                .withMessage("keyId");
        assertThatNullPointerException()
                .isThrownBy(() -> source.destroy(one.id(), null))
                .withMessage("forbid");
    }

    @Test
    void oneInMemoryIsFreeForOthersAfterEachChange() throws Exception {
        InMemoryKeyringSource source = new InMemoryKeyringSource();
        FernetKey first = source.load(false).primary();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            source.update(ring -> ring.rotatedTo(one));
            assertThat(other.submit(() -> source.update(ring -> ring.rotatedTo(two)))
                            .get(30, TimeUnit.SECONDS)
                            .retired())
                    .containsExactly(one, first);
            source.destroy(one.id(), () -> true);
            assertThat(other.submit(() -> source.destroy(first.id(), () -> true))
                            .get(30, TimeUnit.SECONDS)
                            .retired())
                    .isEmpty();
        } finally {
            other.shutdownNow();
        }
    }
}
