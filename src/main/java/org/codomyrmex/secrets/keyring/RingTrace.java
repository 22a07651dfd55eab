// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a process remembers of the files of a keyring, without any keys: enough to tell whether and how they changed.
 */
final class RingTrace {

    /** The digest for a keyring that is not in a file. */
    static final byte[] NO_DIGEST = new byte[0];

    private final Optional<SealedRing.Header> header;
    private final String ringIdentity;
    private final byte[] ringDigest;
    private final byte[] keyFileDigest;
    private final List<String> keyIds;
    private final boolean settled;

    RingTrace(
            Optional<SealedRing.Header> header,
            String ringIdentity,
            byte[] ringDigest,
            byte[] keyFileDigest,
            List<String> keyIds,
            boolean settled) {
        this.header = header;
        this.ringIdentity = ringIdentity;
        this.ringDigest = ringDigest;
        this.keyFileDigest = keyFileDigest;
        this.keyIds = keyIds;
        this.settled = settled;
    }

    Optional<SealedRing.Header> header() {
        return header;
    }

    /** Whether the files still have these digests, and nothing was left to recover when they were read. */
    boolean isStill(byte[] ring, byte[] keyFile, String otherRingIdentity) {
        return settled
                && ringIdentity.equals(otherRingIdentity)
                && Arrays.equals(ringDigest, ring)
                && Arrays.equals(keyFileDigest, keyFile);
    }

    /**
     * Why a ring cannot be a successor of this one, if this one was sealed: it is an older copy or a different keyring.
     * Anyone who can write to the files can put either there, even without a key.
     *
     * @return the reason, for a message; empty if the ring may be a successor
     */
    Optional<String> whyNotFollowedBy(RingTrace next) {
        if (header.isEmpty()) {
            return Optional.empty();
        }
        SealedRing.Header own = header.get();
        Optional<SealedRing.Header> same =
                next.header.filter(other -> other.ringId().equals(own.ringId()));
        if (same.isPresent()) {
            long generation = same.get().generation();
            boolean older = generation < own.generation()
                    || (generation == own.generation() && !Arrays.equals(ringDigest, next.ringDigest));
            return older
                    ? Optional.of("it has generation " + generation + ", but this process has already used another copy"
                            + " with generation " + own.generation())
                    : Optional.empty();
        }
        if (next.header.isEmpty() && !next.keyIds.get(0).equals(keyIds.get(0))) {
            // Unsealing changes no key. Somebody with a plain backup can add one.
            return Optional.of(
                    "it is plain and has another primary key than the sealed ring that this process has used");
        }
        return keyIds.stream()
                .filter(id -> !next.keyIds.contains(id))
                .findFirst()
                .map(id -> "it is a different ring and lacks key " + id + " of the ring that this process has used");
    }
}
