// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Every sentence of {@link SecretStore}, and of {@link RotationHistory} for a store that implements it. The test of a
 * store extends this class and says how to make one; after each test the indexes and counts of the store must agree.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class SecretStoreContract
        implements FindingContract,
                SwapContract,
                ReplaceNamedContract,
                ForbidContract,
                IterationContract,
                RaceContract,
                RotationHistoryContract,
                SealContract {

    private SecretStore store;
    private SecretStore other;

    /** Makes a store that holds nothing and shares nothing with another. */
    protected abstract SecretStore newStore() throws Exception;

    /** Reaches a store that was made by {@link #newStore} by another way; the store itself if there is none. */
    protected SecretStore secondConnection(SecretStore first) throws Exception {
        return first;
    }

    /** Lets go of what {@link #newStore} and {@link #secondConnection} opened. */
    protected void closeStore() throws Exception {}

    @Override
    public int rounds() {
        return 10;
    }

    @Override
    public final SecretStore store() {
        return store;
    }

    @Override
    public final SecretStore other() {
        return other;
    }

    @BeforeEach
    final void makeStore() throws Exception {
        store = newStore();
        other = secondConnection(store);
    }

    @AfterEach
    final void storeIsConsistent() throws Exception {
        try {
            assertConsistent();
        } finally {
            closeStore();
        }
    }
}
