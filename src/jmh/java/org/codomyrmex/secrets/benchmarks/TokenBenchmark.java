// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.security.GeneralSecurityException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A token made, and a token opened. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenBenchmark {

    /** The first size comes last in a run's order, so that the peers at one size are measured close together. */
    @Param({"64", "1024", "16384", "1048576"})
    public int bytes;

    @Param
    public Peer peer;

    private byte[] plaintext;
    private String token;
    private Codec codec;

    @Setup
    public void setUp() throws GeneralSecurityException {
        plaintext = new byte[bytes];
        new Random(bytes).nextBytes(plaintext);
        codec = peer.codec();
        token = codec.encrypt(plaintext);
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
