// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key as a value: where it comes from, what it shows, when it is gone. */
class FernetKeyTest {

    private static final String TEXT = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    private static final String ID = "14067d5575e3579c";

    private static byte[] counting() {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    @Test
    void isMadeOfFreshRandomBytesEachTime() {
        Set<String> keys = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            FernetKey key = FernetKey.generate();
            keys.add(key.reveal());
            ids.add(key.id());
        }

        assertThat(keys).hasSize(1000).allMatch(text -> text.matches("[A-Za-z0-9_-]{43}="));
        assertThat(ids).hasSize(1000).allMatch(id -> id.matches("[0-9a-f]{16}"));
        for (int i = 0; i < 44 - 1; i++) {
            int position = i;
            assertThat(keys.stream()
                            .map(text -> text.charAt(position))
                            .distinct()
                            .count())
                    .as("values of character %s", position)
                    .isGreaterThanOrEqualTo(16);
        }
    }

    @Test
    void isNamedByADigestThatIsTheSameEverywhere() {
        assertThat(FernetKey.parse(TEXT).id()).isEqualTo(ID);
        assertThat(FernetKey.of(new byte[32]).id()).isEqualTo("3e0f92366b27f722");
    }

    @Test
    void revealsItselfInCanonicalForm() {
        assertThat(FernetKey.parse(TEXT).reveal()).isEqualTo(TEXT);
        assertThat(FernetKey.of(counting()).reveal())
                .isEqualTo(Base64.getUrlEncoder().encodeToString(counting()));
    }

    @Test
    void copiesTheBytesItIsMadeOf() {
        byte[] bytes = counting();
        FernetKey key = FernetKey.of(bytes);
        bytes[0] = 99;

        assertThat(key).isEqualTo(FernetKey.of(counting()));
    }

    @Test
    void copiesTheFileItIsReadFrom() {
        byte[] file = TEXT.getBytes(US_ASCII);
        FernetKey key = FernetKey.parse(file);
        Arrays.fill(file, (byte) 0);

        assertThat(key.reveal()).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33, 44, 64})
    void isMadeOfExactly32Bytes(int length) {
        assertThatThrownBy(() -> FernetKey.of(new byte[length]))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("is 32 raw bytes", "there are " + length + ".", "FernetKey.parse");
    }

    @Test
    void signsWithItsFirstHalfAndEncryptsWithItsSecond() {
        byte[] bytes = counting();
        FernetKey key = FernetKey.of(bytes);

        assertThat(key.signingKey().getEncoded()).containsExactly(Arrays.copyOf(bytes, 16));
        assertThat(key.signingKey().getAlgorithm()).isEqualTo("HmacSHA256");
        assertThat(key.encryptionKey().getEncoded()).containsExactly(Arrays.copyOfRange(bytes, 16, 32));
        assertThat(key.encryptionKey().getAlgorithm()).isEqualTo("AES");
    }

    @Test
    void equalsAKeyOfTheSameBytesAndNothingElse() {
        FernetKey key = FernetKey.parse(TEXT);
        FernetKey same = key;

        assertThat(key.equals(same)).isTrue();
        assertThat(key).isEqualTo(FernetKey.parse(TEXT)).hasSameHashCodeAs(FernetKey.parse(TEXT));
        assertThat(key.hashCode()).isEqualTo(ID.hashCode());
        assertThat(key).isNotEqualTo(null).isNotEqualTo(TEXT).isNotEqualTo(FernetKey.generate());
        for (int bit = 0; bit < 256; bit++) {
            byte[] bytes = Base64.getUrlDecoder().decode(TEXT);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(FernetKey.of(bytes)).isNotEqualTo(key);
        }
    }

    @Test
    void livesApartFromItsCopy() {
        FernetKey key = FernetKey.parse(TEXT);
        FernetKey copy = key.copy();
        assertThat(copy).isNotSameAs(key).isEqualTo(key).hasToString(key.toString());

        key.destroy();

        assertThat(copy.isDestroyed()).isFalse();
        assertThat(copy.reveal()).isEqualTo(TEXT);
    }

    @Test
    void isOfNoUseOnceDestroyed() {
        FernetKey key = FernetKey.parse(TEXT);
        assertThat(key.isDestroyed()).isFalse();

        key.destroy();

        assertThat(key.isDestroyed()).isTrue();
        saysThatItIsDestroyed(key::reveal);
        saysThatItIsDestroyed(key::copy);
        saysThatItIsDestroyed(key::signingKey);
        saysThatItIsDestroyed(key::encryptionKey);
        saysThatItIsDestroyed(key::requireUsable);
    }

    @Test
    void overwritesItsBytesWhenDestroyed() throws Exception {
        FernetKey key = FernetKey.parse(TEXT);
        Field field = FernetKey.class.getDeclaredField("bytes");
        field.setAccessible(true);
        byte[] bytes = (byte[]) field.get(key);
        assertThat(bytes).isEqualTo(Base64.getUrlDecoder().decode(TEXT));

        key.destroy();

        assertThat(bytes).containsOnly(0);
    }

    private static void saysThatItIsDestroyed(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(ID, "is destroyed");
    }

    @Test
    void keepsItsNameOnceDestroyed() {
        FernetKey key = FernetKey.parse(TEXT);
        int hash = key.hashCode();

        key.destroy();
        key.destroy();

        assertThat(key.id()).isEqualTo(ID);
        assertThat(key).hasToString("FernetKey[" + ID + "]");
        assertThat(key.hashCode()).isEqualTo(hash);
    }

    @Test
    void equalsOnlyItselfOnceDestroyed() {
        FernetKey key = FernetKey.parse(TEXT);
        FernetKey same = key;
        FernetKey live = key.copy();
        FernetKey destroyedToo = key.copy();

        key.destroy();
        destroyedToo.destroy();

        assertThat(key.equals(same)).isTrue();
        assertThat(key).isNotEqualTo(live).isNotEqualTo(destroyedToo);
        assertThat(live).isNotEqualTo(key);
        assertThat(live.reveal()).isEqualTo(TEXT);
    }

    @Test
    void showsItsIdOnly() {
        FernetKey key = FernetKey.parse(TEXT);

        assertThat(key).hasToString("FernetKey[" + ID + "]");
        assertThat(new Fernet(key)).hasToString("Fernet[" + ID + "]");
    }

    @Test
    void namesTheArgumentThatIsNull() {
        assertNull(() -> FernetKey.parse(nothing(CharSequence.class)), "text");
        assertNull(() -> FernetKey.parse(nothing(byte[].class)), "fileContent");
        assertNull(() -> FernetKey.of(nothing(byte[].class)), "thirtyTwoBytes");
    }

    private static void assertNull(ThrowingCallable call, String parameter) {
        assertThatThrownBy(call).isExactlyInstanceOf(NullPointerException.class).hasMessage(parameter);
    }

    /** A null that the null checker at compile time does not see. */
    @SuppressWarnings("NullAway")
    private static <T> T nothing(Class<T> type) {
        return type.cast(null);
    }
}
