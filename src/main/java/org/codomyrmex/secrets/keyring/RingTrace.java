// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is remembered of the files of a keyring, without a key: enough to tell whether they changed, and how. */
final class RingTrace {

    /** Of a keyring that is in no file. */
    static final byte[] NO_DIGEST = new byte[0];

    private final Optional<SealedRing.Header> header;
    private final byte[] ringDigest;
    private final byte[] keyFileDigest;
    private final List<String> keyIds;
    private final boolean settled;

    RingTrace(
            Optional<SealedRing.Header> header,
            byte[] ringDigest,
            byte[] keyFileDigest,
            List<String> keyIds,
            boolean settled) {
        this.header = header;
        this.ringDigest = ringDigest;
        this.keyFileDigest = keyFileDigest;
        this.keyIds = keyIds;
        this.settled = settled;
    }

    Optional<SealedRing.Header> header() {
        return header;
    }

    /** Whether the files still have these digests, and nothing was left to recover when they were read. */
    boolean isStill(byte[] ring, byte[] keyFile) {
        return settled && Arrays.equals(ringDigest, ring) && Arrays.equals(keyFileDigest, keyFile);
    }

    /**
     * Why a ring cannot have followed this one, if this one was sealed: only an older copy or another keyring looks so.
     * Whoever can write the files, but has no key, can put either there.
     *
     * @return the reason, for a message; empty if the ring may have followed
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
                    ? Optional.of("it has generation " + generation + ", and this process has used generation "
                            + own.generation() + " of it")
                    : Optional.empty();
        }
        return keyIds.stream()
                .filter(id -> !next.keyIds.contains(id))
                .findFirst()
                .map(id -> "it is another ring, without key " + id + " of the one that this process has used");
    }
}
