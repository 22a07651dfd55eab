// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.codomyrmex.CodomyrmexException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each error once, at the front door, before it reaches the caller. */
final class ErrorLog {

    private static final String PACKAGE = "org.codomyrmex.";
    private static final Set<Class<?>> MISTAKES =
            Set.of(IllegalArgumentException.class, NullPointerException.class, IllegalStateException.class);
    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private ErrorLog() {}

    /** Does something of which no caller on the way logs a failure. */
    static <T> T logging(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException failed) {
            LOG.error("{}", words(failed));
            throw failed;
        }
    }

    /** What may be said of an exception: one that arose elsewhere may hold anything in its message, a key among it. */
    static String words(RuntimeException failed) {
        return failed.getClass().getSimpleName() + ": " + (isOurs(failed) ? failed.getMessage() : "");
    }

    /** Whether it was thrown by this library: by type, or, for a caller's mistake, by the code that made it. */
    private static boolean isOurs(RuntimeException failed) {
        return failed instanceof CodomyrmexException
                || (MISTAKES.contains(failed.getClass())
                        && Stream.of(failed.getStackTrace())
                                .map(StackTraceElement::getClassName)
                                .filter(thrower -> !thrower.equals(Objects.class.getName()))
                                .findFirst()
                                .filter(thrower -> thrower.startsWith(PACKAGE))
                                .isPresent());
    }

    /** An argument that must be there, looked at outside of {@link #logging}. */
    static <T> T required(@Nullable T argument, String name) {
        return logging(() -> Objects.requireNonNull(argument, name));
    }
}
