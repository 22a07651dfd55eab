// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

/** The statements of one store, for its table prefix and its database. Immutable. */
final class Queries {

    /** What is longer is left out of a page and read by itself at its turn: a page has a bounded size. */
    static final int LONGEST_IN_A_PAGE = 16_384;

    /** In the order in which {@link SecretRow#of} reads them; metadata, token and whether they are large follow. */
    private static final String COLUMNS = "position, id, name, created_at_micros, key_id, seal, ";

    private static final String WHOLE = COLUMNS + "metadata, token, 0 AS is_large";

    final String lockSchema;
    final String version;
    final String addVersion;
    final String setVersion;

    final String keyShared;
    final String keyAlone;
    final String addKey;
    final String forbid;
    final String firstUnderKey;

    final String insert;
    final String insertAtOnce;
    final String byId;
    final String byPosition;
    final String byName;
    final String idByName;
    final String idByNameLocked;
    final String knownId;
    final String swap;
    final String delete;
    final String deleteByName;
    final String lastPosition;
    final String page;
    final String pageNotUnder;
    final String counts;

    final String addRotation;
    final String rotations;
    final String rotationsOfName;

    Queries(String prefix, Dialect dialect) {
        String secrets = prefix + "secrets";
        String keys = prefix + "keys";
        version = "SELECT version FROM " + prefix + "schema";
        lockSchema = version + dialect.lock();
        addVersion = "INSERT INTO " + prefix + "schema (only_row, version) VALUES (1, ?)";
        setVersion = "UPDATE " + prefix + "schema SET version = ?";

        String key = "SELECT forbidden FROM " + keys + " WHERE key_id = ?";
        keyShared = key + dialect.sharedLock();
        keyAlone = key + dialect.lock();
        addKey = dialect.addKey(keys);
        forbid = "UPDATE " + keys + " SET forbidden = 1 WHERE key_id = ?";
        firstUnderKey = "SELECT 1 FROM " + secrets + " WHERE key_id = ? LIMIT 1";

        String from = " FROM " + secrets + " WHERE ";
        String first = from + dialect.nameIs() + " ORDER BY position LIMIT 1";
        String into = "INSERT INTO " + secrets + " (id, name, created_at_micros, metadata, key_id, token, seal) ";
        insert = into + "VALUES (?, ?, ?, ?, ?, ?, ?)";
        insertAtOnce = into + "SELECT ?, ?, ?, ?, ?, ?, ?" + dialect.fromAllowed(keys);
        byId = "SELECT " + WHOLE + from + "id = ?";
        byPosition = "SELECT " + WHOLE + from + "position = ?";
        byName = "SELECT " + WHOLE + first;
        idByName = "SELECT id" + first;
        idByNameLocked = idByName + dialect.lock();
        knownId = "SELECT 1" + from + "id = ?";
        swap = "UPDATE " + secrets + " SET key_id = ?, token = ?, seal = ? WHERE id = ? AND token = ?";
        delete = "DELETE" + from + "id = ?";
        deleteByName = "DELETE" + from + dialect.nameIs();
        lastPosition = "SELECT MAX(position) FROM " + secrets;
        String paged = "SELECT " + COLUMNS + ifShort("metadata") + ", " + ifShort("token")
                + ", CASE WHEN LENGTH(token) > "
                + LONGEST_IN_A_PAGE + " OR LENGTH(metadata) > " + LONGEST_IN_A_PAGE + " THEN 1 ELSE 0 END AS is_large"
                + from + "position > ? AND position <= ?";
        page = paged + " ORDER BY position LIMIT ?";
        pageNotUnder = paged + " AND key_id <> ? ORDER BY position LIMIT ?";
        counts = "SELECT key_id, COUNT(*) FROM " + secrets + " GROUP BY key_id";

        String rotation = "SELECT name, new_id, previous_id, rotated_at_micros FROM " + prefix + "rotations";
        addRotation = "INSERT INTO " + prefix
                + "rotations (name, new_id, previous_id, rotated_at_micros) VALUES (?, ?, ?, ?)";
        rotations = rotation + " ORDER BY position DESC LIMIT ?";
        rotationsOfName = rotation + " WHERE " + dialect.nameIs() + " ORDER BY position DESC LIMIT ?";
    }

    private static String ifShort(String column) {
        return "CASE WHEN LENGTH(" + column + ") <= " + LONGEST_IN_A_PAGE + " THEN " + column + " END AS " + column;
    }
}
