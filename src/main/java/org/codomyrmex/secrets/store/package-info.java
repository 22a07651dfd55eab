// SPDX-License-Identifier: Apache-2.0
/**
 * Where encrypted secrets are kept: tokens, what describes them, and the id of the key each is under. A store never
 * sees a key or a plaintext.
 *
 * <p>{@link org.codomyrmex.secrets.store.SecretStore} is what an application implements to keep its secrets elsewhere,
 * {@link org.codomyrmex.secrets.store.InMemorySecretStore} is the one that is used unless another is given, and
 * {@link org.codomyrmex.secrets.store.RotationHistory} is implemented besides by a store that remembers rotations.
 */
@NullMarked
package org.codomyrmex.secrets.store;

import org.jspecify.annotations.NullMarked;
