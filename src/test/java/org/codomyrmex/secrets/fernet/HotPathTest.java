// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.codomyrmex.CodomyrmexException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Facts about what a token costs that are the same on every machine. */
@Isolated
class HotPathTest {

    private static final int MAX_BYTES_PER_OPERATION = 600;
    private static final int ROUNDS = 20_000;

    private final byte[] plaintext = new byte[64];

    /** Keeps the compiler from leaving out what nobody looks at. */
    @SuppressWarnings("unused")
    private volatile Object last = plaintext;

    private final FernetKey key = FernetKey.generate();
    private final Fernet fernet = new Fernet(key);

    @Test
    void allocatesLittleMoreThanItsResult() {
        String token = fernet.encrypt(plaintext);

        assertThat(allocatedBy(() -> fernet.encrypt(plaintext))).isLessThanOrEqualTo(MAX_BYTES_PER_OPERATION);
        assertThat(allocatedBy(() -> fernet.decrypt(token))).isLessThanOrEqualTo(MAX_BYTES_PER_OPERATION);
    }

    private long allocatedBy(Supplier<Object> operation) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // The compiler removes some of what the interpreter allocates, in its own time.
        for (int i = 0; i < 50 && least > MAX_BYTES_PER_OPERATION; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int round = 0; round < ROUNDS; round++) {
                last = operation.get();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS);
        }
        return least;
    }

    @Test
    void looksNothingUp() {
        Counting counting = new Counting();
        Security.insertProviderAt(counting, 1);
        try {
            Fernet fresh = new Fernet(FernetKey.generate());
            String token = fresh.encrypt(plaintext);
            fresh.decrypt(token);
            assertThat(counting.lookups.get()).as("the first use").isPositive();

            counting.lookups.set(0);
            for (int i = 0; i < 1000; i++) {
                assertThat(fresh.decrypt(fresh.encrypt(plaintext))).isEqualTo(plaintext);
                assertThat(fresh.authenticates(token)).isTrue();
            }
            assertThat(counting.lookups.get()).isZero();
        } finally {
            Security.removeProvider(counting.getName());
        }
    }

    @Test
    void keepsFewCiphersForManyThreads() throws Exception {
        int most = 4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors());
        int count = 10_000;
        CountDownLatch done = new CountDownLatch(count);
        AtomicInteger good = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            start(() -> {
                if (Arrays.equals(fernet.decrypt(fernet.encrypt(plaintext)), plaintext)) {
                    good.incrementAndGet();
                }
                done.countDown();
            });
        }
        done.await();

        assertThat(good).hasValue(count);
        assertThat(key.idleCiphers()).isBetween(1, most);
    }

    /** A virtual thread where there are some. */
    private static void start(Runnable task) throws ReflectiveOperationException {
        if (Runtime.version().feature() >= 21) {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        } else {
            new Thread(task).start();
        }
    }

    @Test
    void worksWithADigestThatCannotBeCloned() {
        String token = fernet.encrypt(plaintext);
        Provider stubborn = new Stubborn();
        Security.insertProviderAt(stubborn, 1);
        try {
            Fernet other = new Fernet(key.copy());
            assertThat(other.decrypt(token)).isEqualTo(plaintext);
            assertThat(other.decrypt(token)).isEqualTo(plaintext);
            assertThat(fernet.decrypt(other.encrypt(plaintext))).isEqualTo(plaintext);
        } finally {
            Security.removeProvider(stubborn.getName());
        }
    }

    @Test
    void neverUsesAgainACipherThatFailed() {
        List<Integer> draws = new ArrayList<>();
        Fernet failing = new Fernet(
                key,
                () -> {
                    draws.add(key.idleCiphers());
                    throw new ProviderException("hardware is gone");
                },
                InstantSource.system());
        String token = fernet.encrypt(plaintext);
        assertThat(key.idleCiphers()).isEqualTo(1);

        assertThatThrownBy(() -> failing.encrypt(plaintext))
                .isExactlyInstanceOf(CodomyrmexException.class)
                .hasMessageContaining("AES/CBC/NoPadding")
                .hasCauseExactlyInstanceOf(ProviderException.class);

        assertThat(draws).containsExactly(0);
        assertThat(key.idleCiphers()).isZero();
        assertThat(fernet.decrypt(token)).isEqualTo(plaintext);
        assertThat(key.idleCiphers()).isEqualTo(1);
    }

    @Test
    void keepsACipherThatRefused() {
        String token = fernet.encrypt(plaintext);
        String altered = token.substring(0, 40) + (token.charAt(40) == 'A' ? 'B' : 'A') + token.substring(41);

        assertThatThrownBy(() -> fernet.decrypt(altered)).isInstanceOf(InvalidTokenException.class);
        assertThatThrownBy(() -> fernet.decrypt("no token")).isInstanceOf(InvalidTokenException.class);
        assertThat(key.idleCiphers()).isEqualTo(1);
        assertThat(fernet.decrypt(token)).isEqualTo(plaintext);
    }

    @Test
    void holdsNoCipherOnceTheKeyIsDestroyed() {
        fernet.encrypt(plaintext);
        assertThat(key.idleCiphers()).isEqualTo(1);

        key.destroy();

        assertThat(key.idleCiphers()).isZero();
    }

    /** Offers nothing, and counts how often it is asked. */
    private static final class Counting extends Provider {
        private static final long serialVersionUID = 1L;
        private final transient AtomicInteger lookups = new AtomicInteger();

        Counting() {
            super("Counting", "1", "asked first");
        }

        @Override
        public Service getService(String type, String algorithm) {
            lookups.incrementAndGet();
            return super.getService(type, algorithm);
        }
    }

    /** Has a SHA-256 of its own, without a clone. */
    private static final class Stubborn extends Provider {
        private static final long serialVersionUID = 1L;

        Stubborn() {
            super("Stubborn", "1", "a digest that cannot be cloned");
            put("MessageDigest.SHA-256", Digest.class.getName());
        }
    }

    /** Made by the provider's own class loader. */
    public static final class Digest extends MessageDigestSpi {
        private final MessageDigest real;

        public Digest() throws GeneralSecurityException {
            real = MessageDigest.getInstance("SHA-256", "SUN");
        }

        @Override
        protected void engineUpdate(byte input) {
            real.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            real.update(input, offset, length);
        }

        @Override
        protected byte[] engineDigest() {
            return real.digest();
        }

        @Override
        protected void engineReset() {
            real.reset();
        }
    }
}
