// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What the keyring's files give reason to say, from now until it is closed. */
final class RecordedLog implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger(FileKeyringSource.class);
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    RecordedLog() {
        appender.start();
        logger.addAppender(appender);
    }

    /** The warnings about files in one directory. */
    List<String> warningsIn(Path directory) {
        return messagesIn(directory, Level.WARN);
    }

    /** What is worth knowing about files in one directory. */
    List<String> newsIn(Path directory) {
        return messagesIn(directory, Level.INFO);
    }

    private List<String> messagesIn(Path directory, Level level) {
        return events.stream()
                .filter(event -> event.getLevel().equals(level))
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> message.contains(directory + "/"))
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}
