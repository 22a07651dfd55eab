// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layout of a token and the strictness of its base64. */
class TokenFrameTest {

    private static final byte[] IV = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    private static final byte[] NO_ROOM = {};

    private static final Pattern BASE64 = Pattern.compile("([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?");

    @ParameterizedTest
    @CsvSource({"0, 73", "1, 73", "15, 73", "16, 89", "17, 89", "31, 89", "32, 105", "1000, 1065"})
    void hasRoomForAtLeastOneByteOfPadding(int plaintextBytes, int frameBytes) {
        assertThat(TokenFrame.frameBytes(plaintextBytes)).isEqualTo(frameBytes);
    }

    @Test
    void isNeverTooLongForAString() {
        int longest = 1_610_612_655;
        long maxChars = Integer.MAX_VALUE - 8L;

        assertThat(TokenFrame.MAX_PLAINTEXT_BYTES).isEqualTo(longest);
        assertThat((TokenFrame.frameBytes(longest) + 2L) / 3 * 4).isLessThanOrEqualTo(maxChars);
        assertThat((57 + ((longest + 1L) / 16 + 1) * 16 + 2L) / 3 * 4).isGreaterThan(maxChars);
        for (int tooLong : new int[] {longest + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> TokenFrame.frameBytes(tooLong))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("plaintext has " + tooLong + " bytes")
                    .hasMessageContaining("1610612655");
        }
    }

    @Test
    void isLaidOutAsTheSpecificationSays() {
        TokenFrame frame = TokenFrame.create(0x8102030405060708L, IV, 16, NO_ROOM);
        byte[] hmac = new byte[32];
        new Random(1).nextBytes(hmac);
        byte[] bytes = frame.bytes();
        System.arraycopy(hmac, 0, bytes, frame.hmacAt(), hmac.length);

        assertThat(bytes)
                .hasSize(89)
                .startsWith(0x80, 0x81, 2, 3, 4, 5, 6, 7, 8)
                .endsWith(hmac);
        assertThat(Arrays.copyOfRange(bytes, 9, 25)).isEqualTo(IV);
        assertThat(TokenFrame.CIPHERTEXT_AT).isEqualTo(25);
        assertThat(frame.ciphertextBytes()).isEqualTo(32);
        assertThat(frame.hmacAt()).isEqualTo(57);
        assertThat(frame.timestamp()).isEqualTo(0x8102030405060708L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 17, 32})
    void takesAnIvOf16BytesOnly(int length) {
        assertThatThrownBy(() -> TokenFrame.create(0, new byte[length], 0, NO_ROOM))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("IV has " + length + " bytes");
    }

    @Test
    void isReadBackAsItWasWritten() {
        for (int plaintextBytes = 0; plaintextBytes < 200; plaintextBytes++) {
            TokenFrame frame = TokenFrame.create(plaintextBytes, IV, plaintextBytes, NO_ROOM);
            String text = frame.encode(NO_ROOM);

            assertThat(frame.encode(new byte[text.length()])).isEqualTo(text);
            assertThat(TokenFrame.decode(text).orElseThrow().bytes()).isEqualTo(frame.bytes());
        }
    }

    /** Base64 by its grammar, and one spelling only: what is decoded and encoded again is the same. */
    private static boolean isOneToken(String text) {
        if (!BASE64.matcher(text).matches()) {
            return false;
        }
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        return Base64.getUrlEncoder().encodeToString(bytes).equals(text)
                && bytes.length >= 73
                && bytes.length % 16 == 9
                && bytes[0] == (byte) 0x80;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void isReadExactlyFromWhatEncodesToTheSame(long seed) {
        Random random = new Random(seed);
        String alphabet = "AQgwBCxyz019-_-_====+/ \n\r.é\uD800";
        int taken = 0;
        for (int round = 0; round < 25_000; round++) {
            byte[] iv = new byte[16];
            random.nextBytes(iv);
            StringBuilder text = new StringBuilder(TokenFrame.create(random.nextLong(), iv, random.nextInt(70), NO_ROOM)
                    .encode(NO_ROOM));
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                // Half of the changes are at the end, where padding and unused bits are.
                int at = random.nextBoolean()
                        ? random.nextInt(text.length())
                        : text.length() - 1 - random.nextInt(Math.min(5, text.length()));
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.deleteCharAt(at);
                }
            }
            boolean one = isOneToken(text.toString());
            if (TokenFrame.decode(text.toString()).isPresent() != one) {
                fail("%s: %s", text, one);
            }
            taken += one ? 1 : 0;
        }
        assertThat(taken).isBetween(500, 24_500);
    }
}
