// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * A Fernet key: 32 secret bytes, of which the first 16 sign and the last 16 encrypt. It never shows them but through
 * {@link #reveal()}; {@link #toString()}, messages and logs show the {@linkplain #id() id} only.
 *
 * <p>Thread-safe. A key is immutable until it is {@linkplain #destroy() destroyed}; a use that runs at the same time
 * either finishes with the whole key or throws {@link IllegalStateException}, never with a part of it.
 */
public final class FernetKey implements Destroyable {

    private static final int BYTES = 32;
    private static final int SIGNING_BYTES = 16;
    private static final int ID_BYTES = 8;

    /** Keeps the digest that names a key apart from every other digest that may be made of the same bytes. */
    private static final byte[] ID_LABEL = "org.codomyrmex.secrets key id\0".getBytes(StandardCharsets.US_ASCII);

    /** Also the lock that guards its content. */
    private final byte[] bytes;

    /** Derived at the first use; guarded like the bytes. */
    private @Nullable SecretKey sealingKey;

    private final String id;

    /** Null once the key is destroyed: whoever comes then finds no cipher, and nothing holds those that there were. */
    private volatile @Nullable CipherPool ciphers =
            new CipherPool(Runtime.getRuntime().availableProcessors());

    /** Takes the array over. */
    private FernetKey(byte[] bytes) {
        this.bytes = bytes;
        this.id = idOf(bytes);
    }

    private static String idOf(byte[] bytes) {
        byte[] labelled = Arrays.copyOf(ID_LABEL, ID_LABEL.length + BYTES);
        System.arraycopy(bytes, 0, labelled, ID_LABEL.length, BYTES);
        byte[] digest = Jca.sha256(labelled);
        Arrays.fill(labelled, (byte) 0);
        return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    }

    /**
     * Makes a new random key, from 32 bytes drawn for it alone.
     *
     * @return a key that nobody else has
     */
    public static FernetKey generate() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return new FernetKey(bytes);
    }

    /**
     * Reads a key from text as this library, Python's {@code cryptography} or {@code openssl rand -base64 32} write it.
     * Spaces, tabs, carriage returns and line feeds around it are passed over. What remains is 43 base64 characters and
     * one {@code =}, either URL-safe or standard (RFC 4648, sections 5 and 4) but not a mix. The unused bits of the
     * last character are ignored, so that keys typed by hand can be read; {@link #reveal()} writes them as zeros.
     *
     * @param text the text of one key; not to be changed meanwhile
     * @return the key
     * @throws IllegalArgumentException if the text is not exactly one key; the message tells what was found without
     *     repeating any of it
     * @throws NullPointerException if the text is null
     */
    public static FernetKey parse(CharSequence text) {
        return new FernetKey(KeyText.decode(Objects.requireNonNull(text, "text")));
    }

    /**
     * Reads a key from the whole content of a file that holds one: like {@link #parse(CharSequence)}, after one leading
     * UTF-8 byte order mark. No string is made of the content, so wiping the array leaves no copy but the key.
     *
     * @param fileContent the file's bytes, in ASCII or what extends it such as UTF-8; copied
     * @return the key
     * @throws IllegalArgumentException if the file does not hold exactly one key, or holds it as UTF-16; the message
     *     tells what was found without repeating any of it
     * @throws NullPointerException if the content is null
     */
    public static FernetKey parse(byte[] fileContent) {
        return new FernetKey(KeyText.decode(Objects.requireNonNull(fileContent, "fileContent")));
    }

    /**
     * Makes a key of its raw bytes.
     *
     * @param thirtyTwoBytes 16 bytes to sign and 16 to encrypt with; copied
     * @return the key
     * @throws IllegalArgumentException if there are not exactly 32 bytes
     * @throws NullPointerException if the array is null
     */
    public static FernetKey of(byte[] thirtyTwoBytes) {
        Objects.requireNonNull(thirtyTwoBytes, "thirtyTwoBytes");
        if (thirtyTwoBytes.length != BYTES) {
            throw new IllegalArgumentException("A Fernet key is " + BYTES + " raw bytes, but there are "
                    + thirtyTwoBytes.length + ". Base64 text is read by FernetKey.parse");
        }
        return new FernetKey(thirtyTwoBytes.clone());
    }

    /**
     * Names the key without telling anything about it: equal keys have equal ids in every process and on every machine.
     * It is the first 8 bytes of SHA-256 over the ASCII text {@code org.codomyrmex.secrets key id}, a NUL and the 32
     * bytes.
     *
     * @return 16 lower-case hexadecimal digits; also of a destroyed key
     */
    public String id() {
        return id;
    }

    /**
     * Gives the secret away: the key as URL-safe base64 text that every Fernet implementation reads. The string stays
     * in memory until it is collected; keep it out of logs and messages.
     *
     * @return 44 characters in canonical form, the last of them {@code =}
     * @throws IllegalStateException if the key is destroyed
     */
    public String reveal() {
        byte[] copy = copyOfBytes();
        try {
            return Base64.getUrlEncoder().encodeToString(copy);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /**
     * Makes a key with the same bytes and a life of its own: destroying either leaves the other usable.
     *
     * @return an equal key
     * @throws IllegalStateException if the key is destroyed
     */
    public FernetKey copy() {
        return new FernetKey(copyOfBytes());
    }

    /** The key of the HMAC. The copy in it is out of our hands: the JDK's classes do not wipe theirs. */
    SecretKeySpec signingKey() {
        synchronized (bytes) {
            requireUsable();
            return new SecretKeySpec(bytes, 0, SIGNING_BYTES, "HmacSHA256");
        }
    }

    /** The key of the cipher; as with {@link #signingKey()}, the copy in it is out of our hands. */
    SecretKeySpec encryptionKey() {
        synchronized (bytes) {
            requireUsable();
            return new SecretKeySpec(bytes, SIGNING_BYTES, BYTES - SIGNING_BYTES, "AES");
        }
    }

    /** The key of {@link RecordSeal}, for that use alone; the copy in it is out of our hands too. */
    SecretKey sealingKey() {
        synchronized (bytes) {
            requireUsable();
            SecretKey key = sealingKey == null ? RecordSeal.keyFrom(bytes) : sealingKey;
            sealingKey = key;
            return key;
        }
    }

    /** Runs {@code use} with a cipher of this key that nobody else has meanwhile. */
    <T> T use(CipherPool.Use<T> use) {
        CipherPool pool = usable();
        try {
            return pool.use(this, use);
        } finally {
            // A cipher that came back after the key was destroyed goes the way of the others.
            if (ciphers == null) {
                pool.wipe();
            }
        }
    }

    /** How many ciphers are kept for the next who needs one. */
    int idleCiphers() {
        CipherPool pool = ciphers;
        return pool == null ? 0 : pool.size();
    }

    private byte[] copyOfBytes() {
        synchronized (bytes) {
            requireUsable();
            return bytes.clone();
        }
    }

    /** Throws {@link IllegalStateException} if the key is destroyed. */
    void requireUsable() {
        usable();
    }

    private CipherPool usable() {
        CipherPool pool = ciphers;
        if (pool == null) {
            throw new IllegalStateException("The key " + id + " is destroyed. Load it again to use it");
        }
        return pool;
    }

    /**
     * Overwrites the 32 bytes and what was made of them here. From then on everything that needs them, here and in each
     * {@link Fernet} made with this key, throws {@link IllegalStateException}. What the Java runtime copied while the
     * key was used stays in memory until it is collected. Destroying a key again does nothing.
     */
    @Override
    public void destroy() {
        synchronized (bytes) {
            CipherPool pool = ciphers;
            ciphers = null;
            sealingKey = null;
            Arrays.fill(bytes, (byte) 0);
            if (pool != null) {
                pool.wipe();
            }
        }
    }

    /**
     * Tells whether the bytes are gone.
     *
     * @return true after {@link #destroy()}
     */
    @Override
    public boolean isDestroyed() {
        return ciphers == null;
    }

    /**
     * Compares the 32 bytes, in a time that does not depend on them.
     *
     * @param other what to compare with
     * @return true if both are keys with the same bytes; a destroyed key has none and equals only itself
     */
    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof FernetKey that)) {
            return false;
        }
        byte[] mine = bytesOrNone();
        byte[] theirs = that.bytesOrNone();
        try {
            return mine.length == BYTES && MessageDigest.isEqual(mine, theirs);
        } finally {
            Arrays.fill(mine, (byte) 0);
            Arrays.fill(theirs, (byte) 0);
        }
    }

    private byte[] bytesOrNone() {
        synchronized (bytes) {
            return isDestroyed() ? new byte[0] : bytes.clone();
        }
    }

    /**
     * Follows from the {@linkplain #id() id} alone.
     *
     * @return a hash code that tells nothing about the bytes
     */
    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /**
     * Shows the {@linkplain #id() id} and nothing else.
     *
     * @return for example {@code FernetKey[0123456789abcdef]}
     */
    @Override
    public String toString() {
        return "FernetKey[" + id + "]";
    }
}
