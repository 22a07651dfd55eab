// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.store.Rotation;
import org.codomyrmex.secrets.store.RotationHistory;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.Swap;
import org.codomyrmex.secrets.store.WriteOutcome;

/**
 * A store in the application's own database: H2 or SQLite in a file on one machine, PostgreSQL for many machines. Secrets
 * and the history of rotations outlive the process. The driver and the pool, if there is one, are the application's.
 *
 * <p><strong>Transactions.</strong> Each call takes one connection, runs a transaction of its own in it, and gives it back
 * as it came; it waits some 20 seconds where another transaction stands in the way. Hand in the raw {@code DataSource}, not
 * one that joins the caller's transaction, and do not call the store while holding the last connection of a small pool.
 *
 * <p><strong>What is not believed.</strong> Who can write to the tables cannot trade one secret for another: each record
 * has a {@linkplain SecretStore#keepsSeals seal}, which the manager checks. What no seal can stop: deleting a record,
 * putting back an older state of a whole record or of all, and changing the order of records, which decides what is the
 * earliest of a name; the history of rotations bears no seals. Names and metadata are in clear.
 *
 * <p><strong>Concurrency.</strong> Safe for use by many threads and by many processes, each with a store of its own.
 * {@link #rotations()} tells the newest 10,000; the table keeps all.
 */
public final class JdbcSecretStore implements SecretStore, RotationHistory {

    private static final String DEFAULT_PREFIX = "codomyrmex_";

