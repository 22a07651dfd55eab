// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps that an interrupt would leave half-done, and sets the interrupt status again afterwards: a channel closes
 * itself if the thread that is using it is interrupted.
 */
public final class Uninterrupted {

    private static final int OWN_ATTEMPTS = 8;

    private Uninterrupted() {}

    interface Step {
        void run() throws IOException;
    }

    interface Work<T> {
        T run() throws IOException;
    }

    static void run(Step step) throws IOException {
        get(() -> {
            step.run();
            return true;
        });
    }

    /**
     * Runs the work again, from the start, if an interrupt closed its channel. Constant interrupts must not keep it
     * from ever finishing, so the last attempt runs in a thread that no other code can interrupt.
     */
    static <T> T get(Work<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            for (int attempt = 0; attempt < OWN_ATTEMPTS; attempt++) {
                try {
                    return work.run();
                } catch (ClosedByInterruptException again) {
                    interrupted |= Thread.interrupted();
                }
            }
            return inThreadOfItsOwn(work);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T inThreadOfItsOwn(Work<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(work::run);
        Thread thread = new Thread(task, "codomyrmex-secrets-files");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException kept) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    throw rethrown(failed.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException failed) {
            throw failed;
        }
        if (cause instanceof Error failed) {
            throw failed;
        }
        return cause instanceof IOException failed ? failed : new IOException(cause);
    }

    /**
     * Waits for the whole time.
     *
     * @param time how long
     */
    public static void sleep(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        boolean interrupted = false;
        try {
            for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
                try {
                    TimeUnit.NANOSECONDS.sleep(left);
                } catch (InterruptedException kept) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
