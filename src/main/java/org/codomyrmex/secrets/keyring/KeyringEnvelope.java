// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

/**
 * Seals a keyring, so that whoever copies its files has nothing without what the envelope holds: a key in a KMS, or a
 * passphrase. It is asked once when a keyring is opened and once or twice when it is changed, never for a secret.
 *
 * <p>An implementation is safe for use by many threads. It does not keep or change the arrays that it is given, and gives
 * arrays that are the caller's; they are wiped after use. Where it cannot do what it is asked to, it throws a
 * {@link KeyringException}: {@link KeyringException.Reason#WRONG_ENVELOPE WRONG_ENVELOPE} if what is sealed was sealed by
 * another one or altered, {@link KeyringException.Reason#UNAVAILABLE UNAVAILABLE} if it cannot be told now. Whatever else
 * it throws is taken for the latter; the cause of either is kept, so it must not hold a key.
 */
public interface KeyringEnvelope {

    /**
     * Names this kind of envelope in the first line of what it sealed, so that an operator can tell what opens it.
     *
     * @return 1 to 63 of the characters {@code a-z}, {@code 0-9}, {@code .} and {@code -}; always the same
     */
    String kind();

    /**
     * Encrypts and authenticates a keyring.
     *
     * @param keyring the keyring's text, of any length
     * @param associatedData what is authenticated with it, and is to be given again to open it
     * @return the sealed keyring, which {@link #open} opens
     * @throws KeyringException if it cannot
     */
    byte[] seal(byte[] keyring, byte[] associatedData);

    /**
     * Decrypts a keyring, if it is authentic.
     *
     * @param sealed what {@link #seal} returned
     * @param associatedData what was given to {@code seal} with it
     * @return the keyring's text
     * @throws KeyringException if this envelope does not open it, or cannot tell now
     */
    byte[] open(byte[] sealed, byte[] associatedData);
}
