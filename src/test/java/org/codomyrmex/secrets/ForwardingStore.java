// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.codomyrmex.secrets.store.InMemorySecretStore;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;

/**
 * A store as an application might write one: it keeps secrets in memory, has no history, and lets a test do something on
 * the way.
 */
class ForwardingStore implements SecretStore {

    /** Where the secrets are; a test reaches around the manager to it. */
    final InMemorySecretStore kept = new InMemorySecretStore();

    @Override
    public WriteOutcome insert(StoredSecret secret) {
        return kept.insert(secret);
    }

    @Override
    public Optional<StoredSecret> findById(String id) {
        return kept.findById(id);
    }

    @Override
    public Optional<StoredSecret> findByName(String name) {
        return kept.findByName(name);
    }

    @Override
    public WriteOutcome swap(StoredSecret expected, StoredSecret replacement) {
        return kept.swap(expected, replacement);
    }

    @Override
    public WriteOutcome replaceNamed(Optional<String> expectedFirstId, StoredSecret replacement) {
        return kept.replaceNamed(expectedFirstId, replacement);
    }

    @Override
    public boolean delete(String id) {
        return kept.delete(id);
    }

    @Override
    public void forEach(Consumer<? super StoredSecret> action) {
        kept.forEach(action);
    }

    @Override
    public void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action) {
        kept.forEachNotUnder(keyId, action);
    }

    @Override
    public Map<String, Long> countsByKey() {
        return kept.countsByKey();
    }

    @Override
    public boolean forbid(String keyId) {
        return kept.forbid(keyId);
    }
}
