// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.fernet.InvalidTokenException.Reason;
import org.junit.jupiter.api.Test;

class KeyringTest {

    private static final byte[] VALUE = "value".getBytes(UTF_8);
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);

    private final FernetKey primary = FernetKey.generate();
    private final FernetKey retired = FernetKey.generate();
    private final FernetKey longRetired = FernetKey.generate();
    private final FernetKey other = FernetKey.generate();
    private final Keyring ring = Keyring.of(primary, retired, longRetired);

    private static String under(FernetKey key) {
        return new Fernet(key).encryptAt(VALUE, TIME);
    }

    private static InvalidTokenException refused(Runnable use) {
        return catchThrowableOfType(InvalidTokenException.class, use::run);
    }

    @Test
    void hasItsKeysInOrderThePrimaryFirst() {
        assertThat(ring.primary()).isSameAs(primary);
        assertThat(ring.retired()).containsExactly(retired, longRetired);
        assertThat(ring.keyIds()).containsExactly(primary.id(), retired.id(), longRetired.id());
        assertThat(ring.contains(retired.id())).isTrue();
        assertThat(ring.contains(other.id())).isFalse();
    }

    @Test
    void aKeyGivenTwiceCountsOnceInItsFirstPlace() {
        assertThat(Keyring.of(primary, retired, primary.copy(), retired, longRetired))
                .isEqualTo(ring);
        assertThat(Keyring.of(primary, primary).retired()).isEmpty();
    }

    @Test
    void itsListsCannotBeChanged() {
        assertThatThrownBy(() -> ring.retired().add(other)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ring.keyIds().add("id")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void rotatingPutsAKeyInFrontAndKeepsTheOthers() {
        assertThat(ring.rotatedTo(other)).isEqualTo(Keyring.of(other, primary, retired, longRetired));
        assertThat(ring.rotatedTo(longRetired)).isEqualTo(Keyring.of(longRetired, primary, retired));
        assertThat(ring.rotatedTo(primary)).isEqualTo(ring);
        assertThat(ring.primary()).isEqualTo(primary);
    }

    @Test
    void aKeyFromElsewhereIsTheLastToBeTried() {
        assertThat(ring.withRetired(other)).isEqualTo(Keyring.of(primary, retired, longRetired, other));
        assertThat(ring.withRetired(retired)).isEqualTo(ring);
        assertThat(ring.withRetired(primary)).isEqualTo(ring);
    }

    @Test
    void aRetiredKeyCanBeTakenOutAndThePrimaryCannot() {
        assertThat(ring.without(retired.id())).isEqualTo(Keyring.of(primary, longRetired));
        assertThat(ring.without(other.id())).isEqualTo(ring);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.without(primary.id()))
                .withMessageContainingAll("keyId " + primary.id(), "rotate to another one first");
    }

    @Test
    void encryptsUnderThePrimary() {
        assertThat(new Fernet(primary).decrypt(ring.encrypt(VALUE))).isEqualTo(VALUE);
        assertThat(new Fernet(primary).timestamp(ring.encryptAt(VALUE, TIME))).isEqualTo(TIME.getEpochSecond());
    }

    @Test
    void decryptsUnderWhicheverKeyMadeTheToken() {
        for (FernetKey key : List.of(primary, retired, longRetired)) {
            String token = under(key);
            assertThat(ring.decrypt(token)).isEqualTo(VALUE);
            assertThat(ring.keyIdOf(token)).hasValue(key.id());
            for (String likely : List.of(primary.id(), retired.id(), longRetired.id(), other.id())) {
                assertThat(ring.decryptUnder(likely, token)).isEqualTo(VALUE);
            }
        }
    }

    @Test
    void decryptsTokensOfAllItsKeysInAnyOrder() {
        List<String> tokens = List.of(under(primary), under(retired), under(longRetired));
        for (int i = 0; i < 81; i++) {
            for (int token : new int[] {i % 3, i / 3 % 3, i / 9 % 3, i / 27}) {
                assertThat(ring.decrypt(tokens.get(token))).isEqualTo(VALUE);
                assertThat(ring.keyIdOf(tokens.get(token)))
                        .contains(ring.keyIds().get(token));
            }
        }
        assertThat(refused(() -> ring.decrypt(under(other))))
                .hasMessageContaining(String.join(", ", primary.id(), retired.id(), longRetired.id()));
    }

    @Test
    void theKeyThatOpenedTheLastTokenIsTheFirstToBeTriedAfterThePrimary() {
        String token = under(longRetired);
        assertThat(ring.decrypt(token)).isEqualTo(VALUE);
        assertThat(ring.decrypt(under(primary))).isEqualTo(VALUE);

        // A destroyed key cannot be tried without being noticed.
        retired.destroy();

        assertThat(ring.decrypt(token)).isEqualTo(VALUE);
        assertThat(ring.keyIdOf(token)).contains(longRetired.id());
        assertThatThrownBy(() -> ring.decrypt(under(other)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(retired.id());
    }

    @Test
    void theKeyThatIsNamedIsTheFirstToBeTried() {
        String token = under(longRetired);
        primary.destroy();
        retired.destroy();
        assertThat(ring.decryptUnder(longRetired.id(), token)).isEqualTo(VALUE);
    }

    @Test
    void aTokenOfAnUnknownKeyIsNotAuthenticAndTheKeysTriedAreNamed() {
        String token = under(other);
        for (Runnable use : List.<Runnable>of(
                () -> ring.decrypt(token),
                () -> ring.decrypt(token, Duration.ofDays(1)),
                () -> ring.decryptUnder(retired.id(), token),
                () -> ring.reencrypt(token),
                () -> ring.reencryptUnder(other.id(), token))) {
            InvalidTokenException refusal = refused(use);

            assertThat(refusal.reason()).isEqualTo(Reason.NOT_AUTHENTIC);
            assertThat(refusal)
                    .hasNoCause()
                    .hasMessageContainingAll("none of the 3 keys", primary.id(), retired.id(), longRetired.id());
            assertThat(refusal.getMessage()).doesNotContain(token.substring(0, 20));
        }
        assertThat(ring.keyIdOf(token)).isEmpty();
    }

    @Test
    void aMalformedTokenIsRefusedAsMalformed() {
        assertThat(refused(() -> ring.decrypt("no token")).reason()).isEqualTo(Reason.MALFORMED);
        assertThat(refused(() -> ring.reencrypt("no token")).reason()).isEqualTo(Reason.MALFORMED);
        assertThat(ring.keyIdOf("no token")).isEmpty();
    }

    @Test
    void theAgeCountsUnderARetiredKeyToo() {
        String token = under(retired);
        Duration minute = Duration.ofMinutes(1);

        assertThat(ring.decryptAt(token, minute, TIME.plusSeconds(60))).isEqualTo(VALUE);
        assertThat(ring.decryptAt(token, minute, TIME.minusSeconds(60))).isEqualTo(VALUE);
        assertThat(refused(() -> ring.decryptAt(token, minute, TIME.plusSeconds(61)))
                        .reason())
                .isEqualTo(Reason.EXPIRED);
        assertThat(refused(() -> ring.decryptAt(token, minute, TIME.minusSeconds(61)))
                        .reason())
                .isEqualTo(Reason.FROM_THE_FUTURE);
        assertThat(refused(() -> ring.decrypt(token, minute)).reason()).isEqualTo(Reason.EXPIRED);
        assertThatIllegalArgumentException().isThrownBy(() -> ring.decrypt(token, Duration.ofSeconds(-1)));
    }

    @Test
    void reencryptingMovesATokenToThePrimaryAndKeepsItsTime() {
        for (FernetKey key : List.of(primary, retired, longRetired)) {
            for (String moved : List.of(ring.reencrypt(under(key)), ring.reencryptUnder(key.id(), under(key)))) {
                assertThat(ring.keyIdOf(moved)).hasValue(primary.id());
                assertThat(new Fernet(primary).decrypt(moved)).isEqualTo(VALUE);
                assertThat(new Fernet(primary).timestamp(moved)).isEqualTo(TIME.getEpochSecond());
            }
        }
    }

    @Test
    void ringsWithTheSameKeysInTheSameOrderAreEqual() {
        assertThat(Keyring.of(primary.copy(), retired.copy(), longRetired.copy()))
                .isEqualTo(ring)
                .hasSameHashCodeAs(ring);
        assertThat(ring)
                .isNotEqualTo(Keyring.of(primary, longRetired, retired))
                .isNotEqualTo(Keyring.of(primary, retired))
                .isNotEqualTo(null)
                .isNotEqualTo("ring");
    }

    @Test
    void aCopyOutlivesTheKeysItWasMadeFrom() {
        Keyring copy = ring.copy();
        assertThat(copy).isEqualTo(ring);
        List.of(primary, retired, longRetired).forEach(FernetKey::destroy);

        assertThat(copy.decrypt(copy.encrypt(VALUE))).isEqualTo(VALUE);
        assertThatThrownBy(() -> ring.encrypt(VALUE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void itsTextShowsIdsOnly() {
        assertThat(ring).hasToString("Keyring[" + primary.id() + ", " + retired.id() + ", " + longRetired.id() + "]");
        for (FernetKey key : List.of(primary, retired, longRetired)) {
            IntStream.range(0, 36)
                    .forEach(i -> assertThat(ring.toString())
                            .doesNotContain(key.reveal().substring(i, i + 8)));
        }
    }

    @Test
    void nothingIsNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> Keyring.of((FernetKey) null))
                .withMessage("primary");
        assertThatNullPointerException()
                .isThrownBy(() -> Keyring.of((List<FernetKey>) null))
                .withMessage("keys");
        assertThatNullPointerException()
                .isThrownBy(() -> Keyring.of(primary, (FernetKey) null))
                .withMessage("retired");
        assertThatNullPointerException()
                .isThrownBy(() -> Keyring.of(primary, (FernetKey[]) null))
                .withMessage("retired");
        assertThatNullPointerException().isThrownBy(() -> Keyring.parse(null)).withMessage("text");
        assertThatNullPointerException().isThrownBy(() -> ring.rotatedTo(null)).withMessage("newPrimary");
        assertThatNullPointerException()
                .isThrownBy(() -> ring.withRetired(null))
                .withMessage("key");
        assertThatNullPointerException().isThrownBy(() -> ring.without(null)).withMessage("keyId");
        assertThatNullPointerException().isThrownBy(() -> ring.contains(null)).withMessage("keyId");
        assertThatNullPointerException().isThrownBy(() -> ring.decrypt(null)).withMessage("token");
        assertThatNullPointerException().isThrownBy(() -> ring.keyIdOf(null)).withMessage("token");
    }

    /** Nobody has two such keys, so one id for all stands for the digest. */
    @Test
    void twoDifferentKeysWithOneIdAreRefused() {
        Function<FernetKey, String> oneId = key -> "0123456789abcdef";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Keyring.of(List.of(primary, retired), oneId))
                .withMessageContainingAll("two different keys have the id 0123456789abcdef", "Remove the one")
                .withMessageNotContaining(primary.reveal())
                .withMessageNotContaining(retired.reveal());
        assertThat(Keyring.of(List.of(primary, primary), oneId).keys())
                .as("one key given twice")
                .containsExactly(primary);
        assertThat(Keyring.of(List.of(primary, retired), FernetKey::id).keys()).containsExactly(primary, retired);
    }

    @Test
    void aTokenOfARetiredKeyThatIsTooOldIsRefusedForItsAge() {
        Duration ttl = Duration.ofSeconds(10);

        assertThat(ring.decrypt(new Fernet(retired).encrypt(VALUE), ttl)).isEqualTo(VALUE);
        for (FernetKey key : List.of(primary, retired, longRetired)) {
            assertThat(refused(() -> ring.decrypt(under(key), ttl)).reason()).isEqualTo(Reason.EXPIRED);
        }
        assertThat(refused(() -> ring.decrypt(under(other), ttl)).reason()).isEqualTo(Reason.NOT_AUTHENTIC);
    }
}
