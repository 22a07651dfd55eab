// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class RecordSealTest {

    private static final byte[] RAW = new byte[32];
    private static final byte[][] PARTS = {bytes("id"), bytes("a name"), new byte[8], bytes("{}"), bytes("token")};

    static {
        for (int i = 0; i < RAW.length; i++) {
            RAW[i] = (byte) i;
        }
    }

    private final FernetKey key = FernetKey.of(RAW);

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static byte[] hmac(byte[] key, byte[] data) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }

    /** Step by step as the documentation says, so that what is stored today is read by every later release. */
    @Test
    void isTheHmacOfThePartsAfterTheirLengthsUnderAKeyOfItsOwn() throws Exception {
        byte[] extracted = hmac(new byte[32], RAW);
        byte[] derived = hmac(extracted, bytes("org.codomyrmex.secrets record seal 1\u0001"));
        byte[] record = bytes("\0\0\0\2id\0\0\0\6a name\0\0\0\10\0\0\0\0\0\0\0\0\0\0\0\2{}\0\0\0\5token");
        String expected = Base64.getUrlEncoder().withoutPadding().encodeToString(hmac(derived, record));
        assertThat(RecordSeal.of(key, PARTS)).isEqualTo(expected).matches("[A-Za-z0-9_-]{43}");
        assertThat(RecordSeal.matches(expected, key, PARTS)).isTrue();
    }

    @Test
    void differsWhereverABitOfAPartOrABoundaryBetweenPartsDiffers() {
        Set<String> seals = new HashSet<>();
        seals.add(RecordSeal.of(key, PARTS));
        int made = 1;
        for (int part = 0; part < PARTS.length; part++) {
            for (int bit = 0; bit < PARTS[part].length * 8; bit++) {
                byte[][] flipped = PARTS.clone();
                flipped[part] = PARTS[part].clone();
                flipped[part][bit / 8] ^= (byte) (1 << bit % 8);
                seals.add(RecordSeal.of(key, flipped));
                made++;
            }
        }
        seals.add(RecordSeal.of(key, bytes("ida"), bytes(" name"), new byte[8], bytes("{}"), bytes("token")));
        seals.add(RecordSeal.of(key, Arrays.copyOf(PARTS, 4)));
        seals.add(RecordSeal.of(key));
        assertThat(seals).hasSize(made + 3);
    }

    @Test
    void isRefusedWhereverACharacterOfItDiffersAndUnderEveryOtherKey() {
        String seal = RecordSeal.of(key, PARTS);
        for (int i = 0; i < seal.length(); i++) {
            char other = seal.charAt(i) == 'A' ? 'B' : 'A';
            String altered = seal.substring(0, i) + other + seal.substring(i + 1);
            assertThat(RecordSeal.matches(altered, key, PARTS)).isFalse();
            assertThat(RecordSeal.matches(seal.substring(0, i), key, PARTS)).isFalse();
        }
        assertThat(RecordSeal.matches(seal + "=", key, PARTS)).isFalse();
        assertThat(RecordSeal.matches(seal, FernetKey.generate(), PARTS)).isFalse();
        assertThat(RecordSeal.matches(seal, key.copy(), PARTS)).isTrue();
    }

    @Test
    void needsAKeyThatIsNotDestroyed() {
        FernetKey used = key.copy();
        String seal = RecordSeal.of(used, PARTS);
        used.destroy();
        assertThatIllegalStateException().isThrownBy(() -> RecordSeal.of(used, PARTS));
        assertThatIllegalStateException().isThrownBy(() -> RecordSeal.matches(seal, used, PARTS));
    }

    @Test
    void refusesNullByTheNameOfTheArgument() {
        assertThatNullPointerException()
                .isThrownBy(() -> RecordSeal.of(null, PARTS))
                .withMessage("key");
        assertThatNullPointerException()
                .isThrownBy(() -> RecordSeal.of(key, (byte[][]) null))
                .withMessage("parts");
        assertThatNullPointerException()
                .isThrownBy(() -> RecordSeal.matches(null, key, PARTS))
                .withMessage("seal");
    }
}