    /** PostgreSQL cuts off names that are longer than 63 bytes, and what is cut off could be all that differs. */
    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,39}");

    private final String prefix;
    private final Dialect dialect;
    private final Queries queries;
    private final Transactions transactions;
    private final SecretRows secrets;
    private final KeyRows keys;
    private final RotationRows rotations;

    private JdbcSecretStore(DataSource dataSource, String prefix, Dialect dialect) {
        this.prefix = prefix;
        this.dialect = dialect;
        this.queries = new Queries(prefix, dialect);
        this.transactions = new Transactions(dataSource, dialect);
        this.secrets = new SecretRows(dialect, queries);
        this.keys = new KeyRows(queries);
        this.rotations = new RotationRows(dialect, queries);
    }

    /**
     * Opens the store in the tables {@code codomyrmex_*}, and creates or upgrades them where that is needed.
     *
     * @param dataSource where connections come from: H2, SQLite or PostgreSQL
     * @return the store
     * @throws NullPointerException if the data source is null
     * @throws StoreException if the database cannot be reached, is another product, has tables of a newer version, or may
     *     not be changed though it lacks the tables
     */
    public static JdbcSecretStore of(DataSource dataSource) {
        return of(dataSource, DEFAULT_PREFIX);
    }

    /**
     * Opens the store in tables of another name; each prefix is a store of its own.
     *
     * @param dataSource where connections come from: H2, SQLite or PostgreSQL
     * @param tablePrefix what the names of the tables begin with: a letter of a to z, then those, digits and {@code _}, 40
     *     characters at the most
     * @return the store
     * @throws NullPointerException naming the argument that is null
     * @throws IllegalArgumentException if the prefix is not such
     * @throws StoreException as {@link #of(DataSource)}
     */
    public static JdbcSecretStore of(DataSource dataSource, String tablePrefix) {
        Objects.requireNonNull(dataSource, "dataSource");
        if (!PREFIX.matcher(Objects.requireNonNull(tablePrefix, "tablePrefix")).matches()) {
            throw new IllegalArgumentException("tablePrefix has " + tablePrefix.length()
                    + " characters, expected 1 to 40, a letter of a to z first and then those, digits and _");
        }
        JdbcSecretStore store = new JdbcSecretStore(dataSource, tablePrefix, dialectOf(dataSource));
        new Schema(tablePrefix, store.dialect, store.queries).prepare(store.transactions);
        return store;
    }

    private static Dialect dialectOf(DataSource dataSource) {
        try {
            return Dialect.of(Transactions.onConnection(
                    dataSource, connection -> connection.getMetaData().getDatabaseProductName()));
        } catch (CodomyrmexException ours) {
            throw ours;
        } catch (SQLException | RuntimeException failure) {
            throw Failures.unconnected(failure);
        }
    }

    @Override
    public boolean keepsSeals() {
        return true;
    }

    @Override
    public WriteOutcome insert(StoredSecret secret) {
        Objects.requireNonNull(secret, "secret");
        Storable.require(secret);
        if (dialect.insertsAtOnce()
                && transactions.writeAtOnce(connection -> secrets.insertAtOnce(connection, prefix, secret))) {
            return WriteOutcome.DONE;
        }
        return transactions.write(connection -> {
            dialect.lockStore(connection, queries);
            dialect.lockName(connection, prefix, secret.name());
            if (!keys.allows(connection, secret.keyId())) {
                return WriteOutcome.KEY_FORBIDDEN;
            }
            secrets.insert(connection, secret);
            return WriteOutcome.DONE;
        });
    }

    @Override
    public Optional<StoredSecret> findById(String id) {
        Objects.requireNonNull(id, "id");
        return Storable.isId(id) ? transactions.read(connection -> secrets.byId(connection, id)) : Optional.empty();
    }

    @Override
    public Optional<StoredSecret> findByName(String name) {
        Objects.requireNonNull(name, "name");
        return Storable.isName(name)
                ? transactions.read(connection -> secrets.byName(connection, name))
                : Optional.empty();
    }

    @Override
    public WriteOutcome swap(StoredSecret expected, StoredSecret replacement) {
        return swapped(List.of(new Swap(expected, replacement))).get(0);
    }

    /** In one transaction, in which a swap costs a fraction of what it costs by itself; it locks all of them until it ends. */
    @Override
    public void swapAll(List<Swap> swaps, BiConsumer<? super Swap, WriteOutcome> outcomes) {
        Objects.requireNonNull(outcomes, "outcomes");
        List<Swap> all = List.copyOf(Objects.requireNonNull(swaps, "swaps"));
        if (!all.isEmpty()) {
            Iterator<WriteOutcome> became = swapped(all).iterator();
            all.forEach(swap -> outcomes.accept(swap, became.next()));
        }
    }

    private List<WriteOutcome> swapped(List<Swap> swaps) {
        swaps.forEach(swap -> Storable.requireToken(swap.replacement()));
        // In one order, so that two who lock the same keys do not wait for each other.
        Set<String> keyIds = new TreeSet<>();
        swaps.forEach(swap -> keyIds.add(swap.replacement().keyId()));
        // The token of before is as good until its key is destroyed, and forbidding that key settles this too.
        return transactions.writeRevocably(connection -> {
            dialect.lockStore(connection, queries);
            if (swaps.size() > 1) {
                dialect.limitWaiting(connection);
            }
            Set<String> allowed = new HashSet<>();
            for (String keyId : keyIds) {
                if (keys.allows(connection, keyId)) {
                    allowed.add(keyId);
                }
            }
            return secrets.swap(connection, swaps, allowed);
        });
    }

    @Override
    public WriteOutcome replaceNamed(Optional<String> expectedFirstId, StoredSecret replacement) {
        Objects.requireNonNull(expectedFirstId, "expectedFirstId");
        Objects.requireNonNull(replacement, "replacement");
        Storable.require(replacement);
        return transactions.write(connection -> {
            dialect.lockStore(connection, queries);
            dialect.lockName(connection, prefix, replacement.name());
            if (!keys.allows(connection, replacement.keyId())) {
                return WriteOutcome.KEY_FORBIDDEN;
            }
            Optional<String> first = secrets.firstId(connection, replacement.name(), expectedFirstId.isPresent());
            if (!first.equals(expectedFirstId)) {
                return WriteOutcome.CHANGED;
            }
            secrets.refuseKnownId(connection, replacement.id());
            secrets.deleteNamed(connection, replacement.name());
            secrets.insert(connection, replacement);
            rotations.add(connection, expectedFirstId, replacement);
            return WriteOutcome.DONE;
        });
    }

    @Override
    public boolean delete(String id) {
        Objects.requireNonNull(id, "id");
        return Storable.isId(id)
                && transactions.write(connection -> {
                    dialect.lockStore(connection, queries);
                    return secrets.delete(connection, id);
                });
    }

    @Override
    public void forEach(Consumer<? super StoredSecret> action) {
        Objects.requireNonNull(action, "action");
        show(Optional.empty(), action);
    }

    @Override
    public void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action) {
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(action, "action");
        // A key id that no row can have leaves out none.
        show(Optional.of(keyId).filter(Storable::isId), action);
    }

    /** Goes on to what is the last row now, or else it would never end if the action adds as it goes. */
    private void show(Optional<String> notUnder, Consumer<? super StoredSecret> action) {
        long last = transactions.read(secrets::lastPosition);
        long position = 0;
        List<SecretRow> rows;
        do {
            long after = position;
            rows = transactions.read(connection -> secrets.page(connection, after, last, notUnder));
            for (SecretRow row : rows) {
                position = row.position();
                whole(row)
                        .map(SecretRow::shownSecret)
                        .filter(secret -> !notUnder.equals(Optional.of(secret.keyId())))
                        .ifPresent(action);
            }
        } while (rows.size() == SecretRows.PAGE);
    }

    /** What is too large for a page is read when its turn has come, if it is still there. */
    private Optional<SecretRow> whole(SecretRow row) {
        return row.isLarge()
                ? transactions.read(connection -> secrets.byPosition(connection, row.position()))
                : Optional.of(row);
    }

    @Override
    public Map<String, Long> countsByKey() {
        return transactions.read(keys::counts);
    }

    @Override
    public boolean forbid(String keyId) {
        Objects.requireNonNull(keyId, "keyId");
        // Nothing is ever stored under what is no storable id.
        return !Storable.isId(keyId)
                || transactions.write(connection -> {
                    dialect.lockStore(connection, queries);
                    return keys.forbid(connection, keyId);
                });
    }

    @Override
    public List<Rotation> rotations() {
        return transactions.read(rotations::newest);
    }

    @Override
    public List<Rotation> rotations(String name) {
        Objects.requireNonNull(name, "name");
        return Storable.isName(name) ? transactions.read(connection -> rotations.newest(connection, name)) : List.of();
    }

    /** {@return what it is and how its tables are called} */
    @Override
    public String toString() {
        return "JdbcSecretStore[" + prefix + "*]";
    }
}
