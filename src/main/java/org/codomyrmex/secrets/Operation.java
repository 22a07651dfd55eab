// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.codomyrmex.CodomyrmexException;

/**
 * The operations that can be called by name, each with the arguments it takes, as the specification's
 * {@code manage_secrets} names them.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are List.of, the functions have no state
enum Operation {
    STORE(
            List.of(Argument.NAME, Argument.VALUE),
            List.of(Argument.METADATA),
            (manager, given) ->
                    manager.storeSecret(given.text(Argument.NAME), given.text(Argument.VALUE), given.metadata())),
    GET(List.of(Argument.SECRET_ID), List.of(), (manager, given) -> manager.getSecret(given.text(Argument.SECRET_ID))),
    GET_BY_NAME(
            List.of(Argument.NAME), List.of(), (manager, given) -> manager.getSecretByName(given.text(Argument.NAME))),
    LIST(List.of(), List.of(), (manager, given) -> manager.listSecrets()),
    DELETE(
            List.of(Argument.SECRET_ID),
            List.of(),
            (manager, given) -> manager.deleteSecret(given.text(Argument.SECRET_ID))),
    ROTATE(List.of(), List.of(), (manager, given) -> manager.rotateKey()),
    ROTATE_SECRET(
            List.of(Argument.NAME, Argument.VALUE),
            List.of(),
            (manager, given) -> manager.rotateSecret(given.text(Argument.NAME), given.text(Argument.VALUE))),
    ROTATION_HISTORY(
            List.of(),
            List.of(Argument.NAME),
            (manager, given) -> given.has(Argument.NAME)
                    ? manager.rotationHistory(given.text(Argument.NAME))
                    : manager.rotationHistory()),
    CHECK_AGE(
            List.of(Argument.NAME),
            List.of(Argument.MAX_AGE_DAYS),
            (manager, given) -> manager.checkSecretAge(given.text(Argument.NAME), given.maxAge()));

    private static final long DEFAULT_MAX_AGE_DAYS = 90;

    private final List<Argument> required;
    private final List<Argument> optional;
    private final BiFunction<SecretManager, Given, Object> call;

    Operation(List<Argument> required, List<Argument> optional, BiFunction<SecretManager, Given, Object> call) {
        this.required = required;
        this.optional = optional;
        this.call = call;
    }

    /** An argument, with the type it must have. */
    private enum Argument {
        NAME("a String", String.class::isInstance),
        VALUE("a String", String.class::isInstance),
        SECRET_ID("a String", String.class::isInstance),
        METADATA("a Map", Map.class::isInstance),
        MAX_AGE_DAYS("a whole number of days, at most 2147483647", Argument::isDays);

        private final String expected;
        private final Predicate<Object> accepts;

        Argument(String expected, Predicate<Object> accepts) {
            this.expected = expected;
            this.accepts = accepts;
        }

        private static boolean isDays(Object value) {
            boolean whole = value instanceof Integer
                    || value instanceof Long
                    || value instanceof Short
                    || value instanceof Byte
                    || (value instanceof BigInteger big && big.bitLength() < Long.SIZE);
            long days = whole ? ((Number) value).longValue() : Long.MAX_VALUE;
            return days >= -Integer.MAX_VALUE && days <= Integer.MAX_VALUE;
        }
    }

    /** The arguments of one call, checked before. An optional one that is null counts as absent. */
    private record Given(Map<String, ?> arguments) {

        boolean has(Argument argument) {
            return arguments.get(nameOf(argument)) != null;
        }

        String text(Argument argument) {
            return (String) Objects.requireNonNull(arguments.get(nameOf(argument)));
        }

        @SuppressWarnings("unchecked") // the manager refuses names that are not strings
        Map<String, ?> metadata() {
            return has(Argument.METADATA)
                    ? (Map<String, ?>) Objects.requireNonNull(arguments.get(nameOf(Argument.METADATA)))
                    : Map.of();
        }

        Duration maxAge() {
            return Duration.ofDays(
                    has(Argument.MAX_AGE_DAYS)
                            ? ((Number) Objects.requireNonNull(arguments.get(nameOf(Argument.MAX_AGE_DAYS))))
                                    .longValue()
                            : DEFAULT_MAX_AGE_DAYS);
        }

        @Override
        public String toString() {
            return "Given" + arguments.keySet();
        }
    }

    static Operation named(String name) {
        return Arrays.stream(values())
                .filter(operation -> nameOf(operation).equals(name))
                .findFirst()
                .orElseThrow(() -> new CodomyrmexException("There is no operation \"" + Printable.of(name)
                        + "\", expected one of " + names(Arrays.asList(values())) + "."));
    }

    void check(Map<String, ?> arguments) {
        List<Argument> all = new ArrayList<>(required);
        all.addAll(optional);
        for (Object name : arguments.keySet()) {
            if (all.stream().noneMatch(argument -> nameOf(argument).equals(name))) {
                throw new CodomyrmexException("The operation " + nameOf(this) + " has no argument \""
                        + Printable.of(String.valueOf(name)) + "\", expected " + names(all) + ".");
            }
        }
        for (Argument argument : all) {
            Object value = arguments.get(nameOf(argument));
            if (value == null && required.contains(argument)) {
                throw new CodomyrmexException("The operation " + nameOf(this) + " lacks its argument "
                        + nameOf(argument) + ", expected " + argument.expected + ".");
            }
            if (value != null && !argument.accepts.test(value)) {
                throw new CodomyrmexException("The argument " + nameOf(argument) + " of the operation " + nameOf(this)
                        + " is of type " + value.getClass().getName() + ", expected " + argument.expected + ".");
            }
        }
    }

    Object run(SecretManager manager, Map<String, ?> arguments) {
        return call.apply(manager, new Given(arguments));
    }

    private static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String names(List<? extends Enum<?>> all) {
        return all.isEmpty() ? "none" : all.stream().map(Operation::nameOf).collect(Collectors.joining(", "));
    }
}
