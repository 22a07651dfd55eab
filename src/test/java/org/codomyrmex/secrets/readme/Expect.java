// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.readme;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Called by the programs that are made of the README's code, once for each result that it states. */
public final class Expect {
    /** Stands for any text in a stated result: for what is random, or too long for a page. */
    private static final String ANYTHING = "\u2026";

    private Expect() {}

    public static void value(int line, String stated, Object found) {
        String text = String.valueOf(found);
        if (!matches(stated, text)) {
            throw new AssertionError("README.md:" + line + " states " + stated + ", but the result is " + text);
        }
    }

    public static void thrown(int line, String stated, Exception found) {
        value(line, stated, "throws " + found.getClass().getSimpleName() + ": " + found.getMessage());
    }

    public static void notThrown(int line, String stated) {
        throw new AssertionError("README.md:" + line + " states " + stated + ", but nothing is thrown");
    }

    private static boolean matches(String stated, String found) {
        String pattern =
                Arrays.stream(stated.split(ANYTHING, -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(pattern, Pattern.DOTALL).matcher(found).matches();
    }
}
