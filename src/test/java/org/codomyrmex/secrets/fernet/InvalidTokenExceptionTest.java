// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.InvalidTokenException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A refusal carries its reason and nothing that could give anything away. */
class InvalidTokenExceptionTest {

    @ParameterizedTest
    @EnumSource
    void hasItsReasonAndItsMessageAndNoCause(Reason reason) {
        InvalidTokenException refusal = new InvalidTokenException(reason, "none of 3 keys made it");

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal)
                .isInstanceOf(CodomyrmexException.class)
                .hasMessage("none of 3 keys made it")
                .hasNoCause();
    }

    @Test
    void keepsItsReasonWhenSerialized() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new InvalidTokenException(Reason.EXPIRED, "too old"));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((InvalidTokenException) in.readObject()).reason()).isEqualTo(Reason.EXPIRED);
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void needsAReasonAndAMessage() {
        assertThatThrownBy(() -> new InvalidTokenException(null, "text"))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("reason");
        assertThatThrownBy(() -> new InvalidTokenException(Reason.EXPIRED, null))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("message");
    }
}
