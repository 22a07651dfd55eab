// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.Locale;

/** Names that somebody else chose, made fit for a log line or a message: no line breaks, no control characters. */
final class Printable {

    private static final int LONGEST = 200;

    private Printable() {}

    static String of(CharSequence text) {
        StringBuilder printable = new StringBuilder();
        text.chars().limit(LONGEST).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || isLineBreak(c)) {
                printable.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                printable.append((char) c);
            }
        });
        return text.length() > LONGEST ? printable.append("...").toString() : printable.toString();
    }

    private static boolean isLineBreak(int c) {
        return Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
    }
}
