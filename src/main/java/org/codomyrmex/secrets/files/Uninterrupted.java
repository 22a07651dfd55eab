// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Runs steps that an interrupt would cut in half, and sets the interrupt flag again afterwards: a channel that is used
 * while its thread is interrupted closes itself.
 */
public final class Uninterrupted {

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
     * Runs the work again, from the start, if an interrupt closed its channel: on a thread that nobody knows, for whoever
     * interrupts once may do so every millisecond.
     */
    static <T> T get(Work<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            return work.run();
        } catch (ClosedByInterruptException again) {
            interrupted = true;
            return onThreadOfItsOwn(work);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T onThreadOfItsOwn(Work<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(work::run);
        Thread thread = new Thread(task, "codomyrmex-uninterrupted");
        thread.setDaemon(true);
        thread.start();
        while (true) {
            try {
                return task.get();
            } catch (InterruptedException kept) {
                // The caller has noted that it was interrupted.
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof IOException cause) {
                    throw cause;
                }
                if (failed.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new IllegalStateException("the work failed", failed.getCause());
            }
        }
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
