// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.AeadConfig2026;
import java.security.GeneralSecurityException;
import java.util.Objects;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;

/**
 * Seals a keyring with an {@code Aead} of <a href="https://developers.google.com/tink">Tink</a>: a key in AWS KMS, in
 * Google Cloud KMS or in any other KMS that has a Tink client, or a Tink keyset.
 *
 * <p>Thread-safe if the {@code Aead} is, as Tink's are. The class can be loaded without Tink; using it cannot.
 */
public final class AeadKeyringEnvelope implements KeyringEnvelope {

    private final Aead aead;

    private AeadKeyringEnvelope(Aead aead) {
        this.aead = aead;
    }

    /**
     * An envelope of an {@code Aead} that the application has. It is given the whole keyring, 45 bytes for each key: one
     * that asks a KMS must be an envelope itself ({@code KmsEnvelopeAead}), for a KMS takes some 4 KiB at the most.
     *
     * @param aead encrypts and authenticates; must authenticate associated data
     * @return the envelope
     */
    public static AeadKeyringEnvelope of(Aead aead) {
        return new AeadKeyringEnvelope(Objects.requireNonNull(aead, "aead"));
    }

    /**
     * An envelope of a keyset, whose primary key seals and each of whose keys opens.
     *
     * @param keyset a keyset with AEAD keys, such as AES256_GCM
     * @return the envelope
     * @throws IllegalArgumentException where the keyset's keys are of another kind
     */
    public static AeadKeyringEnvelope of(KeysetHandle keyset) {
        Objects.requireNonNull(keyset, "keyset");
        try {
            return of(keyset.getPrimitive(AeadConfig2026.get(), Aead.class));
        } catch (GeneralSecurityException noAead) {
            throw new IllegalArgumentException(
                    "keyset gives no AEAD, expected keys of a kind such as AES256_GCM", noAead);
        }
    }

    /**
     * An envelope of a key in a KMS, through the client for it that the application registered with Tink's
     * {@code KmsClients}. Each keyring is sealed under a data key (AES-256-GCM) that the KMS encrypts, so it may be of any
     * size. The KMS is asked once when a keyring is opened, and
     * twice when it is changed; how long it may take is the client's to limit.
     *
     * @param keyUri the key's URI with the scheme of its KMS: {@code aws-kms://arn:aws:kms:…},
     *     {@code gcp-kms://projects/…}
     * @return the envelope
     * @throws KeyringException {@code UNAVAILABLE}: Tink is not on the class path, no registered client supports the URI, or the
     *     client gives no use of the key
     */
    public static AeadKeyringEnvelope forKmsKey(String keyUri) {
        Objects.requireNonNull(keyUri, "keyUri");
        try {
            return new AeadKeyringEnvelope(KmsKey.aeadOf(keyUri));
        } catch (NoClassDefFoundError missing) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "A key in a KMS needs Tink, which is not here in full: " + missing.getMessage()
                            + " is missing. Add the dependency com.google.crypto.tink:tink to the application.",
                    missing);
        }
    }

    /** {@return {@code tink-aead}} */
    @Override
    public String kind() {
        return "tink-aead";
    }

    /**
     * {@inheritDoc}
     *
     * @throws KeyringException {@code UNAVAILABLE}: the KMS, or the {@code Aead}, failed
     */
    @Override
    public byte[] seal(byte[] keyring, byte[] associatedData) {
        try {
            return aead.encrypt(keyring, associatedData);
        } catch (GeneralSecurityException failed) {
            throw unavailable(failed);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws KeyringException {@code WRONG_ENVELOPE}: it was sealed with another key, or was altered;
     *     {@code UNAVAILABLE}: the KMS did not answer, or refused
     */
    @Override
    public byte[] open(byte[] sealed, byte[] associatedData) {
        try {
            return aead.decrypt(sealed, associatedData);
        } catch (GeneralSecurityException refused) {
            if (!KmsAnswer.saysThatTheKeyIsAnother(refused)) {
                throw unavailable(refused);
            }
            throw new KeyringException(
                    WRONG_ENVELOPE,
                    "It was sealed with another key, or was altered. Give the key that sealed it, or restore it from a"
                            + " backup.",
                    refused);
        }
    }

    private static KeyringException unavailable(GeneralSecurityException failed) {
        return new KeyringException(
                UNAVAILABLE,
                "The KMS did not do it: " + rootOf(failed).getClass().getName()
                        + ". Check that it can be reached, and that this process may use the key; the cause says more.",
                failed);
    }

    private static Throwable rootOf(Throwable failed) {
        Throwable root = failed;
        for (int depth = 0; root.getCause() != null && depth < 16; depth++) {
            root = root.getCause();
        }
        return root;
    }
}
