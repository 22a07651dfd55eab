// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

/**
 * A secret that could not be re-encrypted, and was left as it was.
 *
 * @param secretId the secret
 * @param reason why
 */
public record RekeyFailure(String secretId, Reason reason) {

    /** Why a secret could not be re-encrypted. */
    public enum Reason {
        /** The key it is under is not in the keyring. */
        KEY_MISSING,
        /** Its key is there, but does not open it, or it was changed in the store behind its back. */
        DAMAGED,
        /** The store did not take the new token. */
        STORE_UNAVAILABLE
    }
}
