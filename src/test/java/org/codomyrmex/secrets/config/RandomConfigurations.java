// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Nested configurations that depend on their seed alone. */
@SuppressWarnings("JavaUtilDate")
final class RandomConfigurations {

    private final Random random;
    private final Supplier<String> names;
    private final boolean choosableOnly;

    private RandomConfigurations(Random random, Supplier<String> names, boolean choosableOnly) {
        this.random = random;
        this.names = names;
        this.choosableOnly = choosableOnly;
    }

    /** Everything a configuration may hold, under keys of many kinds. */
    static Map<String, Object> ofAnything(long seed) {
        Random random = new Random(seed);
        return new RandomConfigurations(random, () -> anyName(random), false).map(4);
    }

    /** Maps, lists, leaves and nulls, under names that are plain, so that a path means one thing. */
    static Map<String, Object> ofPlainNames(long seed) {
        Random random = new Random(seed);
        return new RandomConfigurations(random, () -> "k" + random.nextInt(50), true).map(4);
    }

    /** Maps, lists, leaves and nulls, under few names that could be paths, so that a path may mean many things. */
    static Map<String, Object> ofConfusingNames(long seed) {
        Random random = new Random(seed);
        return new RandomConfigurations(random, () -> confusingName(random), true).map(5);
    }

    static String confusingName(Random random) {
        String[] parts = {"a", "b", "0", "1", "[0]", "", "a"};
        StringBuilder name = new StringBuilder(parts[random.nextInt(parts.length)]);
        while (random.nextInt(3) == 0) {
            name.append(random.nextInt(4) == 0 ? "" : ".").append(parts[random.nextInt(parts.length)]);
        }
        return name.toString();
    }

    private static String anyName(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> "";
            case 1 -> "ключ " + random.nextInt(9);
            case 2 -> "a.b." + random.nextInt(9);
            case 3 -> "x[" + random.nextInt(9) + "]\n";
            default -> "k" + random.nextInt(30);
        };
    }

    private Map<String, Object> map(int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            map.put(names.get(), value(depth - 1));
        }
        return map;
    }

    private @Nullable Object value(int depth) {
        int choice = random.nextInt(choosableOnly ? 7 : 12);
        if (depth <= 0 || choice < 2) {
            return random.nextInt(8) == 0 ? null : scalar();
        }
        return switch (choice) {
            case 2, 3, 4 -> map(depth);
            case 5, 6 -> list(depth);
            case 7 -> new LinkedHashSet<>(list(depth));
            case 8 -> list(depth).toArray();
            case 9 -> oddKeys(depth);
            default -> fixed();
        };
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            list.add(value(depth - 1));
        }
        return list;
    }

    private Map<Object, Object> oddKeys(int depth) {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        map.put(random.nextInt(9), value(depth - 1));
        map.put(random.nextInt(9) / 2.0, value(depth - 1));
        map.put(random.nextBoolean(), value(depth - 1));
        return map;
    }

    private Object scalar() {
        return switch (random.nextInt(11)) {
            case 0 -> random.nextBoolean();
            case 1 -> (byte) random.nextInt();
            case 2 -> (short) random.nextInt();
            case 3 -> random.nextInt();
            case 4 -> random.nextLong();
            case 5 -> random.nextFloat();
            case 6 -> random.nextGaussian();
            case 7 -> new BigInteger(100, random).negate();
            case 8 -> new BigDecimal(new BigInteger(random.nextInt(90), random), random.nextInt(40) - 20);
            case 9 -> random.nextInt(3) == 0 ? -0.0 : "";
            default -> "text " + random.nextInt();
        };
    }

    private Object fixed() {
        return switch (random.nextInt(6)) {
            case 0 -> new Date(random.nextInt());
            case 1 -> new byte[] {(byte) random.nextInt(), 7};
            case 2 -> new UUID(random.nextLong(), random.nextLong());
            case 3 -> Instant.ofEpochSecond(random.nextInt());
            case 4 -> "char array".toCharArray();
            default -> new ArrayDeque<>(List.of(random.nextInt()));
        };
    }
}
