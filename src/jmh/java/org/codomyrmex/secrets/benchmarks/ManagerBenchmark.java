// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A manager with few and with many secrets of 64 bytes, asked at random, beside a bare map and Fernet. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ManagerBenchmark {
    private static final String VALUE = "v".repeat(64);

    @Param({"1000", "1000000"})
    public int secrets;

    private final ConcurrentHashMap<String, String> byId = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, String> byName = new ConcurrentHashMap<>();
    private final Fernet fernet = new Fernet(FernetKey.generate());
    private final SplittableRandom random = new SplittableRandom(1);
    private final byte[] bytes = VALUE.getBytes(StandardCharsets.UTF_8);
    private Codec straight;
    private SecretManager manager;
    private String[] ids;
    private String[] names;
    private String stored = "";

    @Setup
    public void setUp() throws GeneralSecurityException {
        straight = Peer.STRAIGHT.codec();
        manager = SecretManager.inMemory();
        ids = new String[secrets];
        names = new String[secrets];
        for (int i = 0; i < secrets; i++) {
            names[i] = "secret " + i;
            ids[i] = manager.storeSecret(names[i], VALUE);
            String token = fernet.encrypt(VALUE);
            byId.put(ids[i], token);
            byName.put(names[i], token);
        }
    }

    @TearDown
    public void tearDown() {
        manager.close();
    }

    @Benchmark
    public String bareMapAndFernet() {
        return fernet.decryptToString(byId.get(ids[random.nextInt(secrets)]));
    }

    /** Names spread less well over a table than random ids do. */
    @Benchmark
    public String bareMapOfNamesAndFernet() {
        return fernet.decryptToString(byName.get(names[random.nextInt(secrets)]));
    }

    @Benchmark
    public Optional<String> getSecret() {
        return manager.getSecret(ids[random.nextInt(secrets)]);
    }

    @Benchmark
    public Optional<String> getSecretByName() {
        return manager.getSecretByName(names[random.nextInt(secrets)]);
    }

    /** A manager hands a token out only if its keys are fresh when it is ready. */
    @Benchmark
    public String encrypt() {
        return manager.encrypt(VALUE);
    }

    @Benchmark
    public String straightEncrypt() throws GeneralSecurityException {
        return straight.encrypt(bytes);
    }

    /** Deletes what it stored last, so that the number of secrets stays. */
    @Benchmark
    public boolean storeAndDelete() {
        String former = stored;
        stored = manager.storeSecret("another", VALUE);
        return manager.deleteSecret(former);
    }
}
