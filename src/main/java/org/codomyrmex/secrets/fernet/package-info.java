// SPDX-License-Identifier: Apache-2.0
/**
 * The Fernet token format, version 0x80, on the cryptography of the Java runtime: keys, tokens, and why a token is
 * refused.
 *
 * <p>Read {@link org.codomyrmex.secrets.fernet.Fernet} first: it makes and opens tokens; then {@code FernetCipher}, where
 * the cryptography is, from top to bottom. There is nothing to choose: AES-128 in CBC mode with PKCS#7 padding, a fresh IV
 * for each token, and HMAC-SHA-256 over all of it. Tokens and keys are those of every other Fernet implementation. Where
 * implementations disagree this one takes the strict side for tokens: each token has exactly one spelling. Nothing here
 * logs, and no message contains a key, a token or a value.
 */
@NullMarked
package org.codomyrmex.secrets.fernet;

import org.jspecify.annotations.NullMarked;
