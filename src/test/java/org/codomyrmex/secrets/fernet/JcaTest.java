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
import org.codomyrmex.CodomyrmexException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What happens on a runtime whose cryptography is broken: one clear exception. */
@Isolated
class JcaTest {

    private final Fernet fernet = new Fernet(FernetKey.generate());

    @Test
    void saysWhatIsMissingOnARuntimeWithoutItsProvider() {
        String token = fernet.encrypt("canary");
        List<Provider> providers = List.of(Security.getProviders());
        Provider sunJce = Security.getProvider("SunJCE");
        Security.removeProvider("SunJCE");
        try {
            assertThatThrownBy(() -> fernet.encrypt("canary"))
                    .isExactlyInstanceOf(CodomyrmexException.class)
                    .hasCauseInstanceOf(NoSuchAlgorithmException.class)
                    .hasMessageContainingAll("AES/CBC/PKCS5Padding", "security providers");
            assertThatThrownBy(() -> fernet.decrypt(token))
                    .isExactlyInstanceOf(CodomyrmexException.class)
                    .hasMessageContaining("HmacSHA256");
            assertThatThrownBy(() -> fernet.authenticates(token)).isExactlyInstanceOf(CodomyrmexException.class);
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
