// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

/** What became of a write to a {@link SecretStore}. Where two refusals apply at once, either may be told. */
public enum WriteOutcome {

    /** The write took place, whole. */
    DONE,

    /** Refused, and nothing changed: the store no longer holds what the caller expected to find. */
    CHANGED,

    /** Refused, and nothing changed: the key of the new token is {@linkplain SecretStore#forbid forbidden}. */
    KEY_FORBIDDEN
}
