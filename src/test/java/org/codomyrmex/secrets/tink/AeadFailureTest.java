// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.crypto.tink.Aead;
import java.io.IOException;
import java.net.ConnectException;
import java.security.GeneralSecurityException;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.Test;

/** A KMS whose client wraps what went wrong: the message names what lies at the bottom, and the cause is kept. */
class AeadFailureTest {

    /** Fails always, with as many exceptions around the last as clients are seen to put there, or without any. */
    private record Failing(GeneralSecurityException failure) implements Aead {

        @Override
        public byte[] encrypt(byte[] plaintext, byte[] associatedData) throws GeneralSecurityException {
            throw failure;
        }

        @Override
        public byte[] decrypt(byte[] ciphertext, byte[] associatedData) throws GeneralSecurityException {
            throw failure;
        }
    }

    private static KeyringException sealing(GeneralSecurityException failure) {
        return catchThrowableOfType(
                KeyringException.class,
                () -> AeadKeyringEnvelope.of(new Failing(failure)).seal(new byte[1], new byte[0]));
    }

    @Test
    void namesTheExceptionAtTheBottom() {
        GeneralSecurityException wrapped = new GeneralSecurityException(
                "encryption failed", new IOException("request failed", new ConnectException("refused")));

        KeyringException refusal = sealing(wrapped);

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal).hasCause(wrapped).hasMessageContaining("The KMS did not do it: java.net.ConnectException.");
    }

    @Test
    void namesTheExceptionItselfWhereThereIsNoOther() {
        assertThat(sealing(new GeneralSecurityException("encryption failed")))
                .hasMessageContaining("The KMS did not do it: java.security.GeneralSecurityException.");
    }
}
