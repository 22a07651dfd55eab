// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex;

import java.io.Serial;

/**
 * The parent of everything this library throws because the world is wrong: a key file that cannot be read, a token
 * that does not open, a store that does not answer. Catching this one type catches them all.
 *
 * <p>No message contains a key, a token or a value. A caller's mistake is an {@link IllegalArgumentException} or a
 * {@link NullPointerException} instead.
 */
public class CodomyrmexException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception without a cause.
     *
     * @param message what was found, what was expected and what to do; never a key, a token or a value
     */
    public CodomyrmexException(String message) {
        super(message);
    }

    /**
     * Makes an exception that keeps its cause.
     *
     * @param message what was found, what was expected and what to do; never a key, a token or a value
     * @param cause what went wrong below; must not echo a secret
     */
    public CodomyrmexException(String message, Throwable cause) {
        super(message, cause);
    }
}
