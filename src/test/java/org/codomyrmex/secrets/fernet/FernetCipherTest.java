// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cryptography of a token, against a straight use of the JCA: other classes, other padding, an IV each time. */
class FernetCipherTest {

    private static final int HMAC_BYTES = 32;
    private static final int IV_AT = 9;
    private static final int CIPHERTEXT_AT = 25;

    private final Random random = new Random(7);
    private final FernetKey key = FernetKey.of(random(32));
    private final Fernet fernet = new Fernet(key);

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A token as the specification says. */
    private byte[] straight(byte[] iv, long timestamp, byte[] plaintext) throws GeneralSecurityException {
        return signed(
                iv,
                timestamp,
                cipher("AES/CBC/PKCS5Padding", Cipher.ENCRYPT_MODE, iv).doFinal(plaintext));
    }

    private byte[] signed(byte[] iv, long timestamp, byte[] ciphertext) throws GeneralSecurityException {
        ByteBuffer frame = ByteBuffer.allocate(CIPHERTEXT_AT + ciphertext.length + HMAC_BYTES);
        frame.put((byte) 0x80).putLong(timestamp).put(iv).put(ciphertext);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key.signingKey());
        mac.update(frame.array(), 0, frame.position());
        return frame.put(mac.doFinal()).array();
    }

    private Cipher cipher(String transformation, int mode, byte[] iv) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(transformation);
        cipher.init(mode, key.encryptionKey(), new IvParameterSpec(iv));
        return cipher;
    }

    private static String text(byte[] frame) {
        return Base64.getUrlEncoder().encodeToString(frame);
    }

    @Test
    void makesAndOpensWhatTheJcaDoesAtEverySize() throws GeneralSecurityException {
        for (int length = 0; length <= 4200; length += length < 300 || length > 3900 ? 1 : 1 + random.nextInt(17)) {
            byte[] plaintext = random(length);
            byte[] iv = random(16);
            Fernet fixed = new Fernet(key, iv::clone, InstantSource.system());
            String expected = text(straight(iv, length, plaintext));

            assertThat(fixed.seal(plaintext, length)).isEqualTo(expected);
            assertThat(fernet.decrypt(expected)).isEqualTo(plaintext);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 1 << 20, (1 << 20) + 1})
    void makesAndOpensWhatTheJcaDoesInPieces(int length) throws GeneralSecurityException {
        byte[] plaintext = random(length);
        byte[] iv = random(16);
        Fernet fixed = new Fernet(key, iv::clone, InstantSource.system());
        String expected = text(straight(iv, 1, plaintext));

        assertThat(fixed.seal(plaintext, 1)).isEqualTo(expected);
        assertThat(fernet.decrypt(expected)).isEqualTo(plaintext);
    }

    /** Each last byte, with one to three blocks, and each of the 16 last bytes wrong in turn. */
    @Test
    void takesThePaddingsThatTheJdkTakesAndNoOthers() throws GeneralSecurityException {
        int taken = 0;
        for (int blocks : new int[] {1, 2, 3, 255, 256}) {
            for (int padding = 0; padding <= 255; padding += blocks > 3 && padding > 17 ? 7 : 1) {
                for (int wrong = 0; wrong <= 16; wrong++) {
                    byte[] padded = random(blocks * 16);
                    Arrays.fill(
                            padded, Math.max(0, padded.length - Math.max(1, padding)), padded.length, (byte) padding);
                    if (wrong > 0) {
                        padded[padded.length - wrong] ^= (byte) (1 << random.nextInt(8));
                    }
                    taken += agrees(padded) ? 1 : 0;
                }
            }
        }
        assertThat(taken).isGreaterThan(3 * 16);
    }

    private boolean agrees(byte[] padded) throws GeneralSecurityException {
        byte[] iv = random(16);
        byte[] ciphertext = cipher("AES/CBC/NoPadding", Cipher.ENCRYPT_MODE, iv).doFinal(padded);
        String token = text(signed(iv, 0, ciphertext));
        byte[] expected;
        try {
            expected = cipher("AES/CBC/PKCS5Padding", Cipher.DECRYPT_MODE, iv).doFinal(ciphertext);
        } catch (BadPaddingException refused) {
            InvalidTokenException refusal =
                    catchThrowableOfType(InvalidTokenException.class, () -> fernet.decrypt(token));
            assertThat(refusal.reason()).isEqualTo(InvalidTokenException.Reason.MALFORMED);
            assertThat(refusal).hasMessageContaining("padding is wrong");
            return false;
        }
        assertThat(fernet.decrypt(token)).isEqualTo(expected);
        return true;
    }

    @Test
    void encryptsADifferentSecretNonceForEachIv() throws GeneralSecurityException {
        Set<String> nonces = new HashSet<>();
        Set<String> drawn = new HashSet<>();
        Cipher block = cipher("AES/CBC/NoPadding", Cipher.DECRYPT_MODE, new byte[16]);
        for (int i = 0; i < 100_000; i++) {
            byte[] frame = Base64.getUrlDecoder().decode(fernet.encrypt(new byte[0]));
            byte[] nonce = block.doFinal(frame, IV_AT, 16);
            nonces.add(text(nonce));
            drawn.add(text(Arrays.copyOf(nonce, 12)));
        }
        assertThat(nonces).hasSize(100_000);
        assertThat(drawn).hasSizeGreaterThan(10);
    }

    @Test
    void drawsAnewAsSoonAsTheClockHasMoved() throws InterruptedException {
        FernetCipher cipher = FernetCipher.of(key.encryptionKey(), key.signingKey());
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            drawn.add(text(Arrays.copyOf(cipher.freshNonce(), 12)));
            Thread.sleep(2);
        }
        assertThat(drawn).hasSize(20);
    }

    @Test
    void keepsNothingOfAPlaintext() throws Exception {
        FernetCipher cipher = FernetCipher.of(key.encryptionKey(), key.signingKey());
        Field field = FernetCipher.class.getDeclaredField("scratch");
        field.setAccessible(true);
        byte[] scratch = (byte[]) field.get(cipher);
        for (int length : new int[] {0, 1, 15, 16, 64, 4063, 4064, 4079, 4080, 4081, 4095, 4096, 4097, 10_000}) {
            byte[] plaintext = random(length);
            String token = cipher.seal(plaintext, 0, cipher.freshNonce());
            assertThat(scratch).containsOnly(0);
            assertThat(cipher.open(token)).contains(plaintext);
            assertThat(scratch).containsOnly(0);
        }
        byte[] iv = random(16);
        byte[] noPadding = cipher("AES/CBC/NoPadding", Cipher.ENCRYPT_MODE, iv).doFinal(new byte[32]);
        String token = text(signed(iv, 0, noPadding));
        assertThatThrownBy(() -> cipher.open(token)).isInstanceOf(InvalidTokenException.class);
        assertThat(scratch).containsOnly(0);
    }

    @Test
    void signsAsMacDoes() throws Exception {
        HmacSha256 hmac = HmacSha256.of(key.signingKey());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key.signingKey());
        byte[] out = new byte[HMAC_BYTES + 2];
        for (int length = 0; length < 300; length++) {
            byte[] data = random(length);
            int first = random.nextInt(length + 1);
            MessageDigest begun = hmac.begin();
            begun.update(data, 0, first);
            begun.update(data, first, length - first);
            hmac.finish(begun, out, 1);
            assertThat(Arrays.copyOfRange(out, 1, HMAC_BYTES + 1)).isEqualTo(mac.doFinal(data));
        }
        assertThat(out[0]).isZero();
        assertThat(out[HMAC_BYTES + 1]).isZero();
    }

    @Test
    void drawsAnewBeforeItsCountStartsOver() throws Exception {
        FernetCipher cipher = FernetCipher.of(key.encryptionKey(), key.signingKey());
        Field count = FernetCipher.class.getDeclaredField("noncesOfThisDraw");
        count.setAccessible(true);
        byte[] before = Arrays.copyOf(cipher.freshNonce(), 12);
        count.setInt(cipher, Integer.MAX_VALUE + 1);
        assertThat(Arrays.copyOf(cipher.freshNonce(), 12)).isNotEqualTo(before).isNotEqualTo(new byte[12]);
    }

    @Test
    void readsATokenOnceForManyKeys() {
        String token = fernet.encrypt(random(10));
        Fernet other = new Fernet(FernetKey.generate());
        var made = AuthenticToken.of(token, List.of(other, fernet));

        assertThat(made)
                .hasValueSatisfying(authentic -> assertThat(authentic.keyId()).isEqualTo(key.id()));
        assertThat(AuthenticToken.of(token, List.of(other))).isEmpty();
        assertThat(other.decryptIfOwn(token)).isEmpty();
        assertThat(fernet.decryptIfOwn(token)).contains(made.orElseThrow().decrypt());
        assertThatThrownBy(() -> AuthenticToken.of("no token", List.of(other)))
                .isInstanceOf(InvalidTokenException.class);
        assertThat(made.orElseThrow().decrypt()).isEqualTo(fernet.decrypt(token));
    }

    @Test
    void overwritesItsPaddedKeysWhenTheKeyIsDestroyed() throws Exception {
        FernetKey doomed = key.copy();
        List<byte[]> padded = new ArrayList<>();
        doomed.use(cipher -> padded.addAll(List.of(ofHmac(cipher, "inner"), ofHmac(cipher, "outer"))));
        assertThat(padded.get(0)).contains(0x36);
        assertThat(padded.get(1)).contains(0x5c);
        doomed.use(cipher -> {
            // The one in use is overwritten when it comes back.
            doomed.destroy();
            assertThat(padded.get(1)).contains(0x5c);
            return cipher.seal(random(10), 0, cipher.freshNonce());
        });

        assertThat(padded).allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
    }

    private static byte[] ofHmac(FernetCipher cipher, String name) {
        try {
            Field hmac = FernetCipher.class.getDeclaredField("hmac");
            hmac.setAccessible(true);
            Field bytes = HmacSha256.class.getDeclaredField(name);
            bytes.setAccessible(true);
            return (byte[]) bytes.get(hmac.get(cipher));
        } catch (ReflectiveOperationException absent) {
            throw new LinkageError(absent.getMessage(), absent);
        }
    }
}
