// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.io.Serial;
import java.util.Objects;
import org.codomyrmex.CodomyrmexException;

/**
 * A token that does not open, and {@linkplain #reason() why}. It never has a cause, and its message never contains the
 * token, a key or a value. Instances are safe to share between threads.
 */
public final class InvalidTokenException extends CodomyrmexException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** The reason, fixed at construction. */
    private final Reason reason;

    /** Why a token was refused. The last three are only ever said of authentic tokens. */
    public enum Reason {
        /**
         * Not a Fernet token at all: not strict URL-safe base64, not the length or version of a token; or, very rarely,
         * authentic but with a padding that no encryption under this key leaves.
         */
        MALFORMED,
        /** Has the form of a token, but was made under another key or altered since. */
        NOT_AUTHENTIC,
        /** Authentic, but older than the time to live that was asked for. */
        EXPIRED,
        /** Authentic, but made more than 60 seconds after the present, and a time to live was asked for. */
        FROM_THE_FUTURE,
        /** Authentic and decrypted, but the value is not UTF-8 and was asked for as text. */
        NOT_TEXT
    }

    /**
     * Makes an exception with a reason and no cause.
     *
     * @param reason why the token was refused
     * @param message what was found, what was expected and what to do; never a key, a token or a value
     * @throws NullPointerException if an argument is null
     */
    public InvalidTokenException(Reason reason, String message) {
        super(Objects.requireNonNull(message, "message"));
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * Says why the token was refused.
     *
     * @return the reason, never null
     */
    public Reason reason() {
        return reason;
    }

    /** One message for every structural fault, because nothing about an unauthenticated token may be told. */
    static InvalidTokenException malformed() {
        return new InvalidTokenException(
                Reason.MALFORMED,
                "The text is not a valid Fernet token. Pass a token exactly as it was made: URL-safe base64 with its"
                        + " padding and no blanks or line breaks");
    }

    static InvalidTokenException notAuthentic() {
        return new InvalidTokenException(
                Reason.NOT_AUTHENTIC,
                "The token is not valid under this key: another key made it, or it was altered. Use the key that made"
                        + " it");
    }

    static InvalidTokenException wrongPadding() {
        return new InvalidTokenException(
                Reason.MALFORMED,
                "The token is authentic but its content does not decrypt: its padding is wrong. The program that made"
                        + " it is faulty, or uses a key that shares only its signing half with this one");
    }

    static InvalidTokenException expired(long ageSeconds, long ttlSeconds) {
        return new InvalidTokenException(
                Reason.EXPIRED,
                "The token has expired: it is " + Long.toUnsignedString(ageSeconds) + " s old and may be at most "
                        + ttlSeconds + " s old. Ask for a new one");
    }

    static InvalidTokenException fromTheFuture(long aheadSeconds, long skewSeconds) {
        return new InvalidTokenException(
                Reason.FROM_THE_FUTURE,
                "The token was made " + Long.toUnsignedString(aheadSeconds) + " s after the present time, and at most "
                        + skewSeconds + " s are allowed. Check the clocks of both machines");
    }

    static InvalidTokenException notText() {
        return new InvalidTokenException(
                Reason.NOT_TEXT, "The decrypted value is not UTF-8 text. Ask for it as bytes instead");
    }
}
