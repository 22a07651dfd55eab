// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.io.Serial;
import org.codomyrmex.CodomyrmexException;

/**
 * A stored secret is there, but cannot be read: no key of the keyring opens it, its value is not text, or it was changed in
 * the store behind its back.
 */
public final class UnreadableSecretException extends CodomyrmexException {

    @Serial
    private static final long serialVersionUID = 1L;

    UnreadableSecretException(String message) {
        super(message);
    }
}
