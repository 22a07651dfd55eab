// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A keyring as its source had it at one moment, with enough information to tell later whether it has changed, and
 * whether an older or a different ring has replaced it. Immutable and thread-safe.
 */
public final class KeyringSnapshot {

    private final Keyring keyring;
    private final RingTrace trace;

    KeyringSnapshot(Keyring keyring, RingTrace trace) {
        this.keyring = keyring;
        this.trace = trace;
    }

    /**
     * Makes a snapshot for a source that the application implements.
     *
     * @param keyring the keyring
     * @return the snapshot, without a ring id
     */
    public static KeyringSnapshot of(Keyring keyring) {
        Objects.requireNonNull(keyring, "keyring");
        return new KeyringSnapshot(
                keyring,
                new RingTrace(Optional.empty(), "", RingTrace.NO_DIGEST, RingTrace.NO_DIGEST, keyring.keyIds(), true));
    }

    /** {@return the keyring} */
    public Keyring keyring() {
        return keyring;
    }

    /** {@return the random id of a sealed ring: 32 hex digits, the same through all its changes; empty for a plain one} */
    public Optional<String> ringId() {
        return trace.header().map(SealedRing.Header::ringId);
    }

    /**
     * {@return the generation of a sealed ring: 1 when it is first sealed, one more with each change; empty for a plain
     * one}
     */
    public OptionalLong generation() {
        return trace.header()
                .map(header -> OptionalLong.of(header.generation()))
                .orElseGet(OptionalLong::empty);
    }

    RingTrace trace() {
        return trace;
    }

    /** {@return the ids of the keys, never the keys} */
    @Override
    public String toString() {
        return "KeyringSnapshot" + keyring.keyIds();
    }
}
