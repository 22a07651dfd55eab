// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A data source that prepares the connections of another, and counts those that are open. */
class Wrapped implements DataSource {

    /** What is done with each connection before it is handed out. */
    interface Preparation {
        void prepare(Connection connection) throws SQLException;
    }

    private final DataSource wrapped;
    private final Preparation preparation;

    /** How often a connection was asked for. */
    final AtomicInteger asked = new AtomicInteger();

    Wrapped(DataSource wrapped, Preparation preparation) {
        this.wrapped = wrapped;
        this.preparation = preparation;
    }

    @Override
    public Connection getConnection() throws SQLException {
        asked.incrementAndGet();
        Connection connection = wrapped.getConnection();
        preparation.prepare(connection);
        return connection;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLException("not used");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return wrapped.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        wrapped.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        wrapped.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return wrapped.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return wrapped.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return wrapped.isWrapperFor(type);
    }
}
