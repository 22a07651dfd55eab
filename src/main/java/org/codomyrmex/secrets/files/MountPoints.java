// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells files that are mounted on their own, as containers do with a single secret. Nothing can be renamed over such a
 * file, and what is written beside it is not where the file really is.
 */
public final class MountPoints {

    /** Where Linux lists what is mounted where; other systems have no such file, and no such mounts. */
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private static final int MOUNT_POINT_FIELD = 4;
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private MountPoints() {}

    /**
     * Whether a file is a mount of its own.
     *
     * @param file a real path
     * @return false also where that cannot be found out
     */
    public static boolean contains(Path file) {
        List<String> mounts;
        try {
            mounts = Files.readAllLines(MOUNTS, StandardCharsets.ISO_8859_1);
        } catch (IOException noSuchList) {
            return false;
        }
        String searched = new String(file.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return mounts.stream()
                .map(line -> line.split(" ", -1))
                .anyMatch(fields -> fields.length > MOUNT_POINT_FIELD
                        && unescaped(fields[MOUNT_POINT_FIELD]).equals(searched));
    }

    /** Blanks and the like are written as a backslash and three octal digits. */
    private static String unescaped(String field) {
        return OCTAL.matcher(field).replaceAll(MountPoints::character);
    }

    private static String character(MatchResult escape) {
        return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(escape.group(1), 8)));
    }
}
