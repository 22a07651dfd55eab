// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.MALFORMED;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;

import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Random;
import org.codomyrmex.secrets.fernet.InvalidTokenException.Reason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every single change to a token. The sizes give tokens of one to six blocks, whose base64 ends in each of the three
 * ways.
 * All tokens are long expired: no refusal may tell, because none of them is authentic.
 */
class AlteredTokenTest {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final String FOREIGN = "+/=. %\n\0\u00E9\u0141\uD800";
    private static final long MADE = 1_700_000_000L;

    private final FernetKey key = FernetKey.generate();
    private final Fernet fernet = new Fernet(key);

    private String token(int plaintextBytes) {
        byte[] plaintext = new byte[plaintextBytes];
        new Random(plaintextBytes).nextBytes(plaintext);
        return fernet.seal(plaintext, MADE);
    }

    private void refuses(String altered, Reason reason) {
        InvalidTokenException expiring = refusal(() -> fernet.decryptAt(altered, 0, MADE + 1));
        InvalidTokenException lasting = refusal(() -> fernet.decrypt(altered));
        boolean silent = lasting.getCause() == null && messageOf(lasting).equals(messageOf(expiring));

        // Asserting only what is wrong keeps a hundred thousand refusals quick.
        if (expiring.reason() != reason || lasting.reason() != reason || !silent || fernet.authenticates(altered)) {
            fail("%s: %s and %s instead of %s", altered, expiring, lasting, reason);
        }
    }

    private static InvalidTokenException refusal(Runnable opening) {
        try {
            opening.run();
        } catch (InvalidTokenException refused) {
            return refused;
        }
        return fail("opened");
    }

    private static String messageOf(Throwable refusal) {
        return Objects.toString(refusal.getMessage());
    }

    /** The rule for whole bytes: a length that a token can have, and the version. */
    private static Reason expected(byte[] bytes) {
        boolean possible = bytes.length >= 73 && (bytes.length - 57) % 16 == 0 && bytes[0] == (byte) 0x80;
        return possible ? NOT_AUTHENTIC : MALFORMED;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 16, 32, 95})
    void isRefusedWithAnyBitFlipped(int plaintextBytes) {
        byte[] bytes = Base64.getUrlDecoder().decode(token(plaintextBytes));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (0x80 >>> bit % 8);

            refuses(Base64.getUrlEncoder().encodeToString(flipped), bit < 8 ? MALFORMED : NOT_AUTHENTIC);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 32})
    void isRefusedWithAnyCharacterReplaced(int plaintextBytes) {
        String token = token(plaintextBytes);
        int significant = token.indexOf('=') < 0 ? token.length() : token.indexOf('=');
        int unusedBits = 2 * (token.length() - significant);
        for (int i = 0; i < token.length(); i++) {
            for (char c : (ALPHABET + FOREIGN).toCharArray()) {
                if (c == token.charAt(i)) {
                    continue;
                }
                int value = ALPHABET.indexOf(c);
                boolean form = value >= 0
                        && i < significant
                        // Six bits of the version are in the first character, two in the second.
                        && i != 0
                        && (i != 1 || value < 16)
                        && (i != significant - 1 || value % (1 << unusedBits) == 0);

                refuses(token.substring(0, i) + c + token.substring(i + 1), form ? NOT_AUTHENTIC : MALFORMED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 32, 95})
    void isRefusedWithItsBytesCutAnywhere(int plaintextBytes) {
        byte[] bytes = Base64.getUrlDecoder().decode(token(plaintextBytes));
        for (int length = 0; length < bytes.length; length++) {
            byte[] head = Arrays.copyOf(bytes, length);
            byte[] tail = Arrays.copyOfRange(bytes, bytes.length - length, bytes.length);

            refuses(Base64.getUrlEncoder().encodeToString(head), expected(head));
            refuses(Base64.getUrlEncoder().encodeToString(tail), expected(tail));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 32, 95})
    void isRefusedWithItsCharactersCutAnywhere(int plaintextBytes) {
        String token = token(plaintextBytes);
        for (int length = 0; length < token.length(); length++) {
            int wholeQuads = length / 4 * 3;
            // A cut between quads leaves base64 of another length; any other cut leaves no base64.
            boolean form = length % 4 == 0 && wholeQuads >= 73 && (wholeQuads - 57) % 16 == 0;

            refuses(token.substring(0, length), form ? NOT_AUTHENTIC : MALFORMED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 32})
    void isRefusedWithAnythingAdded(int plaintextBytes) {
        String token = token(plaintextBytes);
        for (char c : (ALPHABET + FOREIGN).toCharArray()) {
            refuses(token + c, MALFORMED);
            refuses(c + token, MALFORMED);
        }
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int more = 1; more <= 64; more++) {
            byte[] longer = Arrays.copyOf(bytes, bytes.length + more);

            refuses(Base64.getUrlEncoder().encodeToString(longer), more % 16 == 0 ? NOT_AUTHENTIC : MALFORMED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 32})
    void isRefusedUnderEveryKeyThatDiffersInOneBitOfTheSigningHalf(int plaintextBytes) {
        String token = token(plaintextBytes);
        byte[] bytes = Base64.getUrlDecoder().decode(key.reveal());
        for (int bit = 0; bit < 128; bit++) {
            byte[] other = bytes.clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);
            Fernet stranger = new Fernet(FernetKey.of(other));

            assertThat(stranger.authenticates(token)).isFalse();
            assertThat(refusal(() -> stranger.decrypt(token)).reason()).isEqualTo(NOT_AUTHENTIC);
        }
    }
}
