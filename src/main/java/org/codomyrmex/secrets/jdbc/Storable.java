// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.util.regex.Pattern;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.jspecify.annotations.Nullable;

/** What all three databases keep as it is. What is not storable is refused before it is altered, and never found. */
final class Storable {

    private static final int LONGEST_ID = 64;
    private static final int LONGEST_NAME = 1_024;

    /** 16 MiB in base64, with what a Fernet token adds and the rounding of its blocks. */
    private static final int LONGEST_TOKEN = 22_369_728;

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private Storable() {}

    static boolean isId(String id) {
        return isText(id, LONGEST_ID);
    }

    static boolean isName(String name) {
        return isText(name, LONGEST_NAME);
    }

    private static boolean isText(String text, int longest) {
        return !text.isEmpty()
                && text.codePointCount(0, text.length()) <= longest
                && text.codePoints()
                        .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    static void require(StoredSecret secret) {
        if (!isName(secret.name())) {
            throw new StoreException("The name of secret " + shown(secret.id()) + " has "
                    + secret.name().codePointCount(0, secret.name().length())
                    + " characters, or a NUL or unpaired surrogate among them; a name has 1 to " + LONGEST_NAME
                    + " characters and none of those. Nothing was stored; choose another name.");
        }
        if (!isId(secret.id()) || secret.seal().filter(seal -> !isId(seal)).isPresent()) {
            throw new StoreException("The id or the seal of a secret is not 1 to " + LONGEST_ID
                    + " characters of text. Nothing was stored.");
        }
        requireToken(secret);
    }

    static void requireToken(StoredSecret secret) {
        if (!isId(secret.keyId())) {
            throw new StoreException("The key id of secret " + shown(secret.id()) + " is not 1 to " + LONGEST_ID
                    + " characters of text. Nothing was stored.");
        }
        if (secret.token().length() > LONGEST_TOKEN) {
            throw new StoreException("The token of secret " + shown(secret.id()) + " has "
                    + secret.token().length() + " characters, more than a value of 16 MiB makes. Nothing was stored;"
                    + " store a smaller value.");
        }
    }

    /** An id for a message. */
    static String shown(@Nullable String id) {
        return id != null && PLAIN.matcher(id).matches() ? id : "(of an id that is not one)";
    }
}
