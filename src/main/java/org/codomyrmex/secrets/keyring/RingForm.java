// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.jspecify.annotations.Nullable;

/**
 * How a ring and its key file are written and read: plain, or the ring sealed in an envelope and a mark in the key
 * file. The first envelope seals; each of them opens. They are called to open a ring only if it has changed since the
 * last time.
 */
final class RingForm {

    static final RingForm PLAIN = new RingForm(List.of(), false);

    private final List<Envelope> envelopes;
    private final boolean plainAccepted;

    /** Guarded by this object, so that a keyring is not dropped while it is being copied. */
    private @Nullable Opened last;

    /** An envelope, and its kind at the time of the check. */
    private record Envelope(KeyringEnvelope envelope, String kind) {}

    /** Its keys are nobody else's: whoever is given a keyring may destroy the keys. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Opened(byte[] digest, Keyring keyring) {}

    private RingForm(List<Envelope> envelopes, boolean plainAccepted) {
        this.envelopes = envelopes;
        this.plainAccepted = plainAccepted;
    }

    static RingForm sealedIn(KeyringEnvelope first, KeyringEnvelope... alsoOpen) {
        List<Envelope> all = new ArrayList<>();
        all.add(checked(first, "envelope"));
        for (KeyringEnvelope further : Objects.requireNonNull(alsoOpen, "alsoOpens")) {
            all.add(checked(further, "alsoOpens"));
        }
        return new RingForm(List.copyOf(all), false);
    }

    private static Envelope checked(KeyringEnvelope envelope, String name) {
        Objects.requireNonNull(envelope, name);
        return new Envelope(
                envelope, SealedRing.requireKind(Objects.requireNonNull(envelope.kind(), "the envelope's kind")));
    }

    RingForm acceptingPlain() {
        return new RingForm(envelopes, true);
    }

    boolean isSealed() {
        return !envelopes.isEmpty();
    }

    boolean plainAccepted() {
        return plainAccepted;
    }

    /** Whether a plain ring is accepted: there is no envelope, or the source accepts a plain ring all the same. */
    boolean acceptsPlain() {
        return plainAccepted || !isSealed();
    }

    /** The kind of the envelope that seals; empty if there is none. */
    String kind() {
        return isSealed() ? envelopes.get(0).kind() : "";
    }

    /** The content of the ring at a place. A sealed one has been opened again, and is the same keyring. */
    byte[] ringFile(Keyring keyring, Optional<SealedRing.Header> former, Path place) {
        byte[] plain = KeyringText.ringFile(keyring);
        if (!isSealed()) {
            return plain;
        }
        Envelope sealing = envelopes.get(0);
        SealedRing.Header header = former.map(known -> known.next(sealing.kind()))
                .orElseGet(() -> SealedRing.Header.first(sealing.kind()));
        try {
            byte[] content =
                    asked(sealing, place, "sealed", () -> sealing.envelope().seal(plain, header.associatedData()));
            SealedRing sealed = SealedRing.of(header, content);
            if (!unsealed(sealed, sealing, place).equals(keyring)) {
                throw refusal(
                        sealing, WRONG_ENVELOPE, place, "sealed", "What it sealed opens as a different keyring.", null);
            }
            byte[] file = KeyringText.requireSize(sealed.file(), keyring);
            keep(new Opened(KeyringText.digest(file), keyring.copy()));
            return file;
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private synchronized void keep(@Nullable Opened opened) {
        if (last != null) {
            last.keyring().keys().forEach(FernetKey::destroy);
        }
        last = opened;
    }

    private synchronized Optional<Keyring> kept(byte[] digest) {
        return Optional.ofNullable(last)
                .filter(opened -> Arrays.equals(opened.digest(), digest))
                .map(opened -> opened.keyring().copy());
    }

    void dropKeys() {
        keep(null);
    }

    /** The content of the key file beside the ring. */
    byte[] keyFile(Keyring keyring) {
        return isSealed() ? SealedRing.mark() : KeyringText.keyFile(keyring);
    }

    /** The keyring of a sealed ring that was found at a place. */
    Keyring open(SealedRing ring, Path place) {
        byte[] digest = KeyringText.digest(ring.file());
        Optional<Keyring> before = kept(digest);
        if (before.isPresent()) {
            return before.get();
        }
        List<Envelope> fitting = envelopes.stream()
                .filter(each -> each.kind().equals(ring.header().kind()))
                .toList();
        if (fitting.isEmpty()) {
            throw new KeyringException(
                    WRONG_ENVELOPE,
                    "The ring " + place + " is sealed by an envelope of kind "
                            + ring.header().kind() + ", but this source has only " + kinds()
                            + ". Give it the envelope that sealed the ring.");
        }
        Keyring keyring = opened(ring, fitting, place);
        keep(new Opened(digest, keyring.copy()));
        return keyring;
    }

    private String kinds() {
        return envelopes.stream().map(Envelope::kind).collect(Collectors.joining(", ", "envelopes of kind ", ""));
    }

    /**
     * Tries each envelope. One that is unavailable now may be the right one, so its error is reported rather than a
     * mismatch.
     */
    private Keyring opened(SealedRing ring, List<Envelope> fitting, Path place) {
        KeyringException told = null;
        for (Envelope each : fitting) {
            try {
                return unsealed(ring, each, place);
            } catch (KeyringException refused) {
                told = told == null || refused.reason() == UNAVAILABLE ? refused : told;
            }
        }
        throw Objects.requireNonNull(told);
    }

    private static Keyring unsealed(SealedRing ring, Envelope opening, Path place) {
        byte[] plain = asked(
                opening,
                place,
                "opened",
                () -> opening.envelope().open(ring.content(), ring.header().associatedData()));
        try {
            return KeyringText.parse(plain);
        } catch (IllegalArgumentException noKeyring) {
            throw refusal(opening, WRONG_ENVELOPE, place, "opened", "Its content is not a keyring.", null);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private static byte[] asked(Envelope asked, Path place, String what, Supplier<byte @Nullable []> envelopes) {
        byte @Nullable [] given;
        try {
            given = envelopes.get();
        } catch (KeyringException refused) {
            // Any other reason would be read as one of the files.
            KeyringException.Reason reason = refused.reason() == WRONG_ENVELOPE ? WRONG_ENVELOPE : UNAVAILABLE;
            String words = Objects.requireNonNullElse(refused.getMessage(), "");
            throw refusal(asked, reason, place, what, words, refused);
        } catch (RuntimeException | LinkageError failed) {
            String words = "It failed with " + failed.getClass().getName() + ".";
            throw refusal(asked, UNAVAILABLE, place, what, words, failed);
        }
        if (given == null) {
            throw refusal(asked, WRONG_ENVELOPE, place, what, "It returned null.", null);
        }
        return given;
    }

    private static KeyringException refusal(
            Envelope asked,
            KeyringException.Reason reason,
            Path place,
            String what,
            String why,
            @Nullable Throwable cause) {
        String message = "The ring " + place + " cannot be " + what + " with the envelope of kind " + asked.kind()
                + ". " + why + " The files were left as they are.";
        return cause == null ? new KeyringException(reason, message) : new KeyringException(reason, message, cause);
    }
}
