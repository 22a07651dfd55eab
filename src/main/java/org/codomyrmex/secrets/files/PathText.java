// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds signs that a path is not meant literally: a shell, a framework or another locale would have turned it into the
 * intended path. Taken literally, it names a new file in a new place. Stateless. No description repeats the path,
 * because a secret may have been given in its place.
 */
public final class PathText {

    /** One slash is enough: a {@link java.nio.file.Path} drops the second. */
    private static final Pattern URL = Pattern.compile("(?i)(?:(?:file|classpath|jar):|[a-z][a-z0-9+.-]+:/).*");

    private static final Pattern VARIABLE = Pattern.compile("\\$[A-Za-z_(].*|%[A-Za-z_]+%.*");

    /** How the JVM shows bytes that it cannot decode. */
    private static final char UNDECODED = '\uFFFD';

    private PathText() {}

    /**
     * Finds the first sign that a path is not meant literally.
     *
     * @param path the path as it was entered, or the text of a path
     * @return words that continue a sentence about it, such as "begins with ~, …"; empty if there is no sign
     */
    public static Optional<String> oddity(String path) {
        if (path.isEmpty()) {
            return Optional.empty();
        }
        char first = path.charAt(0);
        char last = path.charAt(path.length() - 1);
        Optional<String> undecoded = undecoded(path);
        if (undecoded.isPresent()) {
            return undecoded;
        }
        if (isBlank(first) || isBlank(last)) {
            return Optional.of("begins or ends with white space. Remove it");
        }
        if (isQuote(first) || isQuote(last)) {
            return Optional.of("begins or ends with a quotation mark. Remove it");
        }
        if (first == '~') {
            return Optional.of("begins with ~, which only a shell expands. Spell out the directory");
        }
        if (path.contains("${") || VARIABLE.matcher(path).matches()) {
            return Optional.of("contains a variable that was not expanded. Spell out its value");
        }
        if (URL.matcher(path).matches()) {
            return Optional.of("begins like a URL, for example file:. Give only the path");
        }
        return Optional.empty();
    }

    /**
     * Finds characters that were lost on the way into this process.
     *
     * @param path a path from a system property or an environment variable
     * @return words that continue a sentence about it; empty if no character is missing
     */
    public static Optional<String> undecoded(String path) {
        // An ASCII-only locale turns each byte of a system property that it cannot decode into "?".
        return path.indexOf(UNDECODED) >= 0
                        || (path.indexOf('?') >= 0 && encoding().equals(StandardCharsets.US_ASCII))
                ? Optional.of("has characters that could not be decoded" + inThisLocale())
                : Optional.empty();
    }

    /**
     * Explains why {@link java.nio.file.Path#of} refuses a text.
     *
     * @param path the refused text
     * @return words that continue a sentence about it
     */
    public static String refusal(String path) {
        return path.chars().anyMatch(letter -> letter > 0x7F)
                ? "has characters that cannot be encoded" + inThisLocale()
                : "is not the path of a file";
    }

    private static Charset encoding() {
        String name = System.getProperty("sun.jnu.encoding", "");
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException unknown) {
            return StandardCharsets.UTF_8;
        }
    }

    private static String inThisLocale() {
        return " in the locale of this process, whose encoding is " + encoding()
                + ". Set the environment variable LC_ALL to a UTF-8 locale, such as C.UTF-8";
    }

    private static boolean isBlank(char letter) {
        return Character.isWhitespace(letter) || Character.isSpaceChar(letter) || letter == '\uFEFF';
    }

    private static boolean isQuote(char letter) {
        return "\"'`\u201C\u201D\u2018\u2019\u00AB\u00BB".indexOf(letter) >= 0;
    }
}
