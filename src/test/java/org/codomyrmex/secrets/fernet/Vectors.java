// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.StrictJson.Fields;

/**
 * The test vectors in {@code /vectors}, loaded strictly: an unknown or missing field, a wrong type or a wrong count
 * fails. {@code fernet.json} holds cases on which implementations of Fernet were seen to disagree, with what each of
 * them did and the outcome that is right here; {@code interop-pyca.json} holds tokens made by Python's
 * {@code cryptography} 38.0.4.
 */
public final class Vectors {

    private static final List<Vector> ALL = load();

    private Vectors() {}

    /** All 478 cases, in the order of the file. */
    public static List<Vector> all() {
        return ALL;
    }

    /** The cases that one key decides. */
    public static List<Vector> ofOneKey() {
        return ALL.stream().filter(v -> !v.needsKeyring()).toList();
    }

    /** The cases that take a reader of several keys, or several keys for one token: all but {@link #ofOneKey()}. */
    public static List<Vector> ofSeveralKeys() {
        return ALL.stream().filter(Vector::needsKeyring).toList();
    }

    /** The 100 tokens made by Python's {@code cryptography}. */
    public static List<PycaPair> pycaPairs() {
        List<PycaPair> pairs = StrictJson.objects("/vectors/interop-pyca.json").stream()
                .map(PycaPair::new)
                .toList();
        requireCount(100, pairs.stream().map(PycaPair::toString));
        return pairs;
    }

    private static List<Vector> load() {
        List<Vector> vectors = StrictJson.objects("/vectors/fernet.json").stream()
                .map(Vector::new)
                .toList();
        requireCount(478, vectors.stream().map(Vector::id));
        return vectors;
    }

    private static void requireCount(int expected, Stream<String> ids) {
        List<String> all = ids.toList();
        if (all.size() != expected || Set.copyOf(all).size() != expected) {
            throw new IllegalStateException(
                    "found " + all.size() + " vectors, expected " + expected + ", each with an id of its own");
        }
    }

    /** A key, and a token that Python's {@code cryptography} made with it. */
    public static final class PycaPair {

        private final Fields fields;

        PycaPair(Fields fields) {
            this.fields = fields.only(Set.of("id", "key", "timestamp", "iv_b64", "plaintext_b64", "token"), Set.of());
        }

        public FernetKey key() {
            return FernetKey.parse(fields.text("key"));
        }

        /** When the token was made, in seconds since 1970. */
        public BigInteger timestamp() {
            return fields.number("timestamp");
        }

        public byte[] iv() {
            return fields.bytes("iv_b64");
        }

        public byte[] plaintext() {
            return fields.bytes("plaintext_b64");
        }

        public String token() {
            return fields.text("token");
        }

        @Override
        public String toString() {
            return fields.text("id");
        }
    }
}
