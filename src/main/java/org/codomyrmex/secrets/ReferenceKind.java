// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

/** What stands in a configuration where a value was encrypted. */
public enum ReferenceKind {
    /** {@code encrypted:} and the id of a secret in the manager's store; resolves as long as that store lives. */
    BY_ID,
    /** {@code encrypted:} and a token that holds the value itself; needs the keyring alone. */
    BY_TOKEN
}
