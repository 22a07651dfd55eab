// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.Serial;
import java.util.Objects;
import org.codomyrmex.CodomyrmexException;

/** The keys are not there, cannot be read, or may not be changed as asked. The message names the place, never a key. */
public final class KeyringException extends CodomyrmexException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What kind of trouble it is, so that a caller can decide without reading the message. */
    public enum Reason {
        /** There is no keyring, and none may be created. */
        ABSENT,
        /** What is there is not a keyring. */
        MALFORMED,
        /** The keyring is sealed and was opened without an envelope, or the reverse. */
        SEALED,
        /** The envelope does not open this keyring. */
        WRONG_ENVELOPE,
        /** The place cannot be reached or read now. */
        UNAVAILABLE,
        /** The place cannot be written. */
        READ_ONLY,
        /** Somebody else has held the lock for too long. */
        LOCKED,
        /** The key is primary, or something is still encrypted under it. */
        IN_USE
    }

    /** Why. */
    private final Reason reason;

    /**
     * Makes an exception without a cause.
     *
     * @param reason what kind of trouble it is
     * @param message what was found, what was expected and what to do; never a key
     */
    public KeyringException(Reason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * Makes an exception that keeps its cause.
     *
     * @param reason what kind of trouble it is
     * @param message what was found, what was expected and what to do; never a key
     * @param cause what went wrong below; must not echo a key
     */
    public KeyringException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * What kind of trouble it is.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
