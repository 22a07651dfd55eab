// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.jdbc.JdbcSecretStore;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A rotation over many secrets of 64 bytes in a database, beside Fernet and batches of plain JDBC. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StoreRotationBenchmark {

    @Param
    public StoreDatabase.Kind kind;

    @Param("100000")
    public int secrets;

    private StoreDatabase database;
    private InMemoryKeyringSource keys;
    private SecretManager manager;
    private PlainJdbc plain;
    private int number;

    @Setup
    public void start() {
        database = new StoreDatabase(kind);
    }

    /** Other tables for each rotation, because updates leave a table larger than it was. */
    @Setup(Level.Iteration)
    public void fill() throws SQLException {
        String prefix = "benchmark_" + number++ + "_";
        keys = new InMemoryKeyringSource();
        manager = SecretManager.builder()
                .keyring(keys)
                .store(JdbcSecretStore.of(database.dataSource(), prefix))
                .build();
        plain = new PlainJdbc(database.dataSource(), prefix);
        plain.insertAll(Records.of(secrets, "v".repeat(64), keys));
        database.settle();
    }

    /** A rotation that leaves something behind would be no measure. */
    @TearDown(Level.Iteration)
    public void check() throws SQLException {
        String newest = keys.load(false).primary().id();
        manager.close();
        plain.requireAllUnder(newest);
    }

    @TearDown
    public void stop() throws Exception {
        database.close();
    }

    @Benchmark
    public String rotateKey() {
        return manager.rotateKey();
    }

    @Benchmark
    public int oneThread() throws Exception {
        return rotatePlainly(1);
    }

    @Benchmark
    public int allProcessors() throws Exception {
        return rotatePlainly(Machine.processors());
    }

    private int rotatePlainly(int threads) throws Exception {
        FernetKey former = keys.load(false).primary();
        FernetKey next = FernetKey.generate();
        keys.update(ring -> ring.rotatedTo(next));
        return plain.rotate(secrets, former, next, threads);
    }
}
