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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What several threads do with one Fernet, beside a loop that shares nothing and so shows what the machine can. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ScalingBenchmark {
    private final byte[] data = new byte[128];
    private final byte[] plaintext = new byte[64];
    private Mac mac;
    private Codec ours;
    private String token;

    @Setup
    public void setUp() throws GeneralSecurityException {
        mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Peer.KEY, "HmacSHA256"));
        ours = Peer.OURS.codec();
        token = ours.encrypt(plaintext);
    }

    @Benchmark
    public byte[] unshared() {
        return mac.doFinal(data);
    }

    @Benchmark
    public String encrypt() throws GeneralSecurityException {
        return ours.encrypt(plaintext);
    }

    @Benchmark
    public byte[] decrypt() throws GeneralSecurityException {
        return ours.decrypt(token);
    }
}
