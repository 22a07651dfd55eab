// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.KmsClients;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A KMS with keys of its own, which it never gives away, and a scheme of its own. It is registered with Tink as others
 * are, counts what it is asked, takes 4 KiB at the most, and fails as it is told to.
 */
public final class InProcessKms implements KmsClient {

    static final int MOST_BYTES = 4096;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** What it answers, given what it would. */
    interface Answer {
        byte[] of(byte[] input, Aead key, boolean decrypt) throws GeneralSecurityException;
    }

    static final Answer SOUND =
            (input, key, decrypt) -> decrypt ? key.decrypt(input, new byte[0]) : key.encrypt(input, new byte[0]);

    private final String scheme = "in-process-kms-" + NUMBER.incrementAndGet() + "://";
    private final Map<String, Aead> keys = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Answer answer = SOUND;

    private InProcessKms() {}

    /** A new one, which Tink knows from now on. */
    public static InProcessKms registered() {
        InProcessKms kms = new InProcessKms();
        KmsClients.add(kms);
        return kms;
    }

    /** A new key, by its URI. */
    public String newKey(String name) {
        keys.put(scheme + name, aead(keyset()));
        return scheme + name;
    }

    static KeysetHandle keyset() {
        try {
            return KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, AeadConfig2026.get());
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static Aead aead(KeysetHandle keyset) {
        try {
            return keyset.getPrimitive(AeadConfig2026.get(), Aead.class);
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    void answers(Answer now) {
        answer = now;
    }

    /** How often it was asked since the last time. */
    public int calls() {
        return calls.getAndSet(0);
    }

    @Override
    public boolean doesSupport(String keyUri) {
        return keyUri.startsWith(scheme);
    }

    @Override
    public KmsClient withCredentials(String path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public KmsClient withDefaultCredentials() {
        return this;
    }

    @Override
    public Aead getAead(String keyUri) throws GeneralSecurityException {
        Aead key = keys.get(keyUri);
        if (key == null) {
            throw new GeneralSecurityException("no such key");
        }
        return new Aead() {
            @Override
            public byte[] encrypt(byte[] plaintext, byte[] associatedData) throws GeneralSecurityException {
                return asked(plaintext, key, false);
            }

            @Override
            public byte[] decrypt(byte[] ciphertext, byte[] associatedData) throws GeneralSecurityException {
                return asked(ciphertext, key, true);
            }
        };
    }

    private byte[] asked(byte[] input, Aead key, boolean decrypt) throws GeneralSecurityException {
        calls.incrementAndGet();
        if (input.length > MOST_BYTES) {
            throw new GeneralSecurityException("more than " + MOST_BYTES + " bytes");
        }
        return answer.of(input, key, decrypt);
    }
}
