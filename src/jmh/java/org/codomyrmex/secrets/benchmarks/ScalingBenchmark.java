// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What several threads do with one Fernet, beside a loop that shares nothing and so shows what the machine can. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ScalingBenchmark {
    /** The options of a JVM whose benchmarks run in threads of the one kind or the other. */
    static final String PLATFORM = "-Djmh.executor=PLATFORM";

    static final String VIRTUAL = "-Djmh.executor=VIRTUAL";

    @Param("OURS")
    public Peer peer;

    private final byte[] data = new byte[128];
    private final byte[] plaintext = new byte[64];
    private Mac mac;
    private Codec codec;
    private String token;

    @Setup
    public void setUp() throws GeneralSecurityException {
        mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Peer.KEY, "HmacSHA256"));
        codec = peer.codec();
        token = codec.encrypt(plaintext);
    }

    /**
     * To be run in a JVM that never collects: a collector moves the states of two threads together, often onto one cache
     * line, and then they do share something.
     */
    @Benchmark
    public byte[] unshared() {
        return mac.doFinal(data);
    }

    @Benchmark
    public String encrypt() throws GeneralSecurityException {
        return codec.encrypt(plaintext);
    }

    @Benchmark
    public byte[] decrypt() throws GeneralSecurityException {
        return codec.decrypt(token);
    }
}
