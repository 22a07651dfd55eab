// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.EnumSet;
import java.util.Set;

/** How much is measured. */
enum Suite {
    /** Sees that all of it runs. Its numbers mean nothing. */
    SMOKE(1, 1, 2, 1_000, 5_000, 2),
    /** Under five minutes on an idle machine. */
    SHORT(1, 6, 15, 10_000, 100_000, 5),
    /** Takes as long as it needs. */
    FULL(3, 20, 60, 100_000, 1_000_000, 15);

    /** How many JVMs measure each benchmark; those that are compared take turns. */
    final int rounds;

    final int warmups;

    /** Many and short: on a machine with other work some of them are left alone. */
    final int iterations;

    final int secretsInDatabase;
    final int secretsInMemory;
    final int coldStarts;

    Suite(int rounds, int warmups, int iterations, int secretsInDatabase, int secretsInMemory, int coldStarts) {
        this.rounds = rounds;
        this.warmups = warmups;
        this.iterations = iterations;
        this.secretsInDatabase = secretsInDatabase;
        this.secretsInMemory = secretsInMemory;
        this.coldStarts = coldStarts;
    }

    /** Who is measured with tokens of a size: everybody, unless that takes too long. */
    Set<Peer> peers(int bytes) {
        if (this == FULL || bytes == 64) {
            return EnumSet.allOf(Peer.class);
        }
        return bytes == 1024
                ? EnumSet.complementOf(EnumSet.of(Peer.SPRING, Peer.JASYPT))
                : EnumSet.of(Peer.OURS, Peer.STRAIGHT, Peer.FERNET_JAVA8);
    }
}
