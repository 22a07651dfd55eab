// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;

/** Looks at every event of a logger context, and remembers where one showed a secret. */
final class LeakWatch extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    private LeakWatch() {}

    static LeakWatch over(LoggerContext context) {
        LeakWatch watch = new LeakWatch();
        watch.setContext(context);
        watch.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(watch);
        return watch;
    }

    @Override
    protected void append(ILoggingEvent event) {
        Set<String> found;
        try {
            found = Leaks.in(event);
        } catch (RuntimeException unseen) {
            // An appender's exceptions are lost, and an event that was not looked at may show anything.
            found = Set.of("what could not be looked at: " + unseen.getClass().getName());
        }
        if (!found.isEmpty()) {
            leaks.add("an event of " + event.getLoggerName() + " at " + event.getLevel() + " in thread "
                    + event.getThreadName() + " shows " + String.join(" and ", found));
        }
    }

    /** Fails if an event has shown a secret since this was asked before. */
    void requireNone() {
        Set<String> all = new LinkedHashSet<>();
        for (String leak = leaks.poll(); leak != null; leak = leaks.poll()) {
            all.add(leak);
        }
        if (!all.isEmpty()) {
            throw new AssertionError("A secret was logged: " + String.join("; ", all));
        }
    }
}
