// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A data source as a tracing library wraps it: hands everything on, and tells of each message after it was answered. */
final class Watched {

    private static final Set<Class<?>> WRAPPED = Set.of(Connection.class, PreparedStatement.class, Statement.class);
    private static final Set<String> MESSAGES =
            Set.of("execute", "executeQuery", "executeUpdate", "executeBatch", "commit", "rollback");

    private final Consumer<String> watcher;

    private Watched(Consumer<String> watcher) {
        this.watcher = watcher;
    }

    static DataSource by(Consumer<String> watcher, DataSource real) {
        return new Watched(watcher).wrapped(DataSource.class, real);
    }

    private <T> T wrapped(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object result = call(method, real, arguments);
                    if (MESSAGES.contains(method.getName())) {
                        watcher.accept(method.getName());
                    }
                    return WRAPPED.contains(method.getReturnType()) ? wrapped(method.getReturnType(), result) : result;
                }));
    }

    private static Object call(Method method, Object real, Object... arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
