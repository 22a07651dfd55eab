// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.store.StoreException;

/**
 * Runs each call in a connection and a transaction of its own, and again where another transaction stood in the way. The
 * connection goes back as it came: whether it commits by itself, and how it isolates. It goes back before anything is
 * tried again, so that no thread ever holds two.
 *
 * <p>A pending interrupt is put off until the call is over: H2 closes a database whose thread is interrupted.
 */
final class Transactions {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final DataSource dataSource;
    private final Dialect dialect;

    /** Whether connections come as READ COMMITTED. Asked once: the driver of PostgreSQL asks the server each time. */
    private volatile boolean isolated;

    Transactions(DataSource dataSource, Dialect dialect) {
        this.dataSource = dataSource;
        this.dialect = dialect;
        this.isolated = !dialect.readsCommitted();
    }

    /** What is done with a connection. It may run several times, and leaves nothing behind where it throws. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Runs one query. */
    <T> T read(Work<T> work) {
        return patiently(() -> onConnection(connection -> read(connection, work)));
    }

    /** Runs statements that take effect together or not at all, and outlive whatever happens next. */
    <T> T write(Work<T> work) {
        return patiently(() -> onConnection(connection -> write(connection, () -> {
            T result = inTransaction(connection, work);
            settle(connection);
            return result;
        })));
    }

    /** The same for what a crash of the machine may undo, until the next {@link #write}. */
    <T> T writeRevocably(Work<T> work) {
        return patiently(() -> onConnection(connection -> write(connection, () -> inTransaction(connection, work))));
    }

    /** Runs one statement, which is a transaction by itself. */
    <T> T writeAtOnce(Work<T> work) {
        return patiently(() -> onConnection(connection -> write(connection, () -> atOnce(connection, work))));
    }

    /** Opens a connection, and closes it whatever happens. */
    static <T> T onConnection(DataSource dataSource, Work<T> work) throws SQLException {
        Connection connection = dataSource.getConnection();
        if (connection == null) {
            throw new StoreException("The DataSource gave null instead of a connection. Mend it.");
        }
        try {
            return work.on(connection);
        } finally {
            quietly(connection::close);
        }
    }

    /** The same for a call; a database that is only busy is no reason to give up. */
    private <T> T onConnection(Work<T> work) throws SQLException {
        boolean[] connected = {false};
        try {
            return onConnection(dataSource, connection -> {
                connected[0] = true;
                return work.on(connection);
            });
        } catch (SQLException failure) {
            if (connected[0] || dialect.isBusy(failure)) {
                throw failure;
            }
            throw Failures.unconnected(failure);
        } catch (CodomyrmexException ours) {
            throw ours;
        } catch (RuntimeException foreign) {
            throw connected[0] ? Failures.broken(foreign) : Failures.unconnected(foreign);
        }
    }

    private <T> T read(Connection connection, Work<T> work) throws SQLException {
        boolean commitsItself = connection.getAutoCommit();
        try {
            return work.on(connection);
        } finally {
            if (!commitsItself) {
                quietly(connection::rollback);
            }
        }
    }

    private <T> T write(Connection connection, Attempt<T> attempt) throws SQLException {
        boolean commitsItself = connection.getAutoCommit();
        if (!commitsItself) {
            connection.setAutoCommit(true);
        }
        int isolation = isolate(connection);
        try {
            return attempt.run();
        } finally {
            restore(connection, commitsItself, isolation);
        }
    }

    /** Makes it READ COMMITTED, without which a lock that was waited for shows the rows of before. */
    private int isolate(Connection connection) throws SQLException {
        if (isolated) {
            return Connection.TRANSACTION_NONE;
        }
        int isolation = connection.getTransactionIsolation();
        if (isolation == Connection.TRANSACTION_READ_COMMITTED) {
            isolated = true;
            return Connection.TRANSACTION_NONE;
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return isolation;
    }

    private <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        boolean ended = false;
        dialect.begin(connection);
        try {
            T result = work.on(connection);
            commit(connection);
            ended = true;
            return result;
        } finally {
            if (!ended) {
                quietly(() -> dialect.rollback(connection));
            }
        }
    }

    private <T> T atOnce(Connection connection, Work<T> work) throws SQLException {
        try {
            return work.on(connection);
        } catch (SQLException failure) {
            if (isAnswer(failure)) {
                throw failure;
            }
            throw Failures.uncertain(dialect.troubleOf(failure), failure);
        } catch (CodomyrmexException ours) {
            throw ours;
        } catch (RuntimeException foreign) {
            throw Failures.uncertain(
                    Trouble.OTHER, new SQLException(foreign.getClass().getName()));
        }
    }

    /** Whether the server refused, and nothing was lost on the way: not a connection, nor what it said. */
    private static boolean isAnswer(SQLException failure) {
        return failure.getSQLState() != null && !Dialect.hasState(failure, "08", "40003", "57P", "58", "99");
    }

    private void commit(Connection connection) throws SQLException {
        try {
            dialect.commit(connection);
        } catch (SQLException failure) {
            if (dialect.isBusy(failure)) {
                throw failure;
            }
            throw Failures.uncertain(dialect.troubleOf(failure), failure);
        }
    }

    private void settle(Connection connection) {
        try {
            dialect.settle(connection);
        } catch (SQLException failure) {
            throw Failures.uncertain(dialect.troubleOf(failure), failure);
        }
    }

    private static void restore(Connection connection, boolean commitsItself, int isolation) {
        quietly(() -> {
            connection.setAutoCommit(commitsItself);
            if (isolation != Connection.TRANSACTION_NONE) {
                connection.setTransactionIsolation(isolation);
            }
        });
    }

    /** A step at the end. Where it fails the connection is gone, with all that was not committed; its pool finds out. */
    @FunctionalInterface
    private interface LastStep {
        void run() throws SQLException;
    }

    private static void quietly(LastStep step) {
        try {
            step.run();
        } catch (SQLException | RuntimeException gone) {
            // what became of the call is known already, and is what the caller is told
        }
    }

    /** One attempt. */
    @FunctionalInterface
    private interface Attempt<T> {
        T run() throws SQLException;
    }

    private <T> T patiently(Attempt<T> attempt) {
        boolean interrupted = Thread.interrupted();
        long start = System.nanoTime();
        long pause = FIRST_PAUSE_NANOS;
        try {
            while (true) {
                try {
                    return attempt.run();
                } catch (SQLException failure) {
                    if (!dialect.isBusy(failure) || System.nanoTime() - start > PATIENCE_NANOS) {
                        throw Failures.refused(dialect.troubleOf(failure), failure);
                    }
                }
                // The pause differs by chance, so that two who met do not meet again.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pause / 2, pause));
                interrupted |= Thread.interrupted();
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
