// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

/** A form in which a keyring is found: plain, or sealed under one of two envelopes. */
enum CrashForm {
    PLAIN(""),
    FORMER("former"),
    NEW("new");

    private final String passphrase;

    CrashForm(String passphrase) {
        this.passphrase = passphrase;
    }

    boolean isSealed() {
        return !passphrase.isEmpty();
    }

    /** An envelope of a sealed form. */
    KeyringEnvelope envelope() {
        return QuickEnvelopes.of(passphrase);
    }

    /** A source that opens this form. */
    FileKeyringSource over(FileKeyringSource plain) {
        return isSealed() ? plain.withEnvelope(envelope()) : plain;
    }

    /** The form as the library writes it. */
    RingForm written() {
        return isSealed() ? RingForm.sealedIn(envelope()) : RingForm.PLAIN;
    }
}
