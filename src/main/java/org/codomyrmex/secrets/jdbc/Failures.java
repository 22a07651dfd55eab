// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.SQLException;
import org.codomyrmex.secrets.store.StoreException;

/** Says what an exception of a driver or a pool means to whoever runs the application. */
final class Failures {

    private Failures() {}

    /** There is no connection. */
    static StoreException unconnected(Exception failure) {
        if (isOfADriver(failure)) {
            // The message of this one shows the whole URL, in which there may be a password.
            return new StoreException(
                    "The database cannot be reached: no JDBC driver knows its URL. Nothing was changed."
                            + " Add the driver of H2, SQLite or PostgreSQL to the class path, and look at the URL.");
        }
        return new StoreException(
                "The database cannot be reached: the DataSource gave no connection" + stateOf(failure)
                        + ". Nothing was changed. Start the database, look at its address and credentials, or give the"
                        + " pool more connections.",
                failure);
    }

    private static boolean isOfADriver(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("No suitable driver") || message.contains("Failed to load driver class")) {
                return true;
            }
        }
        return false;
    }

    /** A statement failed, and its transaction was rolled back. */
    static StoreException refused(Trouble trouble, SQLException failure) {
        return new StoreException(
                "The store failed: " + trouble.found() + stateOf(failure) + ". Nothing was changed. " + trouble.remedy()
                        + ".",
                withoutValues(failure));
    }

    /** The end of a transaction failed, so that nobody can tell whether it took place. */
    static StoreException uncertain(Trouble trouble, SQLException failure) {
        return new StoreException(
                "The store failed while it ended a transaction: " + trouble.found() + stateOf(failure)
                        + ". It is not known whether the change took place; look for it before repeating it. "
                        + trouble.remedy() + ".",
                withoutValues(failure));
    }

    /** The driver or its pool broke its own contract. */
    static StoreException broken(RuntimeException failure) {
        return new StoreException("The store failed: the driver or the pool threw "
                + failure.getClass().getName()
                + ". Look at their logs; the change, if there was one, did not take place"
                + " or will be undone.");
    }

    private static String stateOf(Exception failure) {
        return failure instanceof SQLException sql
                ? " (SQLState " + sql.getSQLState() + ", code " + sql.getErrorCode() + ")"
                : "";
    }

    /**
     * The cause, as long as it cannot show what was stored: drivers repeat values where data does not fit (class 22) and
     * where it breaks a constraint (class 23). In its place stands one that shows type, state, code and origin.
     */
    private static SQLException withoutValues(SQLException failure) {
        if (!Dialect.hasState(failure, "22", "23")) {
            return failure;
        }
        SQLException shown = new SQLException(
                failure.getClass().getName() + ", whose words may repeat what was stored",
                failure.getSQLState(),
                failure.getErrorCode());
        shown.setStackTrace(failure.getStackTrace());
        return shown;
    }
}
