// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, which ends with the process; it remembers the newest 10,000 rotations.
 *
 * <p>Finding a secret, by id or by name, takes the same short time however many are stored, and takes no lock unless a
 * secret is being added or removed at that moment. It does not wait for swaps, and swaps do not wait for each other.
 *
 * <p><strong>Concurrency.</strong> Linearizable, but for the two iterations: they walk a few hundred secrets at a time
 * and hold no lock while the action runs. Whatever adds or removes secrets runs alone; it waits for nothing but memory.
 */
public final class InMemorySecretStore implements SecretStore, RotationHistory {

    /** How many entries an iteration looks at before it lets go of the lock. */
    private static final int STRIDE = 256;

    /** Exclusive: what adds, removes, counts or forbids. Shared: swaps. Optimistic: what only reads. */
    private final StampedLock lock = new StampedLock();

    private final ConcurrentHashMap<String, Entry> byId = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, KeyUse> keys = new ConcurrentHashMap<>();
    private final NameIndex byName = new NameIndex();
    private final InsertionOrder order = new InsertionOrder();
    private final RotationLog rotations = new RotationLog();

    /** Makes an empty store. */
    public InMemorySecretStore() {}

    @Override
    public WriteOutcome insert(StoredSecret secret) {
        Objects.requireNonNull(secret, "secret");
        return exclusively(() -> {
            if (isForbidden(secret.keyId())) {
                return WriteOutcome.KEY_FORBIDDEN;
            }
            refuseKnownId(secret.id());
            add(secret);
            return WriteOutcome.DONE;
        });
    }

    @Override
    public Optional<StoredSecret> findById(String id) {
        Objects.requireNonNull(id, "id");
        return Optional.ofNullable(read(byId::get, id));
    }

    @Override
    public Optional<StoredSecret> findByName(String name) {
        Objects.requireNonNull(name, "name");
        return Optional.ofNullable(read(byName::first, name));
    }

    @Override
    public WriteOutcome swap(StoredSecret expected, StoredSecret replacement) {
        Swap swap = new Swap(expected, replacement);
        return shared(() -> {
            Entry entry = byId.get(expected.id());
            return entry == null ? WriteOutcome.CHANGED : swapIn(entry, swap);
        });
    }

    private WriteOutcome swapIn(Entry entry, Swap swap) {
        StoredSecret replacement = swap.replacement();
        while (true) {
            StoredSecret current = entry.secret();
            if (current == null || !current.token().equals(swap.expected().token())) {
                return WriteOutcome.CHANGED;
            }
            if (isForbidden(replacement.keyId())) {
                return WriteOutcome.KEY_FORBIDDEN;
            }
            if (entry.replace(current, current.withTokenOf(replacement))) {
                use(replacement.keyId()).take();
                use(current.keyId()).release();
                return WriteOutcome.DONE;
            }
        }
    }

    @Override
    public WriteOutcome replaceNamed(Optional<String> expectedFirstId, StoredSecret replacement) {
        Objects.requireNonNull(expectedFirstId, "expectedFirstId");
        Objects.requireNonNull(replacement, "replacement");
        return exclusively(() -> {
            Optional<String> firstId = Optional.ofNullable(byName.first(replacement.name()))
                    .map(Entry::secret)
                    .map(StoredSecret::id);
            if (!firstId.equals(expectedFirstId)) {
                return WriteOutcome.CHANGED;
            }
            if (isForbidden(replacement.keyId())) {
                return WriteOutcome.KEY_FORBIDDEN;
            }
            refuseKnownId(replacement.id());
            removeAll(replacement.name());
            add(replacement);
            rotations.add(new Rotation(replacement.name(), replacement.id(), firstId, replacement.createdAt()));
            return WriteOutcome.DONE;
        });
    }

    @Override
    public boolean delete(String id) {
        Objects.requireNonNull(id, "id");
        return exclusively(() -> {
            Entry entry = byId.get(id);
            if (entry == null) {
                return false;
            }
            remove(entry);
            return true;
        });
    }

    @Override
    public void forEach(Consumer<? super StoredSecret> action) {
        Objects.requireNonNull(action, "action");
        show(secret -> true, action);
    }

    @Override
    public void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action) {
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(action, "action");
        show(secret -> !secret.keyId().equals(keyId), action);
    }

    @Override
    public Map<String, Long> countsByKey() {
        return exclusively(() -> {
            Map<String, Long> counts = new HashMap<>();
            keys.forEach((keyId, use) -> {
                if (use.count() > 0) {
                    counts.put(keyId, use.count());
                }
            });
            return Map.copyOf(counts);
        });
    }

    @Override
    public boolean forbid(String keyId) {
        Objects.requireNonNull(keyId, "keyId");
        return exclusively(() -> use(keyId).forbid());
    }

    @Override
    public List<Rotation> rotations() {
        return rotations.rotations();
    }

    @Override
    public List<Rotation> rotations(String name) {
        return rotations.rotations(name);
    }

    /** Reads through an index without a lock, and once more with it if the store changed shape meanwhile. */
    private @Nullable StoredSecret read(Function<String, @Nullable Entry> index, String key) {
        long stamp = lock.tryOptimisticRead();
        if (stamp != 0) {
            StoredSecret found = secretOf(index.apply(key));
            if (lock.validate(stamp)) {
                return found;
            }
        }
        return shared(() -> secretOf(index.apply(key)));
    }

    private static @Nullable StoredSecret secretOf(@Nullable Entry entry) {
        return entry == null ? null : entry.secret();
    }

    private void show(Predicate<StoredSecret> wanted, Consumer<? super StoredSecret> action) {
        InsertionOrder.Walk walk = shared(order::walk);
        Entry[] entries = new Entry[STRIDE];
        int count;
        do {
            count = shared(() -> walk.advance(entries));
            for (int i = 0; i < count; i++) {
                StoredSecret secret = entries[i].secret();
                if (secret != null && wanted.test(secret)) {
                    action.accept(secret);
                }
            }
        } while (count == STRIDE);
    }

    private <T extends @Nullable Object> T shared(Supplier<T> step) {
        long stamp = lock.readLock();
        try {
            return step.get();
        } finally {
            lock.unlockRead(stamp);
        }
    }

    private <T> T exclusively(Supplier<T> step) {
        long stamp = lock.writeLock();
        try {
            return step.get();
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    private boolean isForbidden(String keyId) {
        KeyUse use = keys.get(keyId);
        return use != null && use.isForbidden();
    }

    private KeyUse use(String keyId) {
        KeyUse use = keys.get(keyId);
        return use != null ? use : keys.computeIfAbsent(keyId, unseen -> new KeyUse());
    }

    private void refuseKnownId(String id) {
        if (byId.containsKey(id)) {
            throw new StoreException("A secret with the id " + id + " is stored already; a new secret needs a new id");
        }
    }

    private void add(StoredSecret secret) {
        Entry entry = new Entry(secret);
        byId.put(secret.id(), entry);
        byName.add(secret.name(), entry);
        order.add(entry);
        use(secret.keyId()).take();
    }

    private void removeAll(String name) {
        for (Entry first = byName.first(name); first != null; first = byName.first(name)) {
            remove(first);
        }
    }

    private void remove(Entry entry) {
        StoredSecret secret = Objects.requireNonNull(entry.secret(), "secret");
        byId.remove(secret.id());
        byName.remove(secret.name(), entry);
        order.remove(entry);
        use(secret.keyId()).release();
        entry.clear();
    }
}
