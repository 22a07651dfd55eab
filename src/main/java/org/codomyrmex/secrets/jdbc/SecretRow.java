// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.codomyrmex.secrets.store.MetadataText;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.jspecify.annotations.Nullable;

/** A row of the table of secrets, as it was read, which need not make sense: others can write to the table too. */
record SecretRow(
        long position,
        @Nullable String id,
        @Nullable String name,
        long createdAtMicros,
        @Nullable String keyId,
        @Nullable String seal,
        @Nullable String metadata,
        @Nullable String token,
        boolean isLarge) {

    /** Reads the columns in the order of {@link Queries}: by their names it would take a fifth longer. */
    static SecretRow of(ResultSet row) throws SQLException {
        return new SecretRow(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getInt(9) != 0);
    }

    /** How many parameters an insertion has. */
    static final int PARAMETERS = 7;

    /** Sets them. */
    static void bind(PreparedStatement insert, Dialect dialect, StoredSecret secret) throws SQLException {
        insert.setString(1, secret.id());
        insert.setString(2, secret.name());
        insert.setLong(3, secret.createdAtMicros());
        dialect.bindText(insert, 4, MetadataText.write(secret.metadata()));
        insert.setString(5, secret.keyId());
        dialect.bindText(insert, 6, secret.token());
        insert.setString(7, secret.seal().orElse(null));
    }

    /** The secret in this row; an error naming its id where it is damaged. */
    StoredSecret secret() {
        Map<String, Object> described = described();
        if (described == null || id == null || name == null || keyId == null || token == null) {
            throw new StoreException("Secret " + Storable.shown(id) + " is damaged in the database: "
                    + (described == null ? "its metadata is not what this library writes" : "it lacks a column")
                    + ". Restore it from a backup, or delete it.");
        }
        StoredSecret bare = new StoredSecret(id, name, instantOf(createdAtMicros), described, keyId, token);
        return seal == null ? bare : bare.withSeal(seal);
    }

    /** The same for an iteration, which shows what is damaged as far as it goes, and without a seal. */
    StoredSecret shownSecret() {
        Map<String, Object> described = described();
        if (described != null && id != null && name != null && keyId != null && token != null) {
            return secret();
        }
        return new StoredSecret(
                orNothing(id),
                orNothing(name),
                instantOf(createdAtMicros),
                Map.of(),
                orNothing(keyId),
                orNothing(token));
    }

    private @Nullable Map<String, Object> described() {
        try {
            return metadata == null ? null : MetadataText.read(metadata);
        } catch (IllegalArgumentException damaged) {
            return null;
        }
    }

    private static String orNothing(@Nullable String text) {
        return text == null ? "" : text;
    }

    static Instant instantOf(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    }

    @Override
    public String toString() {
        return "SecretRow[" + position + "]";
    }
}
