// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.event.KeyValuePair;

/** Finds what must never be shown: keys, tokens and marked values. Says which of these it found, never the thing itself. */
final class Leaks {

    private static final String VALUE = "a secret value";
    private static final String TOKEN = "a Fernet token";
    private static final String KEY = "a Fernet key";

    private static final Pattern TOKENS = Pattern.compile("gAAAA[A-Za-z0-9_-]{93,}={0,2}");
    private static final Pattern KEYS = Pattern.compile("[A-Za-z0-9_+/-]{43}=(?!=)");

    private final Set<String> found = new LinkedHashSet<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Leaks() {}

    static Set<String> in(String text) {
        Leaks leaks = new Leaks();
        leaks.look(text);
        return leaks.found;
    }

    /** Looks at messages and texts of a throwable, its causes and what was suppressed. */
    static Set<String> in(Throwable thrown) {
        Leaks leaks = new Leaks();
        leaks.lookAt(thrown);
        return leaks.found;
    }

    /** Looks at everything that an appender could print of an event. */
    static Set<String> in(ILoggingEvent event) {
        Leaks leaks = new Leaks();
        leaks.look(event.getFormattedMessage());
        leaks.look(event.getMessage());
        leaks.lookAt(event.getArgumentArray());
        leaks.look(String.valueOf(event.getMDCPropertyMap()));
        leaks.look(event.getThreadName());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                leaks.look(pair.key);
                leaks.lookAt(pair.value);
            }
        }
        leaks.look(event.getThrowableProxy());
        return leaks.found;
    }

    private void look(String text) {
        if (text == null) {
            return;
        }
        if (text.contains(Canary.MARK)) {
            found.add(VALUE);
        }
        if (TOKENS.matcher(text).find()) {
            found.add(TOKEN);
        }
        if (KEYS.matcher(text).find()) {
            found.add(KEY);
        }
    }

    private void lookAt(Object value) {
        if (value instanceof Throwable thrown) {
            lookAt(thrown);
        } else if (value instanceof char[] characters) {
            look(new String(characters));
        } else if (value instanceof byte[] bytes) {
            look(new String(bytes, StandardCharsets.ISO_8859_1));
        } else if (value instanceof Object[] values) {
            Arrays.asList(values).forEach(this::lookAt);
        } else {
            look(String.valueOf(value));
        }
    }

    private void lookAt(Throwable thrown) {
        Deque<Throwable> open = new ArrayDeque<>();
        open.push(thrown);
        while (!open.isEmpty()) {
            Throwable next = open.pop();
            if (seen.add(next)) {
                look(next.toString());
                look(next.getMessage());
                look(next.getLocalizedMessage());
                if (next.getCause() != null) {
                    open.push(next.getCause());
                }
                Arrays.asList(next.getSuppressed()).forEach(open::push);
            }
        }
    }

    private void look(IThrowableProxy proxy) {
        if (proxy != null && seen.add(proxy)) {
            look(proxy.getClassName() + ": " + proxy.getMessage());
            look(proxy.getCause());
            Arrays.asList(proxy.getSuppressed()).forEach(this::look);
        }
    }
}
