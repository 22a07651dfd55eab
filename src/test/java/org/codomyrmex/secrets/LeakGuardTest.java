// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.codomyrmex.secrets.Canary.canary;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The guard behind all tests catches what it is there for; every leak here goes to a logger context of its own. */
class LeakGuardTest {

    private static final String KEY = FernetKey.generate().reveal();
    private static final String STANDARD_KEY =
            "+/" + KEY.substring(2).replace('-', '+').replace('_', '/');
    private static final String TOKEN = new Fernet(FernetKey.generate()).encrypt("x");

    static final List<String> SECRETS =
            List.of(canary("text"), "x" + canary(), KEY, "keys=" + KEY + "," + KEY, STANDARD_KEY, TOKEN, "(" + TOKEN);

    static final List<String> HARMLESS = List.of(
            "Stored secret 00112233445566778899aabbccddeeff under key 0123456789abcdef.",
            "a canary sang",
            "gAAAAABinvalid",
            "/a/rather/long/directory/name/before/secrets.key.ring",
            KEY.substring(0, 42) + "=",
            "");

    @ParameterizedTest
    @FieldSource("SECRETS")
    void catchesAKeyATokenOrAMarkedValueWhereverAnEventHasIt(String secret) {
        assertLeaks(log -> log.trace("{}", secret));
        assertLeaks(log -> log.error("it is " + secret + "!"));
        assertLeaks(log -> log.info("the argument is not in the message", secret));
        assertLeaks(log -> log.info("nor is this one", secret.toCharArray(), 1));
        assertLeaks(log -> log.info("nor these", 1, new Object[] {2, secret.getBytes(StandardCharsets.UTF_8)}));
        assertLeaks(log -> log.warn("failed", new IllegalStateException(secret)));
        assertLeaks(log -> log.warn("failed", new IllegalStateException("outer", new IOException(secret))));
        assertLeaks(log -> log.warn("failed", suppressing(secret)));
        assertLeaks(log -> log.atDebug().addKeyValue("value", secret).log("structured"));
        assertLeaks(log -> {
            try (MDC.MDCCloseable closed = MDC.putCloseable("request", secret)) {
                assertThat(closed).isNotNull();
                log.debug("in context");
            }
        });
    }

    @ParameterizedTest
    @FieldSource("HARMLESS")
    void leavesEverythingElseAlone(String text) {
        LoggerContext context = context();
        LeakWatch watch = LeakWatch.over(context);
        context.getLogger("child").warn("{}", text, new IllegalStateException(text));
        assertThatCode(watch::requireNone).doesNotThrowAnyException();
    }

    @Test
    void saysWhereALeakIsWithoutRepeatingIt() {
        LoggerContext context = context();
        LeakWatch watch = LeakWatch.over(context);
        context.getLogger("some.child").info("{} {}", TOKEN, KEY);
        assertThatThrownBy(watch::requireNone)
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("some.child", "INFO", "a Fernet token", "a Fernet key")
                .message()
                .doesNotContain(TOKEN, KEY);
        assertThatCode(watch::requireNone).as("asked again").doesNotThrowAnyException();
    }

    @Test
    void failsWhereAnEventCannotBeLookedAt() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(null);
        LeakWatch watch = LeakWatch.over(context);
        context.getLogger("child").info("an event without a context map");
        assertThatThrownBy(watch::requireNone).hasMessageContaining("what could not be looked at");
    }

    @ParameterizedTest
    @FieldSource("SECRETS")
    void catchesAThrowableThatShowsASecretAndTheTestThatItEscapes(String secret) {
        LeakGuard guard = new LeakGuard();
        for (Throwable leaky : List.of(
                new IllegalArgumentException(secret),
                new IllegalStateException("outer", new IllegalArgumentException(secret)),
                suppressing(secret))) {
            assertThatThrownBy(() -> LeakGuard.assertShowsNothing(leaky))
                    .isInstanceOf(AssertionError.class)
                    .hasNoCause()
                    .hasMessageNotContaining(secret);
            assertThat(catchThrowable(() -> guard.handleTestExecutionException(null, leaky)))
                    .isInstanceOf(AssertionError.class)
                    .isNotSameAs(leaky);
            assertThat(catchThrowable(() -> guard.handleAfterEachMethodExecutionException(null, leaky)))
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void letsCleanThrowablesAndFailedAssertionsEscapeAsTheyAre() {
        LeakGuard guard = new LeakGuard();
        for (Throwable clean : List.of(new IllegalStateException("no"), new AssertionError(canary()))) {
            assertThat(catchThrowable(() -> guard.handleTestExecutionException(null, clean)))
                    .isSameAs(clean);
        }
    }

    @Test
    void standsBehindThisVeryTest() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        assertThat(root.iteratorForAppenders()).toIterable().hasAtLeastOneElementOfType(LeakWatch.class);
        assertThat(context.getLogger("org.codomyrmex.secrets").isTraceEnabled()).isTrue();
        assertThat(ServiceLoader.load(Extension.class)).hasAtLeastOneElementOfType(LeakGuard.class);
    }

    private static IllegalStateException suppressing(String secret) {
        IllegalStateException outer = new IllegalStateException("outer");
        outer.addSuppressed(new IOException(secret));
        return outer;
    }

    private static LoggerContext context() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(MDC.getMDCAdapter());
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.TRACE);
        return context;
    }

    private static void assertLeaks(Consumer<Logger> leak) {
        LoggerContext context = context();
        LeakWatch watch = LeakWatch.over(context);
        leak.accept(context.getLogger("child"));
        assertThatThrownBy(watch::requireNone).isInstanceOf(AssertionError.class);
    }
}
