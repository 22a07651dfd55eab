// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Tink's clients of AWS KMS and of Google Cloud KMS throw, over HTTP and gRPC, and what it says of the key. */
class KmsAnswerTest {

    /** What clients of AWS, of Google Cloud and others throw where a KMS did not say what the key is worth. */
    static Stream<Throwable> withoutAnAnswer() {
        return Stream.of(
                new IOException("down"),
                new SocketTimeoutException("slow"),
                new TimeoutException("slow"),
                new InterruptedException("stopped"),
                new CancellationException("stopped"),
                new ExecutionException(new IOException("down")),
                new RuntimeException(new IOException("down")),
                NamedException.of("com.amazonaws.services.kms.model.AWSKMSException", "AccessDeniedException"),
                NamedException.of("com.amazonaws.services.kms.model.DisabledException", "is disabled"),
                NamedException.of("com.google.api.gax.rpc.UnavailableException", "io exception"),
                NamedException.of("com.google.api.gax.rpc.PermissionDeniedException", "denied"),
                NamedException.of("com.google.api.client.googleapis.json.GoogleJsonResponseException", "403 Forbidden"),
                NamedException.of(
                        "com.google.api.client.googleapis.json.GoogleJsonResponseException", "503 Unavailable"),
                NamedException.of("com.google.api.client.googleapis.json.GoogleJsonResponseException", null),
                NamedException.of("com.example.kms.BrokenException", "400 broken"));
    }

    @ParameterizedTest
    @MethodSource("withoutAnAnswer")
    void saysNothing(Throwable cause) {
        assertThat(KmsAnswer.saysThatTheKeyIsAnother(failedBy(cause))).isFalse();
        assertThat(KmsAnswer.saysThatTheKeyIsAnother(failedBy(failedBy(cause)))).isFalse();
    }

    /** What the same clients throw where the KMS did look at it. */
    static Stream<Throwable> withTheAnswerNo() {
        return Stream.of(
                NamedException.of("com.amazonaws.services.kms.model.IncorrectKeyException", "another key"),
                NamedException.of("com.amazonaws.services.kms.model.InvalidCiphertextException", "altered"),
                NamedException.of("software.amazon.awssdk.services.kms.model.IncorrectKeyException", "another key"),
                NamedException.of("com.google.api.gax.rpc.InvalidArgumentException", "Decryption failed"),
                NamedException.of(
                        "com.google.api.client.googleapis.json.GoogleJsonResponseException",
                        "400 Bad Request\nDecryption failed"),
                new AEADBadTagException("Tag mismatch"));
    }

    @ParameterizedTest
    @MethodSource("withTheAnswerNo")
    void saysThatTheKeyIsAnother(Throwable cause) {
        assertThat(KmsAnswer.saysThatTheKeyIsAnother(failedBy(cause))).isTrue();
        assertThat(KmsAnswer.saysThatTheKeyIsAnother(failedBy(failedBy(cause)))).isTrue();
    }

    /** Tink's own words for what no key of a keyset opens, and for an answer about another key than the one asked for. */
    @Test
    void saysThatTheKeyIsAnotherWhereNothingIsBelow() {
        assertThat(KmsAnswer.saysThatTheKeyIsAnother(new GeneralSecurityException("decryption failed")))
                .isTrue();
        assertThat(KmsAnswer.saysThatTheKeyIsAnother(new AEADBadTagException())).isTrue();
        assertThat(KmsAnswer.saysThatTheKeyIsAnother(failedBy(new IndexOutOfBoundsException())))
                .isTrue();
    }

    @Test
    void endsWhereCausesFormACircle() {
        GeneralSecurityException one = new GeneralSecurityException("one");
        GeneralSecurityException two = new GeneralSecurityException("two", one);
        one.initCause(two);

        assertThat(KmsAnswer.saysThatTheKeyIsAnother(one)).isTrue();
    }

    private static GeneralSecurityException failedBy(Throwable cause) {
        return new GeneralSecurityException("decryption failed", cause);
    }
}
