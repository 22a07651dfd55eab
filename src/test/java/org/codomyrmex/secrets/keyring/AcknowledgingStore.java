// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;

/** A store that tells which token has been taken, in the moment in which it would be durable. */
record AcknowledgingStore(SecretStore store, Consumer<String> taken) implements SecretStore {

    private WriteOutcome told(WriteOutcome outcome, StoredSecret secret) {
        if (outcome == WriteOutcome.DONE) {
            taken.accept(secret.token());
        }
        return outcome;
    }

    @Override
    public WriteOutcome insert(StoredSecret secret) {
        return told(store.insert(secret), secret);
    }

    @Override
    public WriteOutcome swap(StoredSecret expected, StoredSecret replacement) {
        return told(store.swap(expected, replacement), replacement);
    }

    @Override
    public WriteOutcome replaceNamed(Optional<String> expectedFirstId, StoredSecret replacement) {
        return told(store.replaceNamed(expectedFirstId, replacement), replacement);
    }

    @Override
    public Optional<StoredSecret> findById(String id) {
        return store.findById(id);
    }

    @Override
    public Optional<StoredSecret> findByName(String name) {
        return store.findByName(name);
    }

    @Override
    public boolean delete(String id) {
        return store.delete(id);
    }

    @Override
    public void forEach(Consumer<? super StoredSecret> action) {
        store.forEach(action);
    }

    @Override
    public void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action) {
        store.forEachNotUnder(keyId, action);
    }

    @Override
    public Map<String, Long> countsByKey() {
        return store.countsByKey();
    }

    @Override
    public boolean forbid(String keyId) {
        return store.forbid(keyId);
    }
}
