// SPDX-License-Identifier: Apache-2.0
/**
 * The front door: a {@link org.codomyrmex.secrets.SecretManager}, the static {@link org.codomyrmex.secrets.Secrets}
 * facade, and the records they return.
 *
 * <p>For a reading order: {@code Secrets}, {@code SecretManager},
 * {@link org.codomyrmex.secrets.keyring.Keyring Keyring}, {@link org.codomyrmex.secrets.fernet.Fernet Fernet}; then
 * {@link org.codomyrmex.secrets.store.SecretStore SecretStore} and
 * {@link org.codomyrmex.secrets.keyring.FileKeyringSource FileKeyringSource}.
 */
@NullMarked
package org.codomyrmex.secrets;

import org.jspecify.annotations.NullMarked;
