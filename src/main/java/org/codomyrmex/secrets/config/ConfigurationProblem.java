// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.io.Serial;
import org.codomyrmex.CodomyrmexException;

/** A configuration that cannot be taken as it is. The message names paths and types, never a value. */
public final class ConfigurationProblem extends CodomyrmexException {

    @Serial
    private static final long serialVersionUID = 1L;

    ConfigurationProblem(String message) {
        super(message);
    }
}
