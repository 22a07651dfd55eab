// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.Objects;
import java.util.function.Supplier;
import org.codomyrmex.CodomyrmexException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each error once, at the front door, before it reaches the caller. */
final class ErrorLog {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private ErrorLog() {}

    /** Does something of which no caller on the way logs a failure. */
    static <T> T logging(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException failed) {
            boolean ours = failed instanceof CodomyrmexException
                    || failed instanceof IllegalArgumentException
                    || failed instanceof NullPointerException
                    || failed instanceof IllegalStateException;
            // The message of any other exception may be somebody else's, and hold anything.
            LOG.error("{}: {}", failed.getClass().getSimpleName(), ours ? failed.getMessage() : "");
            throw failed;
        }
    }

    /** An argument that must be there, looked at outside of {@link #logging}. */
    static <T> T required(@Nullable T argument, String name) {
        return logging(() -> Objects.requireNonNull(argument, name));
    }
}
