// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codomyrmex.CodomyrmexException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What happens on a runtime whose cryptography is broken: one clear exception. */
@Isolated
class JcaTest {

    private final FernetKey key = FernetKey.generate();

    @Test
    void saysWhatIsMissingOnARuntimeWithoutItsProvider() {
        String token = new Fernet(key).encrypt("canary");
        // A copy has used no provider yet.
        Fernet fernet = new Fernet(key.copy());
        List<Provider> providers = List.of(Security.getProviders());
        Provider sunJce = Security.getProvider("SunJCE");
        Security.removeProvider("SunJCE");
        try {
            for (ThrowingCallable use : List.<ThrowingCallable>of(
                    () -> fernet.encrypt("canary"), () -> fernet.decrypt(token), () -> fernet.authenticates(token))) {
                assertThatThrownBy(use)
                        .isExactlyInstanceOf(CodomyrmexException.class)
                        .hasCauseInstanceOf(NoSuchAlgorithmException.class)
                        .hasMessageContainingAll("AES/CBC/NoPadding", "security providers");
            }
        } finally {
            Security.insertProviderAt(sunJce, providers.indexOf(sunJce) + 1);
        }
        assertThat(List.of(Security.getProviders())).isEqualTo(providers);
        assertThat(fernet.decryptToString(token)).isEqualTo("canary");
    }

    @Test
    void keepsTheCauseOfAFailureBelow() {
        ProviderException unchecked = new ProviderException("hardware is gone");
        GeneralSecurityException checked = new GeneralSecurityException("no such mode");

        assertThatThrownBy(() -> Jca.required("AES", name -> {
                    throw unchecked;
                }))
                .isExactlyInstanceOf(CodomyrmexException.class)
                .hasMessageContaining("AES")
                .hasCause(unchecked);
        assertThatThrownBy(() -> Jca.required("AES", name -> {
                    throw checked;
                }))
                .isExactlyInstanceOf(CodomyrmexException.class)
                .hasCause(checked);
    }

    @Test
    void leavesOtherExceptionsAlone() {
        assertThatThrownBy(() -> Jca.required("AES", name -> {
                    throw new UnsupportedOperationException(name);
                }))
                .isExactlyInstanceOf(UnsupportedOperationException.class)
                .hasMessage("AES");
    }
}
