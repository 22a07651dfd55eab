// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.io.Serial;
import org.codomyrmex.CodomyrmexException;

/**
 * A store cannot do what it was asked to: it does not answer, it is damaged, or an id is already taken. The call that
 * throws it has changed nothing, unless the store cannot know that and says so in the message.
 */
public final class StoreException extends CodomyrmexException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception without a cause.
     *
     * @param message what was found, what was expected and what to do; never a token, a name or metadata
     */
    public StoreException(String message) {
        super(message);
    }

    /**
     * Makes an exception that keeps its cause.
     *
     * @param message what was found, what was expected and what to do; never a token, a name or metadata
     * @param cause what the storage below reported
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
