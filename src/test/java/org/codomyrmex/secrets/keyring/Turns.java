// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Two writers that take turns, one at a time and exactly as told: a run of theirs is the same each time. Nothing of it is
 * left to the scheduler of the machine.
 */
final class Turns {

    private static final int UNTIL_ITS_END = Integer.MAX_VALUE;
    private static final long LONGEST_TURN_SECONDS = 30;

    /** One writer: works in a thread of its own, and only while it has the turn. */
    static final class Writer {

        private final BlockingQueue<Integer> turn = new ArrayBlockingQueue<>(1);
        private final BlockingQueue<Boolean> back = new ArrayBlockingQueue<>(1);
        private final Thread thread;
        private int left;
        private boolean ended;
        private Optional<RuntimeException> failure = Optional.empty();

        Writer(Consumer<Writer> work) {
            thread = new Thread(() -> {
                take();
                try {
                    work.accept(this);
                } catch (RuntimeException failed) {
                    failure = Optional.of(failed);
                }
                give(back, true);
            });
            thread.setDaemon(true);
            thread.start();
        }

        /** Called by the writer before each step. */
        void awaitTurn() {
            if (left == 0) {
                give(back, false);
                take();
            }
            left--;
        }

        private void take() {
            left = poll(turn);
        }

        /** Lets it take so many steps; returns whether it could take them all, and is not at its end. */
        boolean take(int steps) {
            if (!ended && steps > 0) {
                give(turn, steps);
                ended = poll(back);
            }
            return !ended;
        }

        void finish() {
            take(UNTIL_ITS_END);
        }

        /** What it said instead of ending well. */
        Optional<RuntimeException> failure() {
            return failure;
        }
    }

    private static <T> void give(BlockingQueue<T> to, T what) {
        try {
            if (!to.offer(what, LONGEST_TURN_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody took the turn");
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static <T> T poll(BlockingQueue<T> from) {
        try {
            T given = from.poll(LONGEST_TURN_SECONDS, TimeUnit.SECONDS);
            if (given == null) {
                throw new AssertionError("the turn never came back");
            }
            return given;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private Turns() {}
}
