// SPDX-License-Identifier: Apache-2.0
/**
 * A key in a KMS, or any other Tink {@code Aead}, as the envelope of a keyring. Nothing else of the library uses Tink, and
 * an application that does not use this package does not need it.
 *
 * <p>What an application calls is {@link org.codomyrmex.secrets.tink.AeadKeyringEnvelope}.
 */
@NullMarked
package org.codomyrmex.secrets.tink;

import org.jspecify.annotations.NullMarked;
