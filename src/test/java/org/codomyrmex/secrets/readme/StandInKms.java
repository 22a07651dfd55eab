// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.readme;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.KmsClients;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;

/** Stands in for the KMS that the README's examples name: a key of its own in this process. */
public final class StandInKms implements KmsClient {

    private final Aead key;

    private StandInKms(Aead key) {
        this.key = key;
    }

    /** Called by the README's programs before their own first statement. */
    public static void register() throws GeneralSecurityException {
        KmsClients.add(
                new StandInKms(KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, AeadConfig2026.get())
                        .getPrimitive(AeadConfig2026.get(), Aead.class)));
    }

    @Override
    public boolean doesSupport(String keyUri) {
        return keyUri.startsWith("aws-kms://");
    }

    @Override
    public KmsClient withCredentials(String credentialPath) {
        return this;
    }

    @Override
    public KmsClient withDefaultCredentials() {
        return this;
    }

    @Override
    public Aead getAead(String keyUri) {
        return key;
    }
}
