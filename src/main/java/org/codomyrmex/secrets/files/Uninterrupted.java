// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
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

    /** Runs the work again, from the start, as often as an interrupt closed its channel. */
    static <T> T get(Work<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return work.run();
                } catch (ClosedByInterruptException again) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
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
