// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataTextTest {

    static Stream<Object> values() {
        return Stream.of(
                "",
                "text",
                "\" \\ / \b\f\n\r\t\0\u001f\u007f\u2028",
                "Zo\u00eb \uD83D\uDC1C",
                "\uD83D",
                "\uDC1C\uD83D",
                "\\u0041",
                "null",
                "{}",
                true,
                false,
                0,
                -1,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                7L,
                Long.MIN_VALUE,
                (short) 7,
                Short.MIN_VALUE,
                (byte) 7,
                Byte.MIN_VALUE,
                BigInteger.ZERO,
                BigInteger.TEN.pow(400).negate(),
                new BigDecimal("1.50"),
                new BigDecimal("1.5"),
                new BigDecimal("-1E+1000"),
                new BigDecimal("0E-10"),
                1.5,
                0.0,
                -0.0,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                2.0E-3,
                1.1f,
                -0.0f,
                Float.MIN_VALUE,
                Float.MAX_VALUE,
                List.of(),
                List.of(1, 1L, "1"),
                Arrays.asList("a", null),
                Map.of(),
                Map.of("k", Map.of("", List.of(2.5))));
    }

    @ParameterizedTest
    @MethodSource("values")
    void readsEachValueBackOfItsTypeAndWorth(Object value) {
        Map<String, Object> metadata = Map.of("key", value);
        String text = MetadataText.write(metadata);
        Object read = MetadataText.read(text).get("key");
        assertThat(read).isEqualTo(value);
        if (!(value instanceof List || value instanceof Map)) {
            assertThat(read).hasSameClassAs(value);
        }
        assertThat(MetadataText.read(text)).isEqualTo(metadata);
        assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(text)
                .doesNotContain("\0");
    }

    /** What is stored today is read by every later release. */
    @Test
    void writesWhatItsDocumentationSays() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("s", "a\"\\\n\uD800");
        metadata.put("i", 7);
        metadata.put("l", List.of(7L, (short) 7, (byte) 7, BigInteger.valueOf(7), new BigDecimal("7.50"), 1.5, 1.5f));
        metadata.put("n", null);
        metadata.put("m", Map.of("t", true));
        assertThat(MetadataText.write(metadata))
                .isEqualTo("{\"s\":\"a\\\"\\\\\\u000a\\ud800\",\"i\":7,"
                        + "\"l\":[7L,7S,7B,7N,7.50M,0x1.8p0D,0x1.8p0F],\"n\":null,\"m\":{\"t\":true}}");
    }

    @Test
    void keepsTheOrderAndIsImmutableThroughAndThrough() {
        Map<String, Object> read = MetadataText.read("{\"b\":[1,{}],\"a\":2}");
        assertThat(read.keySet()).containsExactly("b", "a");
        List<?> list = (List<?>) read.get("b");
        assertThatThrownBy(() -> read.put("c", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> list.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((Map<?, ?>) list.get(1)).clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "}",
                "{}}",
                " {}",
                "{} ",
                "{ }",
                "null",
                "[]",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,\"a\":1}",
                "{\"a\":1 }",
                "{\"a\" :1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":-0}",
                "{\"a\":1.0}",
                "{\"a\":1e1}",
                "{\"a\":1.5D}",
                "{\"a\":0x1.80p0D}",
                "{\"a\":NaND}",
                "{\"a\":InfinityD}",
                "{\"a\":1DD}",
                "{\"a\":L}",
                "{\"a\":128B}",
                "{\"a\":2147483648}",
                "{\"a\":True}",
                "{\"a\":nulL}",
                "{\"a\":\"\\u0041\"}",
                "{\"a\":\"\\n\"}",
                "{\"a\":\"\\/\"}",
                "{\"a\":\"\\u00\"}",
                "{\"a\":\"\\u000A\"}",
                "{\"a\":\"\\u00g0\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"b}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"b\":2,\"a\":3}",
                "{a:1}",
                "{1:1}",
                "{\"a\":[1,]}",
                "{\"a\":[1 2]}",
                "{\"a\":[1",
                "{\"a\":{\"b\":1}",
                "{\"a\":1e5M}",
                "{\"a\":\u0661}"
            })
    void refusesEveryOtherText(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetadataText.read(text))
                .withMessageContaining("metadata");
    }

    @Test
    void refusesTheTextCutOffAnywhereAndTextThatIsTooDeep() {
        String text = MetadataText.write(SampleSecrets.richMetadata());
        for (int length = 0; length < text.length(); length++) {
            String start = text.substring(0, length);
            assertThatIllegalArgumentException().isThrownBy(() -> MetadataText.read(start));
        }
        String deep = "{\"a\":" + "[".repeat(100_000);
        assertThatIllegalArgumentException().isThrownBy(() -> MetadataText.read(deep));
    }

    @Test
    void readsAHundredLevelsWhichIsWhatAnApplicationMayStore() {
        Object value = 1;
        for (int i = 0; i < 100; i++) {
            value = List.of(value);
        }
        Map<String, Object> metadata = Map.of("a", value);
        assertThat(MetadataText.read(MetadataText.write(metadata))).isEqualTo(metadata);
    }

    @Test
    void whatItReadsIsNeverOtherThanWhatItWritesHoweverTheTextIsAltered() {
        String text = MetadataText.write(SampleSecrets.richMetadata());
        Random random = new Random(6);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder altered = new StringBuilder(text);
            int at = random.nextInt(altered.length());
            altered.setCharAt(at, "0123456789{}[]\",:LSBNMDF\\u ".charAt(random.nextInt(27)));
            try {
                assertThat(MetadataText.write(MetadataText.read(altered.toString())))
                        .isEqualTo(altered.toString());
                accepted++;
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining("metadata");
            }
        }
        assertThat(accepted).isBetween(100, 15_000);
    }

    @Test
    void refusesToWriteWhatItCannotReadAndNamesTheTypeOnly() {
        List<Object> refused =
                new ArrayList<>(List.of(Double.NaN, Float.POSITIVE_INFINITY, new AtomicInteger(77), 'c', new int[0]));
        refused.add(new BigDecimal("77") {});
        refused.add(Collections.singletonMap(1, "v"));
        refused.add(Collections.singletonMap(null, "v"));
        for (Object value : refused) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MetadataText.write(Map.of("canary-key", value)))
                    .withMessageContaining("of type")
                    .satisfies(thrown -> assertThat(thrown).hasMessageNotContainingAny("canary-key", "77"));
        }
    }
}
