// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import static org.codomyrmex.secrets.benchmarks.ScalingBenchmark.PLATFORM;
import static org.codomyrmex.secrets.benchmarks.ScalingBenchmark.VIRTUAL;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What of a suite can be run by itself. */
enum Part {
    TOKENS {
        @Override
        void run(Suite suite, Measured measured) throws RunnerException {
            Jmh jmh = new Jmh(suite, measured);
            for (int bytes : TokenTable.SIZES) {
                jmh.run(jmh.options(TokenBenchmark.class)
                        .warmupIterations(Math.max(suite.warmups, TOKEN_WARMUPS))
                        .param("bytes", String.valueOf(bytes))
                        .param("peer", names(suite.peers(bytes))));
            }
        }
    },
    PYTHON {
        @Override
        void run(Suite suite, Measured measured) throws IOException, GeneralSecurityException {
            Optional<Python> found = Python.start();
            if (found.isPresent()) {
                try (Python python = found.get()) {
                    python.run(measured);
                }
            }
        }
    },
    KEYRING {
        @Override
        void run(Suite suite, Measured measured) throws RunnerException {
            Jmh jmh = new Jmh(suite, measured);
            jmh.run(jmh.options(KeyringBenchmark.class)
                    .param("keys", suite == Suite.FULL ? new String[] {"3", "10"} : new String[] {"10"}));
        }
    },
    MANAGER {
        @Override
        void run(Suite suite, Measured measured) throws RunnerException {
            Jmh jmh = new Jmh(suite, measured);
            jmh.run(jmh.options(ManagerBenchmark.class)
                    .param("secrets", suite == Suite.FULL ? new String[] {"1000", "1000000"} : new String[] {"1000"})
                    .jvmArgsAppend("-Xmx3g"));
        }
    },
    THREADS {
        @Override
        void run(Suite suite, Measured measured) throws RunnerException {
            Jmh jmh = new Jmh(suite, measured);
            boolean virtual = suite == Suite.FULL && Runtime.version().feature() >= 21;
            List<ChainedOptionsBuilder> compared = new ArrayList<>();
            for (String executor : virtual ? List.of(PLATFORM, VIRTUAL) : List.of(PLATFORM)) {
                for (int threads : new int[] {1, 2}) {
                    compared.add(jmh.options(ScalingBenchmark.class)
                            .exclude("unshared")
                            .threads(threads)
                            .jvmArgsAppend(executor));
                    compared.add(jmh.options(ScalingBenchmark.class)
                            .exclude("crypt")
                            .warmupIterations(Math.min(suite.warmups, 10))
                            .threads(threads)
                            .jvmArgsAppend(executor, "-Xms3g", "-Xmx3g", "-Xmn2g"));
                }
            }
            if (suite == Suite.FULL) {
                Set<Peer> peers = EnumSet.of(Peer.STRAIGHT, Peer.FERNET_JAVA8, Peer.TINK_GCM);
                compared.add(peers(jmh, peers, 1));
                compared.add(peers(jmh, peers, 2));
            }
            // Two threads differ from one JVM to the next more than anything else does.
            for (int i = 0; i < (suite == Suite.FULL ? 2 : 1); i++) {
                jmh.run(compared.toArray(new ChainedOptionsBuilder[0]));
            }
        }

        private ChainedOptionsBuilder peers(Jmh jmh, Set<Peer> peers, int threads) {
            return jmh.options(ScalingBenchmark.class)
                    .exclude("unshared")
                    .param("peer", names(peers))
                    .threads(threads);
        }
    },
    ROTATION {
        @Override
        void run(Suite suite, Measured measured) throws IOException {
            for (int round = 0; round < suite.rounds; round++) {
                new ChildJvm("-Xmx3g", KeyRotation.class, String.valueOf(suite.secretsInMemory)).run(measured);
            }
        }
    },
    MEMORY {
        @Override
        void run(Suite suite, Measured measured) throws IOException {
            // The default collector counts whole regions where a few objects are in one.
            new ChildJvm("-XX:+UseSerialGC", MemoryUse.class).run(measured);
        }
    },
    STORES {
        @Override
        void run(Suite suite, Measured measured) throws RunnerException {
            Jmh jmh = new Jmh(suite, measured);
            ChainedOptionsBuilder rotations = jmh.options(StoreRotationBenchmark.class)
                    .param("secrets", String.valueOf(suite.secretsInDatabase))
                    .warmupIterations(suite == Suite.FULL ? 3 : 2)
                    .measurementIterations(suite == Suite.FULL ? 5 : 3);
            // What is committed to PostgreSQL is on the disk already.
            jmh.run(
                    calls(jmh, suite).param("kind", "H2"),
                    calls(jmh, suite).param("kind", "POSTGRES").exclude("insertAndSync"),
                    rotations);
        }

        /** An iteration has to see many waits for the disk. */
        private ChainedOptionsBuilder calls(Jmh jmh, Suite suite) {
            return jmh.options(StoreBenchmark.class)
                    .warmupTime(TimeValue.milliseconds(suite == Suite.SMOKE ? 50 : 400))
                    .measurementTime(TimeValue.milliseconds(suite == Suite.SMOKE ? 50 : 200))
                    .measurementIterations(suite == Suite.FULL ? 30 : 8);
        }
    },
    START {
        @Override
        void run(Suite suite, Measured measured) throws IOException {
            ColdStart.run(suite.coldStarts, measured);
        }
    };

    /** The slowest to be compiled, fernet-java8, is so after more than two seconds. */
    private static final int TOKEN_WARMUPS = 12;

    abstract void run(Suite suite, Measured measured) throws IOException, GeneralSecurityException, RunnerException;

    private static String[] names(Set<Peer> peers) {
        return peers.stream().map(Peer::name).toArray(String[]::new);
    }
}
