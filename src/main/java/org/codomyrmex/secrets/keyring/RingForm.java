// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a ring and its key file are written and read: plain, or the ring sealed in an envelope and a mark in the key file.
 * An envelope is asked to open a ring only if it is another one than last time.
 */
final class RingForm {

    static final RingForm PLAIN = new RingForm(null, "");

    private final @Nullable KeyringEnvelope envelope;
    private final String kind;

    private volatile @Nullable Opened last;

    /** Its keys are nobody else's: whoever is given a keyring may destroy the keys. */
    private record Opened(SealedRing ring, Keyring keyring) {}

    private RingForm(@Nullable KeyringEnvelope envelope, String kind) {
        this.envelope = envelope;
        this.kind = kind;
    }

    static RingForm sealedIn(KeyringEnvelope envelope) {
        Objects.requireNonNull(envelope, "envelope");
        return new RingForm(
                envelope, SealedRing.requireKind(Objects.requireNonNull(envelope.kind(), "the envelope's kind")));
    }

    boolean isSealed() {
        return envelope != null;
    }

    /** The kind of the envelope; empty where there is none. */
    String kind() {
        return kind;
    }

    /** The content of the ring at a place. A sealed one has been opened again, and is the same keyring. */
    byte[] ringFile(Keyring keyring, Path place) {
        byte[] plain = KeyringText.ringFile(keyring);
        KeyringEnvelope sealing = envelope;
        if (sealing == null) {
            return plain;
        }
        try {
            byte[] content = asked(place, "sealed", () -> sealing.seal(plain, SealedRing.associatedData(kind)));
            SealedRing sealed = SealedRing.of(kind, content);
            if (!unsealed(sealed, sealing, place).equals(keyring)) {
                throw refusal(WRONG_ENVELOPE, place, "sealed", "What it sealed opens as another keyring.", null);
            }
            byte[] file = KeyringText.requireSize(sealed.file(), keyring);
            last = new Opened(sealed, keyring.copy());
            return file;
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** The content of the key file beside the ring. */
    byte[] keyFile(Keyring keyring) {
        return isSealed() ? SealedRing.mark() : KeyringText.keyFile(keyring);
    }

    /** The keyring of a sealed ring that was found at a place. */
    Keyring open(SealedRing ring, Path place) {
        KeyringEnvelope opening = Objects.requireNonNull(envelope, "envelope");
        Opened before = last;
        if (before != null && MessageDigest.isEqual(before.ring().file(), ring.file())) {
            return before.keyring().copy();
        }
        if (!ring.kind().equals(kind)) {
            throw new KeyringException(
                    WRONG_ENVELOPE,
                    "The ring " + place + " is sealed by an envelope of the kind " + ring.kind()
                            + ", and this source was given one of the kind " + kind
                            + ". Give it the envelope that sealed the ring.");
        }
        Keyring keyring = unsealed(ring, opening, place);
        last = new Opened(ring, keyring.copy());
        return keyring;
    }

    private Keyring unsealed(SealedRing ring, KeyringEnvelope opening, Path place) {
        byte[] plain = asked(place, "opened", () -> opening.open(ring.content(), SealedRing.associatedData(kind)));
        try {
            return Keyring.parse(new String(plain, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException noKeyring) {
            throw refusal(WRONG_ENVELOPE, place, "opened", "What it gives is no keyring.", null);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private byte[] asked(Path place, String what, Supplier<byte @Nullable []> envelopes) {
        byte @Nullable [] given;
        try {
            given = envelopes.get();
        } catch (KeyringException refused) {
            // Any other reason would be read as one of the files.
            KeyringException.Reason reason = refused.reason() == WRONG_ENVELOPE ? WRONG_ENVELOPE : UNAVAILABLE;
            throw refusal(reason, place, what, Objects.requireNonNullElse(refused.getMessage(), ""), refused);
        } catch (RuntimeException | LinkageError failed) {
            String words = "It failed with " + failed.getClass().getName() + ".";
            throw refusal(UNAVAILABLE, place, what, words, failed);
        }
        if (given == null) {
            throw refusal(WRONG_ENVELOPE, place, what, "It gave null.", null);
        }
        return given;
    }

    private KeyringException refusal(
            KeyringException.Reason reason, Path place, String what, String why, @Nullable Throwable cause) {
        String message = "The ring " + place + " cannot be " + what + " with the envelope of the kind " + kind + ". "
                + why + " The files were left as they are.";
        return cause == null ? new KeyringException(reason, message) : new KeyringException(reason, message, cause);
    }
}
