// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals a keyring with a passphrase: AES-256-GCM (NIST SP 800-38D) under a key that PBKDF2-HMAC-SHA256 (RFC 8018)
 * derives in 600,000 rounds from the passphrase and a random salt, drawn anew each time. The sealed keyring is only as
 * strong as the passphrase: choose 20 random characters or six random words, because anyone who has the file can try as
 * many passphrases as they can pay for. A passphrase of fewer than 12 characters opens an existing keyring, but cannot
 * seal one.
 *
 * <p>Thread-safe. Each sealing or opening takes a noticeable fraction of a second, except that opening bytes that were
 * just refused fails at once. The passphrase stays in memory as long as this object does.
 */
public final class PassphraseEnvelope implements KeyringEnvelope {

    private static final int ROUNDS = 600_000;
    private static final int FEWEST_ROUNDS = 100_000;
    private static final int MOST_ROUNDS = 2_000_000;

    private static final int FEWEST_CHARACTERS = 12;

    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int KEY_BYTES = 32;

    /** Rounds, salt and nonce stand before the ciphertext. */
    private static final int PARAMETER_BYTES = Integer.BYTES + SALT_BYTES + NONCE_BYTES;

    private final char[] passphrase;
    private final int rounds;
    private final int fewestRounds;
    private final SecureRandom random = new SecureRandom();

    /** The digest of the bytes refused last, so that a forged ring costs one derivation, not one per reload. */
    private volatile byte @Nullable [] refused;

    PassphraseEnvelope(char[] passphrase, int rounds, int fewestRounds) {
        this.passphrase = requireText(passphrase).clone();
        this.rounds = rounds;
        this.fewestRounds = fewestRounds;
    }

    /**
     * An envelope of a passphrase.
     *
     * @param passphrase at least one character, and at least 12 to seal; used as it is, in UTF-8, so an accented letter
     *     must be typed the same way each time. It is copied, and the caller should wipe the array
     * @return the envelope
     * @throws IllegalArgumentException where it is empty, or has an unpaired surrogate or a NUL (as a wiped array has)
     */
    public static PassphraseEnvelope of(char[] passphrase) {
        return new PassphraseEnvelope(passphrase, ROUNDS, FEWEST_ROUNDS);
    }

    private static char[] requireText(char[] passphrase) {
        Objects.requireNonNull(passphrase, "passphrase");
        if (passphrase.length == 0) {
            throw new IllegalArgumentException("passphrase is empty, expected at least one character");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(CharBuffer.wrap(passphrase))) {
            throw new IllegalArgumentException("passphrase has an unpaired surrogate, expected text");
        }
        // HMAC pads its key with NULs: an array that was wiped already would protect no more than an empty passphrase.
        if (CharBuffer.wrap(passphrase).chars().anyMatch(c -> c == '\0')) {
            throw new IllegalArgumentException("passphrase has a NUL character, expected text; was it wiped before?");
        }
        return passphrase;
    }

    /** {@return {@code passphrase}} */
    @Override
    public String kind() {
        return "passphrase";
    }

    /**
     * {@inheritDoc}
     *
     * @throws KeyringException {@code UNAVAILABLE} if the passphrase has fewer than 12 characters
     */
    @Override
    public byte[] seal(byte[] keyring, byte[] associatedData) {
        if (Character.codePointCount(passphrase, 0, passphrase.length) < FEWEST_CHARACTERS) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The passphrase has fewer than " + FEWEST_CHARACTERS + " characters and is too easy to guess. It"
                            + " can still open a keyring that was sealed under it; seal that keyring under a longer"
                            + " one.");
        }
        byte[] salt = new byte[SALT_BYTES];
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, rounds, salt, nonce, associatedData);
            byte[] ciphertext = cipher.doFinal(keyring);
            return ByteBuffer.allocate(PARAMETER_BYTES + ciphertext.length)
                    .putInt(rounds)
                    .put(salt)
                    .put(nonce)
                    .put(ciphertext)
                    .array();
        } catch (GeneralSecurityException cannotHappen) {
            throw new IllegalStateException("AES-256-GCM or PBKDF2-HMAC-SHA256 is missing", cannotHappen);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws KeyringException {@code WRONG_ENVELOPE}: it was sealed with another passphrase, or was altered
     */
    @Override
    public byte[] open(byte[] sealed, byte[] associatedData) {
        if (sealed.length < PARAMETER_BYTES + TAG_BYTES) {
            throw new KeyringException(
                    WRONG_ENVELOPE,
                    "There are " + sealed.length + " bytes, too few for rounds, salt, nonce and tag: it was cut short."
                            + " Restore it from a backup.");
        }
        ByteBuffer parts = ByteBuffer.wrap(sealed);
        int sealedRounds = parts.getInt();
        // Before deriving: a number of rounds that somebody wrote there must cost neither days nor safety.
        if (sealedRounds < fewestRounds || sealedRounds > MOST_ROUNDS) {
            throw new KeyringException(
                    WRONG_ENVELOPE,
                    "It asks for " + sealedRounds + " rounds of PBKDF2, expected " + fewestRounds + " to " + MOST_ROUNDS
                            + ": it was altered. Restore it from a backup.");
        }
        byte[] digest = digest(sealed, associatedData);
        if (Arrays.equals(digest, refused)) {
            throw wrongPassphrase();
        }
        byte[] salt = new byte[SALT_BYTES];
        byte[] nonce = new byte[NONCE_BYTES];
        parts.get(salt).get(nonce);
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, sealedRounds, salt, nonce, associatedData);
            return cipher.doFinal(sealed, parts.position(), parts.remaining());
        } catch (AEADBadTagException notAuthentic) {
            refused = digest;
            throw wrongPassphrase();
        } catch (GeneralSecurityException cannotHappen) {
            throw new IllegalStateException("AES-256-GCM or PBKDF2-HMAC-SHA256 is missing", cannotHappen);
        }
    }

    private static KeyringException wrongPassphrase() {
        return new KeyringException(
                WRONG_ENVELOPE,
                "It was sealed with another passphrase, or was altered. Use the passphrase that sealed it, or"
                        + " restore the ring from a backup.");
    }

    private static byte[] digest(byte[] sealed, byte[] associatedData) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            // The length separates the two inputs.
            sha256.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(sealed.length).flip());
            sha256.update(sealed);
            return sha256.digest(associatedData);
        } catch (NoSuchAlgorithmException cannotHappen) {
            throw new IllegalStateException("SHA-256 is missing", cannotHappen);
        }
    }

    private Cipher cipher(int mode, int derivedIn, byte[] salt, byte[] nonce, byte[] associatedData)
            throws GeneralSecurityException {
        byte[] key = derived(derivedIn, salt);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(Byte.SIZE * TAG_BYTES, nonce));
            cipher.updateAAD(associatedData);
            cipher.updateAAD(
                    ByteBuffer.allocate(Integer.BYTES).putInt(derivedIn).flip());
            cipher.updateAAD(salt);
            return cipher;
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private byte[] derived(int derivedIn, byte[] salt) throws GeneralSecurityException {
        PBEKeySpec specification = new PBEKeySpec(passphrase, salt, derivedIn, Byte.SIZE * KEY_BYTES);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(specification)
                    .getEncoded();
        } finally {
            specification.clearPassword();
        }
    }

    /** {@return what it is, never the passphrase} */
    @Override
    public String toString() {
        return "PassphraseEnvelope";
    }
}
