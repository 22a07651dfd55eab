// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.tink;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * What a failed decryption says of the key. Tink reports a key that does not fit and a KMS that does not answer alike; only
 * what lies below tells them apart, and a KMS that does answer says either with exceptions of its own.
 */
final class KmsAnswer {

    /** How the clients of AWS and of Google Cloud say that the KMS read what it was given, and that the key is another. */
    private static final Set<String> ANOTHER_KEY = Set.of(
            "com.amazonaws.services.kms.model.IncorrectKeyException",
            "com.amazonaws.services.kms.model.InvalidCiphertextException",
            "software.amazon.awssdk.services.kms.model.IncorrectKeyException",
            "software.amazon.awssdk.services.kms.model.InvalidCiphertextException",
            "com.google.api.gax.rpc.InvalidArgumentException");

    /** The same of Google Cloud over HTTP, where the status is told by the message alone. */
    private static final String HTTP_ERROR = "com.google.api.client.googleapis.json.GoogleJsonResponseException";

    private static final int DEEPEST = 16;

    private KmsAnswer() {}

    /** Whether it was sealed with another key, or altered; else that could not be told. */
    static boolean saysThatTheKeyIsAnother(GeneralSecurityException failed) {
        @Nullable Throwable below = failed;
        for (int depth = 0; below != null && depth < DEEPEST; depth++) {
            if (isRefusal(below)) {
                return true;
            }
            if (isFromElsewhere(below)) {
                return false;
            }
            below = below.getCause();
        }
        return true;
    }

    private static boolean isRefusal(Throwable failed) {
        String name = failed.getClass().getName();
        String message = failed.getMessage();
        return failed instanceof AEADBadTagException
                || ANOTHER_KEY.contains(name)
                || (name.equals(HTTP_ERROR) && message != null && message.startsWith("400"));
    }

    private static boolean isFromElsewhere(Throwable failed) {
        String name = failed.getClass().getName();
        boolean unanswered = failed instanceof IOException
                || failed instanceof TimeoutException
                || failed instanceof InterruptedException
                || failed instanceof CancellationException;
        boolean ofTinkOrJava =
                name.startsWith("java.") || name.startsWith("javax.") || name.startsWith("com.google.crypto.tink.");
        return unanswered || !ofTinkOrJava;
    }
}
