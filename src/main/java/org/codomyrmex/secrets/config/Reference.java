// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.util.Optional;

/**
 * What stands in a configuration for a value that was encrypted. It has one of four forms: {@code encrypted:<id>},
 * where the id is 32 lower-case hex digits and the secret is in a store; {@code encrypted:<token>}, where a Fernet
 * token holds a string; {@code encrypted:number:<token>} and {@code encrypted:boolean:<token>}, where it holds another
 * type.
 *
 * <p>Only the form is known here: whether a secret has that id, or a key opens that token, is found out elsewhere.
 * Immutable.
 */
public final class Reference {

    private static final String PREFIX = "encrypted:";
    private static final int ID_CHARACTERS = 32;

    /** The text of the shortest token: 73 bytes. */
    private static final int MIN_TOKEN_CHARACTERS = 100;

    private final boolean isId;
    private final ScalarType type;
    private final String target;

    private Reference(boolean isId, ScalarType type, String target) {
        this.isId = isId;
        this.type = type;
        this.target = target;
    }

    /**
     * Returns whether a text begins with {@code encrypted:}, be it one of the four forms or not.
     *
     * @param text any text
     * @return true if it says that it is a reference
     */
    public static boolean isMarked(String text) {
        return text.startsWith(PREFIX);
    }

    /**
     * Returns the reference that a text is.
     *
     * @param text any text
     * @return the reference; empty if the text is not {@link #isMarked marked}, or is marked and has none of the forms
     */
    public static Optional<Reference> parse(String text) {
        if (!isMarked(text)) {
            return Optional.empty();
        }
        String target = text.substring(PREFIX.length());
        if (isIdForm(target)) {
            return Optional.of(new Reference(true, ScalarType.STRING, target));
        }
        for (ScalarType type : ScalarType.values()) {
            if (target.startsWith(type.mark())) {
                String token = target.substring(type.mark().length());
                if (isTokenForm(token)) {
                    return Optional.of(new Reference(false, type, token));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the reference to a secret in a store.
     *
     * @param id 32 lower-case hex digits
     * @return the reference
     * @throws IllegalArgumentException if the id is not of this form
     */
    public static Reference toId(String id) {
        if (!isIdForm(id)) {
            throw new IllegalArgumentException("The id must be " + ID_CHARACTERS + " lower-case hex digits; found "
                    + id.length() + " characters that are not.");
        }
        return new Reference(true, ScalarType.STRING, id);
    }

    /**
     * Returns the reference that carries a value itself, encrypted.
     *
     * @param type what the plaintext is
     * @param token a Fernet token, padded, in the URL-safe alphabet
     * @return the reference
     * @throws IllegalArgumentException if the token has not the form of one; the message does not contain it
     */
    public static Reference toToken(ScalarType type, String token) {
        if (!isTokenForm(token)) {
            throw new IllegalArgumentException("The token must be a Fernet token: padded URL-safe base64 of at least "
                    + MIN_TOKEN_CHARACTERS + " characters; found " + token.length() + " characters that are not.");
        }
        return new Reference(false, type, token);
    }

    /**
     * Returns which kind of reference this is.
     *
     * @return true if it has an {@link #id}, false if it has a {@link #token}
     */
    public boolean isId() {
        return isId;
    }

    /**
     * Returns the id of the secret in its store.
     *
     * @return 32 lower-case hex digits
     * @throws IllegalStateException if this reference has a token instead
     */
    public String id() {
        if (!isId) {
            throw new IllegalStateException("This reference has a token and no id; ask isId() first.");
        }
        return target;
    }

    /**
     * Returns the token that holds the value.
     *
     * @return a text of the form of a Fernet token
     * @throws IllegalStateException if this reference has an id instead
     */
    public String token() {
        requireToken();
        return target;
    }

    /**
     * Returns what the plaintext of the token is.
     *
     * @return the type that the reference is marked with; a string if it has no mark
     * @throws IllegalStateException if this reference has an id instead: then the store knows the type
     */
    public ScalarType type() {
        requireToken();
        return type;
    }

    private void requireToken() {
        if (isId) {
            throw new IllegalStateException("This reference has an id, and neither token nor type; ask isId() first.");
        }
    }

    /**
     * Returns the reference as it stands in a configuration.
     *
     * @return the text that {@link #parse} reads
     */
    public String text() {
        return PREFIX + type.mark() + target;
    }

    /** Shows an id, never a token. */
    @Override
    public String toString() {
        return isId ? "Reference[" + target + "]" : "Reference[token]";
    }

    private static boolean isIdForm(String text) {
        return text.length() == ID_CHARACTERS
                && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    /** The first byte of a token is 0x80, which makes its first character g and leaves the second four free bits. */
    private static boolean isTokenForm(String text) {
        int length = text.length();
        if (length < MIN_TOKEN_CHARACTERS || length % 4 != 0) {
            return false;
        }
        if (text.charAt(0) != 'g' || text.charAt(1) < 'A' || text.charAt(1) > 'P') {
            return false;
        }
        int unpadded = text.endsWith("==") ? length - 2 : text.endsWith("=") ? length - 1 : length;
        return text.chars().limit(unpadded).allMatch(Reference::isUrlSafe);
    }

    private static boolean isUrlSafe(int c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
