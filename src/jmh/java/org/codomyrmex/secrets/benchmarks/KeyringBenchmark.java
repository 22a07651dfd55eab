// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.Keyring;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A token of 64 bytes under the first and the last key of a keyring, and under the key that a record names. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyringBenchmark {

    @Param({"1", "3", "10"})
    public int keys;

    private Keyring keyring;
    private String first;
    private String last;
    private String lastKeyId;

    @Setup
    public void setUp() {
        FernetKey[] retired =
                Stream.generate(FernetKey::generate).limit(keys - 1).toArray(FernetKey[]::new);
        keyring = Keyring.of(FernetKey.generate(), retired);
        FernetKey lastKey = keys == 1 ? keyring.primary() : retired[keys - 2];
        byte[] plaintext = new byte[64];
        first = keyring.encrypt(plaintext);
        last = new Fernet(lastKey).encrypt(plaintext);
        lastKeyId = lastKey.id();
    }

    @Benchmark
    public byte[] underTheFirst() {
        return keyring.decrypt(first);
    }

    @Benchmark
    public byte[] underTheLast() {
        return keyring.decrypt(last);
    }

    @Benchmark
    public byte[] underTheLastByName() {
        return keyring.decryptUnder(lastKeyId, last);
    }
}
