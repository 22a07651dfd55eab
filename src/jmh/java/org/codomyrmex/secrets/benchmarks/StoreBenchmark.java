// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.jdbc.JdbcSecretStore;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.store.StoredSecret;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A secret of 64 bytes written to a database and read from it, beside Fernet and plain JDBC on the same table, with its
 * indices, through the same pool.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StoreBenchmark {
    private static final String PREFIX = "benchmark_";
    private static final String VALUE = "v".repeat(64);
    private static final int SECRETS = 1_000;

    @Param
    public StoreDatabase.Kind kind;

    private final SplittableRandom random = new SplittableRandom();
    private StoreDatabase database;
    private SecretManager manager;
    private PlainJdbc plain;
    private Fernet fernet;
    private List<StoredSecret> stored;
    private long number;

    @Setup
    public void setUp() throws SQLException {
        InMemoryKeyringSource keys = new InMemoryKeyringSource();
        database = new StoreDatabase(kind);
        manager = SecretManager.builder()
                .keyring(keys)
                .store(JdbcSecretStore.of(database.dataSource(), PREFIX))
                .build();
        plain = new PlainJdbc(database.dataSource(), PREFIX);
        fernet = new Fernet(keys.load(false).primary());
        stored = Records.of(SECRETS, VALUE, keys);
        plain.insertAll(stored);
        database.settle();
    }

    @TearDown
    public void tearDown() throws Exception {
        manager.close();
        database.close();
    }

    @Benchmark
    public String storeSecret() {
        return manager.storeSecret(nextName(), VALUE);
    }

    @Benchmark
    public String insert() throws SQLException {
        return plain.insert(newId(), nextName(), keyId(), fernet.encrypt(VALUE));
    }

    /** As {@link #insert}, and on the disk when it returns also in H2, which otherwise takes its time. */
    @Benchmark
    public String insertAndSync() throws SQLException {
        return plain.insert(newId(), nextName(), keyId(), fernet.encrypt(VALUE), "CHECKPOINT SYNC");
    }

    @Benchmark
    public Optional<String> getSecret() {
        return manager.getSecret(anyId());
    }

    @Benchmark
    public String select() throws SQLException {
        return fernet.decryptToString(plain.token(anyId()));
    }

    private String anyId() {
        return stored.get(random.nextInt(SECRETS)).id();
    }

    private String keyId() {
        return stored.get(0).keyId();
    }

    private String nextName() {
        return "another " + number++;
    }

    private String newId() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
