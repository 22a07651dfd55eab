// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import org.jspecify.annotations.Nullable;

/** What a value was before it became text: a string, a number or a boolean. Thread-safe, as every enum is. */
public enum ScalarType {
    /** Text, which is kept as it is. */
    STRING(""),
    /** A number, kept as its decimal text. */
    NUMBER("number:"),
    /** {@code true} or {@code false}. */
    BOOLEAN("boolean:");

    private final String mark;

    ScalarType(String mark) {
        this.mark = mark;
    }

    /** What stands before the token in a reference to a value of this type. */
    String mark() {
        return mark;
    }

    /**
     * Returns the type of a value.
     *
     * @param value a String, a Boolean, or a finite number of the classes Byte, Short, Integer, Long, Float, Double,
     *     BigInteger or BigDecimal whose text has at most 10,000 characters
     * @return the value's type
     * @throws IllegalArgumentException if the value is none of these; the message names the type, never the value
     */
    public static ScalarType of(Object value) {
        ScalarType type = typeOf(value);
        if (type == null) {
            throw new IllegalArgumentException("Expected a string, a boolean or a finite number of the JDK, of at most "
                    + NumberText.MAX_CHARACTERS + " characters, and found " + TypeName.of(value)
                    + ". Convert the value to one of these first.");
        }
        return type;
    }

    /** Whether {@link #of} has an answer. */
    static boolean supports(Object value) {
        return typeOf(value) != null;
    }

    private static @Nullable ScalarType typeOf(Object value) {
        if (value instanceof String) {
            return STRING;
        }
        if (value instanceof Boolean) {
            return BOOLEAN;
        }
        return value instanceof Number number && NumberText.isSupported(number) ? NUMBER : null;
    }

    /**
     * Returns the text that is kept for a value. {@link #read} gives the same string, the same boolean and exactly the
     * same number back, if not always in the same class; a Float or Double counts as the decimal that it prints.
     *
     * @param value as for {@link #of}
     * @return its text; a number's is a number in JSON too
     * @throws IllegalArgumentException as for {@link #of}
     */
    public static String textOf(Object value) {
        return of(value) == NUMBER ? NumberText.of((Number) value) : value.toString();
    }

    /**
     * Returns the value of this type that a text stands for: of a string, the text; of a boolean, {@code true} or
     * {@code false} in just these letters; of a number in the grammar of JSON, with at most 10,000 characters, the
     * smallest of Integer, Long and BigInteger that holds it if it has neither a fraction nor an exponent, else the
     * Double that prints as this very text (on every JDK rounded to as few digits as tell it from its neighbours), else
     * a BigDecimal.
     *
     * @param text what {@link #textOf} gave, or someone else wrote
     * @return the value, which {@link #textOf} takes again
     * @throws IllegalArgumentException if the text is no value of this type; the message does not contain the text
     */
    public Object read(String text) {
        return switch (this) {
            case STRING -> text;
            case NUMBER -> NumberText.read(text);
            case BOOLEAN -> readBoolean(text);
        };
    }

    private static Boolean readBoolean(String text) {
        if (text.equals("true")) {
            return Boolean.TRUE;
        }
        if (text.equals("false")) {
            return Boolean.FALSE;
        }
        throw new IllegalArgumentException("Expected the text of a boolean, true or false, and found neither.");
    }
}
