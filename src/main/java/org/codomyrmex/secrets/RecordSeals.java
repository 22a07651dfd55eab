// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.MALFORMED;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.fernet.RecordSeal;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.store.MetadataText;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoredSecret;

/**
 * Seals the records of a store that keeps seals, and says what is wrong with those that come back. For another store it does
 * nothing: what is in the memory of this process needs none.
 *
 * <p>A seal stops whoever can write to the store, but has no key, from moving, renaming or editing a record. It does not
 * stop putting back an older record whole, deleting one, or changing their order.
 */
final class RecordSeals {

    /** What a look at a record may find. */
    enum State {
        /** Its seal is right, or the store keeps none. */
        INTACT,
        /** The key it is said to be under is not there to tell. */
        KEY_MISSING,
        /** It has no seal, or one that is not its own. */
        TAMPERED
    }

    private final boolean kept;

    RecordSeals(SecretStore store) {
        this.kept = store.keepsSeals();
    }

    /** Whether the store keeps seals. */
    boolean areKept() {
        return kept;
    }

    /** The record with its seal; the key is the one that its token is under. */
    StoredSecret sealed(StoredSecret secret, FernetKey key) {
        return kept ? secret.withSeal(RecordSeal.of(key, partsOf(secret))) : secret;
    }

    State stateOf(StoredSecret secret, Keyring ring) {
        if (!kept) {
            return State.INTACT;
        }
        Optional<String> seal = secret.seal();
        if (seal.isEmpty()) {
            return State.TAMPERED;
        }
        return keyOf(secret, ring)
                .map(key -> RecordSeal.matches(seal.get(), key, partsOf(secret)) ? State.INTACT : State.TAMPERED)
                .orElse(State.KEY_MISSING);
    }

    /** Refuses a record as its token would be refused if that could be told from the token alone. */
    void requireIntact(StoredSecret secret, Keyring ring) {
        State state = stateOf(secret, ring);
        if (state != State.INTACT) {
            throw new InvalidTokenException(
                    state == State.TAMPERED ? MALFORMED : NOT_AUTHENTIC,
                    "The record that holds the token was changed, or its key is missing.");
        }
    }

    private static Optional<FernetKey> keyOf(StoredSecret secret, Keyring ring) {
        return Stream.concat(Stream.of(ring.primary()), ring.retired().stream())
                .filter(key -> key.id().equals(secret.keyId()))
                .findFirst();
    }

    private static byte[][] partsOf(StoredSecret secret) {
        return new byte[][] {
            secret.id().getBytes(UTF_8),
            secret.name().getBytes(UTF_8),
            ByteBuffer.allocate(Long.BYTES).putLong(secret.createdAtMicros()).array(),
            MetadataText.write(secret.metadata()).getBytes(UTF_8),
            secret.token().getBytes(UTF_8)
        };
    }
}
