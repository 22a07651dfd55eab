// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Records to fill a store with: every one has an id and a token of its own. */
final class SampleSecrets {

    static final String KEY_A = "aaaaaaaaaaaaaaaa";
    static final String KEY_B = "bbbbbbbbbbbbbbbb";
    static final String KEY_C = "cccccccccccccccc";

    private static final AtomicLong NUMBER = new AtomicLong();
    private static final Instant START = Instant.parse("2026-02-03T04:05:06.123456Z");

    private SampleSecrets() {}

    /** A new secret under {@link #KEY_A}. */
    static StoredSecret named(String name) {
        return named(name, KEY_A);
    }

    static StoredSecret named(String name, String keyId) {
        return new StoredSecret(newId(), name, START.plusSeconds(NUMBER.get()), Map.of(), keyId, newToken());
    }

    static StoredSecret withId(String id, String name) {
        return new StoredSecret(id, name, START, Map.of(), KEY_A, newToken());
    }

    /** The same secret, encrypted anew. */
    static StoredSecret reencrypted(StoredSecret secret, String keyId) {
        return secret.withToken(keyId, newToken());
    }

    static String newId() {
        return String.format("%032x", NUMBER.incrementAndGet());
    }

    static String newToken() {
        return String.format("gAAAAABo%0176d", NUMBER.incrementAndGet());
    }

    /** Metadata with everything that it may hold: text, numbers, truth values, null, lists and maps. */
    static Map<String, Object> richMetadata() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("owner", "Zoë \uD83D\uDC1C of the colony");
        metadata.put("port", 5432);
        metadata.put("rotates", true);
        metadata.put("note", null);
        metadata.put("hosts", Collections.unmodifiableList(Arrays.asList("a", null, List.of("b"))));
        metadata.put("limits", Map.of("connections", 10, "", "empty key"));
        return Collections.unmodifiableMap(metadata);
    }
}
