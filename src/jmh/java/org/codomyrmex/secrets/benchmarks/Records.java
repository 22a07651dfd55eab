// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;

/** What a manager hands to a store that keeps seals: to fill a database, which one insertion at a time takes long. */
final class Records {
    private Records() {}

    /** Records of so many secrets, all of one value. */
    static List<StoredSecret> of(int count, String value, KeyringSource keys) {
        List<StoredSecret> records = new ArrayList<>(count);
        SecretStore store = (SecretStore) Proxy.newProxyInstance(
                Records.class.getClassLoader(),
                new Class<?>[] {SecretStore.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "keepsSeals" -> true;
                    case "countsByKey" -> Map.of();
                    case "insert" -> {
                        records.add((StoredSecret) arguments[0]);
                        yield WriteOutcome.DONE;
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        try (SecretManager manager =
                SecretManager.builder().keyring(keys).store(store).build()) {
            for (int i = 0; i < count; i++) {
                manager.storeSecret("secret " + i, value);
            }
        }
        return records;
    }
}
