// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.codomyrmex.secrets.store.SecretStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run over the store that moves every secret to the primary key. Readers and writers go on beside it. Stopping at any
 * point leaves a store that the next run finishes. Memory is bounded: a few batches are in the works at a time, and none
 * is when the run has ended, however it ended.
 */
final class Rekeying {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private static final int REPORTED_FAILURES = 100;
    private static final int WALKS = 3;

    private final SecretStore store;
    private final LiveKeyring keys;
    private final SecretVault vault;
    private final Progress progress;
    private final Deque<Future<RekeyBatch>> works = new ArrayDeque<>();
    private volatile boolean stopped;

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
        String primary = keys.reloadedForChange().keyring().primary().id();
        progress.total = secretsNotUnder(primary);
        int workers =
                progress.total <= RekeyBatch.MOST ? 1 : Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(workers, Rekeying::worker);
        try {
            walkToPrimary(primary, pool, 2 * workers);
        } catch (Interrupted interrupted) {
            stopped = true;
            finish(0);
            LOG.warn("Re-encryption was interrupted; rekey() does what is left.");
        } catch (RuntimeException | Error ended) {
            stopped = true;
            drain(ended);
            throw ended;
        } finally {
            pool.shutdown();
        }
        progress.last(stopped);
        return report();
    }

    /**
     * Counts what is left in the store, against the current primary key: the caller may destroy a key because of this
     * report.
     */
    private RekeyReport report() {
        boolean interrupted = Thread.interrupted();
        try {
            String primary = keys.reloadedForChange().keyring().primary().id();
            return new RekeyReport(primary, reencrypted, failed, secretsNotUnder(primary), failures);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long secretsNotUnder(String primary) {
        return store.countsByKey().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(primary))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Goes through the store, and again if another key has become the primary meanwhile, but not for ever. */
    private void walkToPrimary(String first, ExecutorService pool, int most) {
        String primary = first;
        for (int walks = 0; walks < WALKS; walks++) {
            failed = 0;
            failures.clear();
            walk(primary, pool, most);
            finish(0);
            String now = keys.reloadedForChange().keyring().primary().id();
            if (now.equals(primary)) {
                break;
            }
            primary = now;
        }
    }

    /** The same after a rotation: the new key is in use and durable whatever happens here, so this only warns. */
    void afterRotation() {
        try {
            long left = run().remaining();
            if (left > 0) {
                LOG.warn(
                        "{} secrets are still under former keys, as they were. Run rekey() when that is mended.", left);
            }
        } catch (RuntimeException ended) {
            LOG.warn(
                    "Secrets are still under former keys, as they were. Run rekey() when that is mended: {}",
                    ErrorLog.words(ended));
        }
    }

    private static Thread worker(Runnable work) {
        Thread thread = new Thread(work, "codomyrmex-rekey");
        thread.setDaemon(true);
        return thread;
    }

    private void walk(String primary, ExecutorService pool, int most) {
        RekeyBatch[] batch = {newBatch()};
        store.forEachNotUnder(primary, secret -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new Interrupted();
            }
            batch[0].add(secret);
            if (batch[0].isFull()) {
                works.add(pool.submit(batch[0]));
                batch[0] = newBatch();
                finish(most);
            }
        });
        if (!batch[0].isEmpty()) {
            works.add(pool.submit(batch[0]));
        }
    }

    private RekeyBatch newBatch() {
        return new RekeyBatch(store, keys, vault, () -> stopped);
    }

    /** Waits, in the caller's thread, until no more than so many batches are in the works. */
    private void finish(int most) {
        while (works.size() > most) {
            RekeyBatch batch = await(works.remove());
            reencrypted += batch.reencrypted();
            passed += batch.passed();
            failed += batch.failures().size();
            for (RekeyFailure failure : batch.failures()) {
                LOG.warn(
                        "Secret {} was not re-encrypted and stays as it was: {}",
                        Printable.of(failure.secretId()),
                        failure.reason());
                if (failures.size() < REPORTED_FAILURES) {
                    failures.add(failure);
                }
            }
            progress.tell(reencrypted + passed, failed);
        }
    }

    /** Waits for all that is in the works after the run has failed. */
    private void drain(Throwable ended) {
        while (!works.isEmpty()) {
            try {
                await(works.remove());
            } catch (RuntimeException | Error too) {
                if (too != ended) {
                    ended.addSuppressed(too);
                }
            }
        }
    }

    private static RekeyBatch await(Future<RekeyBatch> work) {
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
                } catch (Throwable broken) {
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
