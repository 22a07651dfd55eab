// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.List;

/**
 * What is remembered of past rotations. A {@link SecretStore} that implements this interface too records every
 * successful {@link SecretStore#replaceNamed replaceNamed}, and nothing else, in the same step: whoever sees the new
 * secret sees its rotation, and the reverse.
 *
 * <p>A history may be bounded; it then forgets its oldest rotations first. Implementations are safe for use by many
 * threads.
 */
public interface RotationHistory {

    /**
     * Tells every rotation that is remembered.
     *
     * @return the rotations in the order in which they happened; immutable, and no longer changed by later ones
     * @throws StoreException if the history cannot be read
     */
    List<Rotation> rotations();

    /**
     * Tells the rotations of one name.
     *
     * @param name the name of a secret, compared character for character
     * @return its rotations in the order in which they happened, none if the name is unknown; immutable
     * @throws NullPointerException if the name is null
     * @throws StoreException if the history cannot be read
     */
    List<Rotation> rotations(String name);
}
