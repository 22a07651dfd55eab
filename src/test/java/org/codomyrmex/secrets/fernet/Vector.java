// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.codomyrmex.secrets.fernet.StrictJson.Fields;

/** One case of {@code fernet.json}. What a case of its kind must have, it has: that is checked when it is made. */
public final class Vector {

    /** What a case exercises. */
    public enum Kind {
        /** A reader of keys; then the token must open to the plaintext with the key read. */
        KEY,
        /** The opening of a token. */
        VERIFY,
        /** The making of a token with a given IV. */
        GENERATE
    }

    /** The implementations whose results the file records beside ours. */
    private static final Set<String> OTHERS = Set.of(
            "pyca",
            "pyca_str",
            "pyca48",
            "pyca_newpy_model",
            "fernet_java8",
            "npm",
            "go",
            "go_2024",
            "rust",
            "ruby",
            "php");

    private static final Set<String> REQUIRED =
            union(OTHERS, Set.of("id", "category", "kind", "level", "expect", "reason", "now", "ttl"));

    private static final Set<String> OPTIONAL = Set.of(
            "context",
            "key",
            "key_bytes_b64",
            "keys",
            "ring_keys",
            "token",
            "token_gen",
            "token_sha256",
            "timestamp",
            "plaintext_b64",
            "plaintext_gen",
            "iv_b64");

    private final Fields fields;
    private final Kind kind;
    private final boolean accepted;

    Vector(Fields fields) {
        this.fields = fields.only(REQUIRED, OPTIONAL);
        this.kind = switch (fields.text("kind")) {
            case "key" -> Kind.KEY;
            case "verify" -> Kind.VERIFY;
            case "generate" -> Kind.GENERATE;
            default -> throw new IllegalStateException(id() + ": kind");
        };
        this.accepted = oneOf("expect", "ok", "reject").equals("ok");
        oneOf("level", "must", "should", "policy");
        OTHERS.forEach(fields::text);
        fields.text("reason");
        requireParts();
        // Everything is read once, so that a wrong type is found at loading.
        category();
        now();
        ttl();
        timestamp();
        keys();
        ringKeys();
        key();
        keyBytes();
        token();
        tokenSha256();
        plaintext();
        iv();
    }

    private void requireParts() {
        switch (kind) {
            case KEY -> {
                boolean ring = oneOf("context", "single", "file", "ring").equals("ring");
                require(fields.has("key") != fields.has("key_bytes_b64"), "key or its bytes");
                require(fields.has("ring_keys") == (ring && accepted), "ring_keys");
                require(fields.has("token") && fields.has("timestamp"), "token");
                require(fields.has("plaintext_b64") == accepted, "plaintext");
            }
            case VERIFY -> {
                require(
                        !fields.has("context")
                                || !oneOf("context", "string", "file").isEmpty(),
                        "context");
                require(fields.has("key") != fields.has("keys"), "key or keys");
                require(fields.has("token") != fields.has("token_gen"), "token");
                require(fields.has("plaintext_b64") == accepted && fields.has("timestamp") == accepted, "plaintext");
            }
            case GENERATE -> {
                require(fields.has("key") && fields.has("iv_b64"), "key and IV");
                require(fields.has("plaintext_b64") != fields.has("plaintext_gen"), "plaintext");
                require((fields.has("token") != fields.has("token_sha256")) == accepted, "token");
            }
        }
    }

    private void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(id() + ": " + what);
        }
    }

    private String oneOf(String field, String... allowed) {
        String value = fields.text(field);
        require(List.of(allowed).contains(value), field);
        return value;
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> union = new HashSet<>(one);
        union.addAll(other);
        return Set.copyOf(union);
    }

    public String id() {
        return fields.text("id");
    }

    public String category() {
        return fields.text("category");
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the right outcome is success. */
    public boolean accepted() {
        return accepted;
    }

    /** For a key the reader meant, {@code single}, {@code file} or {@code ring}; for a token maybe {@code file}. */
    public String context() {
        return fields.has("context") ? fields.text("context") : "";
    }

    /** Whether this case takes a reader of several keys, or several keys for one token. */
    public boolean needsKeyring() {
        return context().equals("ring") || fields.has("keys");
    }

    /** The text given to the reader of keys, or the key of the token. */
    public Optional<String> key() {
        return fields.has("key") ? Optional.of(fields.text("key")) : Optional.empty();
    }

    /** The bytes of the key file ({@code key_bytes_b64}), where they are no text. */
    public Optional<byte[]> keyBytes() {
        return fields.has("key_bytes_b64") ? Optional.of(fields.bytes("key_bytes_b64")) : Optional.empty();
    }

    /** The keys to try on the token, the primary first; empty if there is one only. */
    public List<String> keys() {
        return fields.has("keys") ? fields.texts("keys") : List.of();
    }

    /** The keys that the reader of several keys must find, in order; empty unless such a reader must accept. */
    public List<String> ringKeys() {
        return fields.has("ring_keys") ? fields.texts("ring_keys") : List.of();
    }

    /** The token, also where the file only tells how to build it. */
    public Optional<String> token() {
        if (fields.has("token_gen")) {
            Fields parts = fields.object("token_gen").only(Set.of("repeat", "count"), Set.of("prefix", "suffix"));
            String prefix = parts.has("prefix") ? parts.text("prefix") : "";
            String suffix = parts.has("suffix") ? parts.text("suffix") : "";
            return Optional.of(
                    prefix + parts.text("repeat").repeat(parts.number("count").intValueExact()) + suffix);
        }
        return fields.has("token") ? Optional.of(fields.text("token")) : Optional.empty();
    }

    /** The SHA-256 of the token's ASCII characters, in hexadecimal, where the token itself is too long for the file. */
    public Optional<String> tokenSha256() {
        return fields.has("token_sha256") ? Optional.of(fields.text("token_sha256")) : Optional.empty();
    }

    /** The present, in seconds since 1970, from 0 to 2⁶⁴ − 1; for {@link Kind#GENERATE} the time of the token. */
    public BigInteger now() {
        return fields.number("now");
    }

    /** The time to live in seconds, from −2⁶³ on; empty if there is none. */
    public Optional<BigInteger> ttl() {
        return fields.isNull("ttl") ? Optional.empty() : Optional.of(fields.number("ttl"));
    }

    /** What reading the token's time must give, in seconds since 1970, from 0 to 2⁶⁴ − 1. */
    public Optional<BigInteger> timestamp() {
        return fields.has("timestamp") ? Optional.of(fields.number("timestamp")) : Optional.empty();
    }

    /** What the token holds, also where the file only tells how to build it. */
    public Optional<byte[]> plaintext() {
        if (fields.has("plaintext_gen")) {
            Fields parts = fields.object("plaintext_gen").only(Set.of("repeat_b64", "count"), Set.of());
            ByteArrayOutputStream plaintext = new ByteArrayOutputStream();
            for (int i = parts.number("count").intValueExact(); i > 0; i--) {
                plaintext.writeBytes(parts.bytes("repeat_b64"));
            }
            return Optional.of(plaintext.toByteArray());
        }
        return fields.has("plaintext_b64") ? Optional.of(fields.bytes("plaintext_b64")) : Optional.empty();
    }

    /** The IV to make the token with. */
    public Optional<byte[]> iv() {
        return fields.has("iv_b64") ? Optional.of(fields.bytes("iv_b64")) : Optional.empty();
    }

    @Override
    public String toString() {
        return id();
    }
}
