// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

/** Passphrase envelopes as they are, but of so few rounds that a test can open a ring thousands of times. */
public final class QuickEnvelopes {

    private QuickEnvelopes() {}

    /** The envelope of a passphrase; every call gives one that opens what the others of the same passphrase sealed. */
    public static KeyringEnvelope of(String passphrase) {
        // Long enough to seal with, whatever it is.
        return new PassphraseEnvelope((passphrase + " of the tests").toCharArray(), 1, 1);
    }
}
