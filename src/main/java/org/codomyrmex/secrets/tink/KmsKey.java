// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.KmsClients;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;
import org.codomyrmex.secrets.keyring.KeyringException;

/**
 * A key that stays in its KMS. What is encrypted here is a data key, drawn anew for each keyring that is sealed; the
 * keyring, which outgrows the 4 KiB that a KMS takes, is encrypted under the data key.
 */
final class KmsKey {

    private KmsKey() {}

    static Aead aeadOf(String keyUri) {
        KmsClient client = clientFor(keyUri);
        try {
            return KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, client.getAead(keyUri));
        } catch (GeneralSecurityException | RuntimeException refused) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The KMS client " + client.getClass().getName() + " gives no use of the key " + keyUri + " ("
                            + refused.getClass().getName()
                            + "). Check the key's URI, and the credentials of this process.",
                    refused);
        }
    }

    private static KmsClient clientFor(String keyUri) {
        try {
            return KmsClients.get(keyUri);
        } catch (GeneralSecurityException none) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "No KMS client that is registered with Tink supports the key " + keyUri
                            + ". Register one before the"
                            + " keyring is opened: AwsKmsClient.register of com.google.crypto.tink:tink-awskms for"
                            + " aws-kms://, GcpKmsClient.register of com.google.crypto.tink:tink-gcpkms for gcp-kms://,"
                            + " or KmsClients.add for another.",
                    none);
        }
    }
}
