// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a resource that is one JSON array of objects. Values become {@code String}, {@code BigInteger}, {@code List},
 * {@code Map}, and an empty {@code Optional} for null; a fraction, a boolean, a duplicate field or anything after the
 * array is an error.
 */
final class StrictJson {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private StrictJson() {}

    static List<Fields> objects(String resource) {
        try (InputStream in = Objects.requireNonNull(StrictJson.class.getResourceAsStream(resource), resource);
                JsonParser json = JSON.createParser(in)) {
            require(json.nextToken() == JsonToken.START_ARRAY, json);
            List<Fields> objects = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                objects.add(new Fields(object(json)));
            }
            require(json.nextToken() == null, json);
            return objects;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(resource, unreadable);
        }
    }

    private static Map<String, Object> object(JsonParser json) throws IOException {
        require(json.currentToken() == JsonToken.START_OBJECT, json);
        Map<String, Object> object = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            object.put(field, value(json));
        }
        return object;
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> json.getBigIntegerValue();
            case VALUE_NULL -> Optional.empty();
            case START_OBJECT -> object(json);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(json));
                }
                yield list;
            }
            default -> throw new IllegalStateException("unexpected " + json.currentToken() + where(json));
        };
    }

    private static void require(boolean condition, JsonParser json) {
        if (!condition) {
            throw new IllegalStateException("unexpected " + json.currentToken() + where(json));
        }
    }

    private static String where(JsonParser json) {
        return " in line " + json.currentTokenLocation().getLineNr();
    }

    /** The fields of one object, each asked for by its type. */
    record Fields(Map<String, Object> values) {

        /** Fails unless all of the one set are there, and nothing besides but what is in the other. */
        Fields only(Set<String> required, Set<String> optional) {
            Set<String> missing = new TreeSet<>(required);
            missing.removeAll(values.keySet());
            Set<String> unknown = new TreeSet<>(values.keySet());
            unknown.removeAll(required);
            unknown.removeAll(optional);
            if (!missing.isEmpty() || !unknown.isEmpty()) {
                throw new IllegalStateException(values.get("id") + ": missing " + missing + ", unknown " + unknown);
            }
            return this;
        }

        boolean has(String field) {
            return values.containsKey(field);
        }

        boolean isNull(String field) {
            return Optional.empty().equals(values.get(field));
        }

        String text(String field) {
            return as(String.class, field);
        }

        BigInteger number(String field) {
            return as(BigInteger.class, field);
        }

        byte[] bytes(String field) {
            return Base64.getDecoder().decode(text(field));
        }

        List<String> texts(String field) {
            return ((List<?>) as(List.class, field))
                    .stream().map(String.class::cast).toList();
        }

        Fields object(String field) {
            Map<String, Object> inner = new LinkedHashMap<>();
            ((Map<?, ?>) as(Map.class, field)).forEach((name, value) -> inner.put((String) name, value));
            return new Fields(inner);
        }

        private <T> T as(Class<T> type, String field) {
            Object value = values.get(field);
            if (!type.isInstance(value)) {
                throw new IllegalStateException(values.get("id") + ": " + field + " is no " + type.getSimpleName());
            }
            return type.cast(value);
        }
    }
}
