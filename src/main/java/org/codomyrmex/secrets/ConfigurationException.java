// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.io.Serial;
import org.codomyrmex.CodomyrmexException;

/** A configuration, or a reference in one, cannot be used. The message names the path, never the value. */
public final class ConfigurationException extends CodomyrmexException {

    @Serial
    private static final long serialVersionUID = 1L;

    ConfigurationException(String message) {
        super(message);
    }
}
