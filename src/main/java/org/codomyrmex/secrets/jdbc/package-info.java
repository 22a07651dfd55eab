// SPDX-License-Identifier: Apache-2.0
/**
 * Secrets in the application's own database: {@link org.codomyrmex.secrets.jdbc.JdbcSecretStore} over any
 * {@code javax.sql.DataSource} of H2, SQLite or PostgreSQL. The driver and the pool are the application's.
 *
 * <p>The rest of this package is the store in parts: a {@code Dialect} for what each database does in its own way, the
 * {@code Schema} and the {@code Queries} on it, {@code Transactions} around every call, and {@code Failures}, which says
 * what an operator can do about an {@code SQLException}.
 */
@NullMarked
package org.codomyrmex.secrets.jdbc;

import org.jspecify.annotations.NullMarked;
