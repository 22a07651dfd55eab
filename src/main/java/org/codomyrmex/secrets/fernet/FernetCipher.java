// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The cryptography of a token under one key, with everything looked up and initialised that can be: read {@link #seal}
 * and {@link #open}.
 *
 * <p>Both ciphers are AES-128 in CBC mode and are initialised once, with an IV of zeros, to which every
 * {@code doFinal} returns them. A token's IV is made part of what they process, as the block before the first:
 *
 * <pre>
 *  in   nonce    block 1         block 2   …  to encrypt:  IV = AES(nonce),  C1 = AES(block 1 ⊕ IV),  …
 *  out  IV       C1              C2        …  to decrypt:  dropped,  block 1 = AES⁻¹(C1) ⊕ IV,  …
 * </pre>
 *
 * <p>So an IV is the encryption of a nonce under the same key, the first of the two ways to make an unpredictable IV in
 * NIST SP 800-38A, appendix C. Most of a nonce is secret, and no two are equal: see {@link #freshNonce}.
 *
 * <p>Not thread-safe: {@link FernetKey#use} gives it to one caller at a time, and drops it where an exception may have
 * left it in the middle of something.
 */
final class FernetCipher {

    private static final int BLOCK_BYTES = 16;

    /** Of which the last count the tokens since the others were drawn; 96 bits are too many to be drawn twice. */
    private static final int DRAWN_NONCE_BYTES = 12;

    /** A multiple of the block. Plaintext passes through this many bytes, so that they can be wiped. */
    private static final int SCRATCH_BYTES = 4096;

    private final Cipher encryptor;
    private final Cipher decryptor;
    private final HmacSha256 hmac;
    private final SecureRandom random = new SecureRandom();

    /** Of {@link RecordSeal}, under a key of its own; made when it is first needed. */
    private @Nullable HmacSha256 sealing;

    /** Zeros but during a call: it is where plaintext is padded. */
    private final byte[] scratch = new byte[SCRATCH_BYTES];

    private final ByteBuffer nonce = ByteBuffer.allocate(BLOCK_BYTES);
    private int noncesOfThisDraw;
    private long drawnAtMillis = Long.MIN_VALUE;

    private final byte[] expectedHmac = new byte[TokenFrame.HMAC_BYTES];
    private final byte[] givenHmac = new byte[TokenFrame.HMAC_BYTES];

    /** The bytes of the last token, for the next of the same length. */
    private byte[] frameRoom = {};

    private final byte[] textRoom = new byte[SCRATCH_BYTES];

    private FernetCipher(Cipher encryptor, Cipher decryptor, HmacSha256 hmac) {
        this.encryptor = encryptor;
        this.decryptor = decryptor;
        this.hmac = hmac;
    }

    static FernetCipher of(SecretKey encryptionKey, SecretKey signingKey) {
        return new FernetCipher(
                cipher(Cipher.ENCRYPT_MODE, encryptionKey),
                cipher(Cipher.DECRYPT_MODE, encryptionKey),
                HmacSha256.of(signingKey));
    }

    private static Cipher cipher(int mode, SecretKey key) {
        return Jca.required(Jca.CIPHER, name -> {
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(mode, key, new IvParameterSpec(new byte[BLOCK_BYTES]));
            return cipher;
        });
    }

    /**
     * Encrypts, then signs: the HMAC covers all that precedes it. Goes in pieces, so that the HMAC finds the ciphertext
     * in the processor's cache; most tokens are one piece.
     *
     * @param timestamp unsigned seconds since 1970
     * @param nonce 16 bytes, which no other token under this key had
     * @return the token
     */
    String seal(byte[] plaintext, long timestamp, byte[] nonce) throws GeneralSecurityException {
        TokenFrame frame = TokenFrame.create(timestamp, nonce, plaintext.length, frameRoom);
        byte[] out = frame.bytes();
        int outAt = TokenFrame.IV_AT;
        int signed = 0;
        int read = 0;
        int filled = BLOCK_BYTES;
        try {
            System.arraycopy(nonce, 0, scratch, 0, BLOCK_BYTES);
            MessageDigest running = hmac.begin();
            while (outAt < frame.hmacAt()) {
                int taken = Math.min(SCRATCH_BYTES - filled, plaintext.length - read);
                System.arraycopy(plaintext, read, scratch, filled, taken);
                read += taken;
                filled += taken;
                if (filled < SCRATCH_BYTES) {
                    int padding = BLOCK_BYTES - filled % BLOCK_BYTES;
                    Arrays.fill(scratch, filled, filled + padding, (byte) padding);
                    outAt += encryptor.doFinal(scratch, 0, filled + padding, out, outAt);
                } else {
                    outAt += encryptor.update(scratch, 0, filled, out, outAt);
                }
                running.update(out, signed, outAt - signed);
                signed = outAt;
                filled = 0;
            }
            hmac.finish(running, out, frame.hmacAt());
        } finally {
            Arrays.fill(scratch, 0, Math.min(SCRATCH_BYTES, plaintext.length + 2 * BLOCK_BYTES), (byte) 0);
        }
        keep(out);
        return frame.encode(textRoom);
    }

    private void keep(byte[] frame) {
        if (frame != frameRoom && frame.length <= SCRATCH_BYTES) {
            frameRoom = frame;
        }
    }

    /**
     * A nonce that nobody can guess and no other token under this key has: 96 bits from {@link SecureRandom}, and a
     * count. The bits are drawn anew as soon as the clock shows another millisecond, be it earlier or later, so that a
     * copy of this process, resumed from a snapshot, draws its own after a millisecond at the latest. (The JDK's generator itself holds for 100 ms what it read
     * from the operating system.)
     */
    byte[] freshNonce() {
        long nowMillis = System.currentTimeMillis();
        if (nowMillis != drawnAtMillis || noncesOfThisDraw < 0) {
            random.nextBytes(nonce.array());
            drawnAtMillis = nowMillis;
            noncesOfThisDraw = 0;
        }
        nonce.putInt(DRAWN_NONCE_BYTES, noncesOfThisDraw++);
        return nonce.array();
    }

    /** The nonce that makes a given IV, for published tokens. */
    byte[] nonceOf(byte[] iv) throws GeneralSecurityException {
        return decryptor.doFinal(TokenFrame.requireIv(iv));
    }

    /**
     * Reads, authenticates and decrypts: structure first, then the HMAC, and only then the content.
     *
     * @return what was encrypted; empty if the token is not authentic under this key
     * @throws InvalidTokenException if the token is malformed, or authentic and its padding is wrong
     */
    Optional<byte[]> open(String token) throws GeneralSecurityException {
        TokenFrame frame = TokenFrame.decode(token, frameRoom).orElseThrow(InvalidTokenException::malformed);
        keep(frame.bytes());
        return authenticates(frame) ? Optional.of(decrypt(frame)) : Optional.empty();
    }

    /**
     * Whether the frame was made with this key; before that is known, nothing looks into it. Compares in a time that does
     * not depend on where the HMACs differ.
     */
    boolean authenticates(TokenFrame frame) throws GeneralSecurityException {
        MessageDigest running = hmac.begin();
        running.update(frame.bytes(), 0, frame.hmacAt());
        hmac.finish(running, expectedHmac, 0);
        System.arraycopy(frame.bytes(), frame.hmacAt(), givenHmac, 0, TokenFrame.HMAC_BYTES);
        return MessageDigest.isEqual(expectedHmac, givenHmac);
    }

    /** Decrypts a frame that was found authentic; throws {@link InvalidTokenException} if its padding is wrong. */
    byte[] decrypt(TokenFrame authentic) throws GeneralSecurityException {
        byte[] in = authentic.bytes();
        int length = BLOCK_BYTES + authentic.ciphertextBytes();
        if (length > SCRATCH_BYTES) {
            return decryptLong(in, length);
        }
        try {
            decryptor.doFinal(in, TokenFrame.IV_AT, length, scratch, 0);
            return Arrays.copyOfRange(scratch, BLOCK_BYTES, withoutPadding(scratch, length));
        } finally {
            Arrays.fill(scratch, 0, length, (byte) 0);
        }
    }

    /** Decrypts the last block alone, which tells how long the plaintext is; then the others into their place. */
    private byte[] decryptLong(byte[] in, int length) throws GeneralSecurityException {
        int others = length - 2 * BLOCK_BYTES;
        try {
            decryptor.doFinal(in, TokenFrame.IV_AT + others, 2 * BLOCK_BYTES, scratch, 0);
            int ofLast = withoutPadding(scratch, 2 * BLOCK_BYTES) - BLOCK_BYTES;
            byte[] plaintext = new byte[others + ofLast];
            decryptor.doFinal(in, TokenFrame.CIPHERTEXT_AT, others, plaintext, 0);
            for (int i = 0; i < BLOCK_BYTES; i++) {
                plaintext[i] ^= in[TokenFrame.IV_AT + i];
            }
            System.arraycopy(scratch, BLOCK_BYTES, plaintext, others, ofLast);
            return plaintext;
        } finally {
            Arrays.fill(scratch, 0, 2 * BLOCK_BYTES, (byte) 0);
        }
    }

    /**
     * Where the padding of the last block begins; throws {@link InvalidTokenException} if it is not that of PKCS#7 (RFC
     * 5652, section 6.3): n bytes of value n, from 1 to 16. The whole block is looked at, whatever it holds.
     */
    private static int withoutPadding(byte[] blocks, int length) {
        int padding = Byte.toUnsignedInt(blocks[length - 1]);
        // Not zero unless padding − 1 is one of 0 to 15.
        int wrong = (padding - 1) >>> 4;
        for (int i = 1; i <= BLOCK_BYTES; i++) {
            // All ones for the bytes of the padding, the last i ≤ n.
            int ofPadding = (i - 1 - padding) >> 31;
            wrong |= ofPadding & (blocks[length - i] ^ padding);
        }
        if (wrong != 0) {
            throw InvalidTokenException.wrongPadding();
        }
        return length - padding;
    }

    /** The 32 bytes that authenticate a record, which is no token. */
    byte[] tagOfRecord(byte[] record, Supplier<SecretKey> sealingKey) throws GeneralSecurityException {
        HmacSha256 keyed = sealing == null ? HmacSha256.of(sealingKey.get()) : sealing;
        sealing = keyed;
        byte[] tag = new byte[TokenFrame.HMAC_BYTES];
        MessageDigest running = keyed.begin();
        running.update(record, 0, record.length);
        keyed.finish(running, tag, 0);
        return tag;
    }

    /** Overwrites what it can of the keys. It is of no use any more. */
    void wipe() {
        hmac.wipe();
        if (sealing != null) {
            sealing.wipe();
        }
    }
}
