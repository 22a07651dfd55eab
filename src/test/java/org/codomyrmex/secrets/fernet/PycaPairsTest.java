// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.List;
import org.codomyrmex.secrets.fernet.Vectors.PycaPair;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens that Python's {@code cryptography} made. */
class PycaPairsTest {

    static List<PycaPair> pairs() {
        return Vectors.pycaPairs();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void opensWhatPythonMadeAndMakesTheSame(PycaPair pair) {
        Fernet fernet = new Fernet(pair.key(), pair::iv, InstantSource.system());
        long timestamp = pair.timestamp().longValueExact();

        assertThat(fernet.decrypt(pair.token())).isEqualTo(pair.plaintext());
        assertThat(fernet.decryptAt(pair.token(), 0, timestamp)).isEqualTo(pair.plaintext());
        assertThat(fernet.timestamp(pair.token())).isEqualTo(timestamp);
        assertThat(fernet.seal(pair.plaintext(), timestamp)).isEqualTo(pair.token());
    }
}
