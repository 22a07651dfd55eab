// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.codomyrmex.secrets.SecretManager;

/**
 * Two threads that use a manager without a pause, one to encrypt and one to decrypt. They record how long the slowest call
 * took, a call that still runs included, so that a test need not wait for a call that hangs.
 */
public final class SteadyUse implements AutoCloseable {

    private final List<User> users = new ArrayList<>();
    private volatile boolean stopping;

    private SteadyUse() {}

    /** Starts using a manager. */
    public static SteadyUse of(SecretManager manager) {
        SteadyUse use = new SteadyUse();
        String token = manager.encrypt("canary-steady");
        use.begin("decrypt", () -> {
            if (!manager.decrypt(token).equals("canary-steady")) {
                throw new IllegalStateException("a token reads back as another value");
            }
        });
        use.begin("encrypt", () -> manager.encrypt("canary-steady"));
        return use;
    }

    private void begin(String what, Runnable call) {
        User user = new User(what, call);
        users.add(user);
        user.start();
    }

    /** Goes on for a while; ends early, in an error, if a call fails or takes longer than {@code most}. */
    public void requirePrompt(Duration duration, Duration most) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            requirePrompt(most);
            Thread.sleep(10);
        }
        requirePrompt(most);
    }

    /** Fails if a call has failed or has taken longer than {@code most} since the beginning. */
    public void requirePrompt(Duration most) {
        for (User user : users) {
            Throwable failure = user.failure;
            if (failure != null) {
                throw new AssertionError(user.what + " failed", failure);
            }
            assertThat(user.longest()).as("the longest " + user.what).isLessThan(most);
        }
    }

    /** How often it did what, and how long the longest took. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (User user : users) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(user.calls + " " + user.what + ", the longest "
                            + user.longest().toMillis() + " ms");
        }
        return text.toString();
    }

    @Override
    public void close() {
        stopping = true;
        try {
            for (User user : users) {
                user.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class User extends Thread {

        private final String what;
        private final Runnable call;
        private final AtomicLong longestNanos = new AtomicLong();
        private volatile long beganNanos = System.nanoTime();
        private volatile long calls;
        private volatile Throwable failure;

        User(String what, Runnable call) {
            super("steady " + what);
            this.what = what;
            this.call = call;
        }

        @Override
        public void run() {
            try {
                for (long done = 1; !stopping; done++) {
                    beganNanos = System.nanoTime();
                    call.run();
                    longestNanos.accumulateAndGet(System.nanoTime() - beganNanos, Math::max);
                    calls = done;
                    // Others need the processor too; waiting here is no part of a call.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
            } catch (Throwable failed) {
                failure = failed;
            }
        }

        Duration longest() {
            long running = isAlive() ? System.nanoTime() - beganNanos : 0;
            return Duration.ofNanos(Math.max(longestNanos.get(), running));
        }
    }
}
