// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.RekeyFailure.Reason.DAMAGED;
import static org.codomyrmex.secrets.RekeyFailure.Reason.KEY_MISSING;
import static org.codomyrmex.secrets.RekeyFailure.Reason.STORE_UNAVAILABLE;
import static org.codomyrmex.secrets.fernet.InvalidTokenException.Reason.NOT_AUTHENTIC;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.codomyrmex.secrets.fernet.InvalidTokenException;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.store.SecretStore;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run over the store that moves every secret to the primary key. Each is swapped by compare-and-set, so readers and
 * writers go on beside it; one that fails is left as it was. Stopping at any point leaves a store that the next run
 * finishes. Memory is bounded: a few batches are in the works at a time.
 */
final class Rekeying {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private static final int BATCH = 256;
    private static final int REPORTED_FAILURES = 100;

    private final SecretStore store;
    private final LiveKeyring keys;
    private final SecretVault vault;
    private final Progress progress;

    private long reencrypted;
    private long passed;
    private long failed;
    private final List<RekeyFailure> failures = new ArrayList<>();

    Rekeying(SecretStore store, LiveKeyring keys, SecretVault vault, @Nullable RekeyListener listener) {
        this.store = store;
        this.keys = keys;
        this.vault = vault;
        this.progress = new Progress(listener);
    }

    /** Ends the walk through the store when the thread is interrupted; never leaves this class. */
    private static final class Interrupted extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Interrupted() {
            super(null, null, false, false);
        }
    }

    RekeyReport run() {
        String primary = keys.forWriting().primary().id();
        progress.total = store.countsByKey().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(primary))
                .mapToLong(entry -> entry.getValue())
                .sum();
        int workers = progress.total <= BATCH ? 1 : Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(workers, Rekeying::worker);
        Deque<Future<Batch>> works = new ArrayDeque<>();
        boolean interrupted = false;
        try {
            walk(primary, pool, works, 2 * workers);
        } catch (Interrupted stopped) {
            interrupted = true;
            LOG.warn("Re-encryption was interrupted; rekey() does what is left.");
        } finally {
            pool.shutdown();
            finish(works, 0);
        }
        progress.last(interrupted);
        return new RekeyReport(keys.forWriting().primary().id(), reencrypted, failed, failures);
    }

    private static Thread worker(Runnable work) {
        Thread thread = new Thread(work, "codomyrmex-rekey");
        thread.setDaemon(true);
        return thread;
    }

    private void walk(String primary, ExecutorService pool, Deque<Future<Batch>> works, int most) {
        List<StoredSecret> batch = new ArrayList<>(BATCH);
        store.forEachNotUnder(primary, secret -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new Interrupted();
            }
            batch.add(secret);
            if (batch.size() == BATCH) {
                submit(List.copyOf(batch), pool, works);
                batch.clear();
                finish(works, most);
            }
        });
        submit(List.copyOf(batch), pool, works);
    }

    private void submit(List<StoredSecret> secrets, ExecutorService pool, Deque<Future<Batch>> works) {
        works.add(pool.submit(() -> {
            Batch batch = new Batch();
            secrets.forEach(batch::take);
            return batch;
        }));
    }

    /** Waits, in the caller's thread, until no more than so many batches are in the works. */
    private void finish(Deque<Future<Batch>> works, int most) {
        while (works.size() > most) {
            Batch batch = await(works.remove());
            reencrypted += batch.reencrypted;
            passed += batch.passed;
            failed += batch.failures.size();
            for (RekeyFailure failure : batch.failures) {
                LOG.warn(
                        "Secret {} was not re-encrypted and stays as it was: {}", failure.secretId(), failure.reason());
                if (failures.size() < REPORTED_FAILURES) {
                    failures.add(failure);
                }
            }
            progress.tell(reencrypted + passed, failed);
        }
    }

    private static Batch await(Future<Batch> work) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException kept) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    if (failed.getCause() instanceof RuntimeException cause) {
                        throw cause;
                    }
                    throw new IllegalStateException("re-encryption failed", failed.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Some secrets, gone through by one worker. */
    private final class Batch {

        private long reencrypted;
        private long passed;
        private final List<RekeyFailure> failures = new ArrayList<>();
        private boolean looked;

        void take(StoredSecret secret) {
            try {
                Optional<StoredSecret> present = Optional.of(secret);
                while (present.isPresent() && !done(present.get())) {
                    present = store.findById(secret.id());
                }
                passed += present.isPresent() ? 0 : 1;
            } catch (StoreException unavailable) {
                failures.add(new RekeyFailure(secret.id(), STORE_UNAVAILABLE));
            }
        }

        /** False: it is another record by now, to be looked at again. */
        private boolean done(StoredSecret secret) {
            try {
                WriteOutcome outcome = vault.written(ring -> swapped(secret, ring));
                return outcome == WriteOutcome.DONE;
            } catch (InvalidTokenException refused) {
                boolean known = keys.forReading().contains(secret.keyId());
                if (refused.reason() == NOT_AUTHENTIC && !known && !looked) {
                    looked = true;
                    keys.lookAgain();
                    return false;
                }
                failures.add(new RekeyFailure(
                        secret.id(), known || refused.reason() != NOT_AUTHENTIC ? DAMAGED : KEY_MISSING));
                return true;
            }
        }

        private WriteOutcome swapped(StoredSecret secret, Keyring ring) {
            String primary = ring.primary().id();
            if (secret.keyId().equals(primary)) {
                passed++;
                return WriteOutcome.DONE;
            }
            String token = ring.reencryptUnder(secret.keyId(), secret.token());
            WriteOutcome outcome = store.swap(secret, secret.withToken(primary, token));
            reencrypted += outcome == WriteOutcome.DONE ? 1 : 0;
            return outcome;
        }
    }

    /** The caller's listener, until it throws. */
    private static final class Progress {

        private @Nullable RekeyListener listener;
        private long total;
        private long done;
        private long failed;

        Progress(@Nullable RekeyListener listener) {
            this.listener = listener;
        }

        void tell(long doneSoFar, long failedSoFar) {
            done = doneSoFar;
            failed = failedSoFar;
            total = Math.max(total, done + failed);
            RekeyListener told = listener;
            if (told != null) {
                try {
                    told.progress(done, failed, total);
                } catch (RuntimeException broken) {
                    listener = null;
                    LOG.warn(
                            "A RekeyListener threw {} and is not called again.",
                            broken.getClass().getName());
                }
            }
        }

        void last(boolean interrupted) {
            total = interrupted ? total : done + failed;
            tell(done, failed);
        }
    }
}
