// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.security.GeneralSecurityException;

/** Bytes to a token as text and back, as one library does it. */
interface Codec {
    String encrypt(byte[] plaintext) throws GeneralSecurityException;

    byte[] decrypt(String token) throws GeneralSecurityException;
}
