// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import ch.qos.logback.classic.LoggerContext;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;
import org.slf4j.LoggerFactory;

/**
 * Stands behind every test, of every package: fails those during which anything was logged, at any level, that shows a
 * key, a token or a {@link Canary}, and those out of which an exception escapes that shows one.
 */
public final class LeakGuard
        implements AfterEachCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {

    /** Watches from the moment at which this class is registered, which is before the first test. */
    private static final LeakWatch WATCH = LeakWatch.over((LoggerContext) LoggerFactory.getILoggerFactory());

    /** Fails if a throwable shows a secret in a message or text of its own, of a cause or of what it suppressed. */
    public static void assertShowsNothing(Throwable thrown) {
        Set<String> found = Leaks.in(thrown);
        if (!found.isEmpty()) {
            AssertionError leak = new AssertionError(
                    "A " + thrown.getClass().getName() + " or a cause of it shows " + String.join(" and ", found));
            leak.setStackTrace(thrown.getStackTrace());
            throw leak;
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        WATCH.requireNone();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        WATCH.requireNone();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw checked(thrown);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw checked(thrown);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw checked(thrown);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw checked(thrown);
    }

    @Override
    public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw checked(thrown);
    }

    /** A failed assertion says what it compared, which may be anything; every other throwable must be clean. */
    private static Throwable checked(Throwable thrown) {
        if (!(thrown instanceof AssertionError) && !(thrown instanceof TestAbortedException)) {
            assertShowsNothing(thrown);
        }
        return thrown;
    }
}
