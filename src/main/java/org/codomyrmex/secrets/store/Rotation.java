// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * That the secret of a name was given a new value.
 *
 * @param name the secret's name
 * @param newId the id of the secret that is stored under the name since
 * @param previousId the id of the earliest secret that was stored under the name until then; empty if there was none
 * @param rotatedAt when the new secret was created
 */
public record Rotation(String name, String newId, Optional<String> previousId, Instant rotatedAt) {

    /**
     * Makes a rotation.
     *
     * @param name the secret's name
     * @param newId the id of the new secret
     * @param previousId the id of the secret before; empty if there was none
     * @param rotatedAt when the new secret was created
     * @throws NullPointerException naming the component that is null
     */
    public Rotation {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(newId, "newId");
        Objects.requireNonNull(previousId, "previousId");
        Objects.requireNonNull(rotatedAt, "rotatedAt");
    }
}
