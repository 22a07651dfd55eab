// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.codomyrmex.CodomyrmexException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret lent for a moment. */
class UseSecretTest {

    private final SecretManager manager = SecretManager.inMemory();
    private final AtomicReference<char[]> lent = new AtomicReference<>();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void lendsTheCharactersAndReturnsWhatIsMadeOfThem() {
        String id = manager.storeSecret("name", canary("\uD83D\uDD11\u00e9\n"));
        assertThat(manager.useSecret(id, String::new)).contains(canary("\uD83D\uDD11\u00e9\n"));
        assertThat(manager.useSecret(id, characters -> characters.length))
                .contains(canary("\uD83D\uDD11\u00e9\n").length());
        assertThat(manager.useSecret(manager.storeSecret("empty", ""), String::new))
                .contains("");
    }

    @Test
    void wipesTheArrayWhenUseReturns() {
        String id = manager.storeSecret("name", canary());
        manager.useSecret(id, characters -> {
            lent.set(characters);
            assertThat(characters).isEqualTo(canary().toCharArray());
            return "done";
        });
        assertThat(lent.get()).hasSize(canary().length()).containsOnly('\0');
    }

    @Test
    void wipesTheBytesOfWhichCharactersOrTextAreMade() {
        byte[] first = canary().getBytes(UTF_8);
        assertThat(SecretVault.characters(first, "id")).isEqualTo(canary().toCharArray());
        byte[] second = canary().getBytes(UTF_8);
        assertThat(SecretVault.text(second, "id")).isEqualTo(canary());
        assertThat(first).containsOnly(0);
        assertThat(second).containsOnly(0);
    }

    @Test
    void lendsAnArrayOfItsOwnEachTime() {
        String id = manager.storeSecret("name", canary());
        manager.useSecret(id, characters -> {
            characters[0] = 'X';
            return manager.useSecret(id, String::new);
        });
        assertThat(manager.getSecret(id)).contains(canary());
    }

    @Test
    void makesAnEmptyOptionalOfNull() {
        assertThat(manager.useSecret(manager.storeSecret("name", canary()), characters -> null))
                .isEmpty();
    }

    @Test
    void callsNothingForAnUnknownId() {
        assertThat(manager.useSecret("unknown", characters -> {
                    lent.set(characters);
                    return "called";
                }))
                .isEmpty();
        assertThat(lent).hasNullValue();
    }

    @Test
    void refusesToLendWhatIsNotText() {
        String id = manager.storeSecret("bytes", new byte[] {(byte) 0xff}, Map.of());
        assertThat(refusal(UnreadableSecretException.class, () -> manager.useSecret(id, String::new)))
                .hasMessageContainingAll(id, "getSecretBytes");
    }

    static List<Throwable> whatUseMayThrow() {
        return List.of(
                new IllegalStateException("the caller's own"),
                new CodomyrmexException("the caller's own"),
                new UncheckedIOException(new IOException("the caller's own")),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("whatUseMayThrow")
    void letsWhatUseThrowsPassWipedAndUnlogged(Throwable callers) {
        String id = manager.storeSecret("name", canary());
        try (CapturedLog log = new CapturedLog()) {
            assertThat(catchThrowable(() -> manager.useSecret(id, characters -> {
                        lent.set(characters);
                        if (callers instanceof Error error) {
                            throw error;
                        }
                        throw (RuntimeException) callers;
                    })))
                    .isSameAs(callers);
            assertThat(log.errors()).isEmpty();
            assertThat(log.warnings()).isEmpty();
        }
        assertThat(lent.get()).hasSize(canary().length()).containsOnly('\0');
        assertThat(manager.getSecret(id)).contains(canary());
    }

    @Test
    void holdsNothingWhileUseRuns() {
        String id = manager.storeSecret("name", canary());
        assertThat(manager.useSecret(id, characters -> {
                    manager.rotateSecret("name", canary("next"));
                    manager.rotateKey();
                    manager.close();
                    return new String(characters);
                }))
                .contains(canary());
    }
}
