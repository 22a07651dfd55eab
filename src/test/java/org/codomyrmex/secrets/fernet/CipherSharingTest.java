// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.fernet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.codomyrmex.CodomyrmexException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads on few keys: nobody ever gets what another's key or another's call made. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CipherSharingTest {

    private static final int THREADS = 16;
    private static final int ROUNDS = 1500;

    private final List<byte[]> keyBytes =
            Stream.generate(CipherSharingTest::random).limit(4).toList();
    private final List<FernetKey> keys = keyBytes.stream().map(FernetKey::of).toList();
    private final List<Fernet> fernets = keys.stream().map(Fernet::new).toList();

    /** Of the same keys, but none of whose ciphers anybody else uses. */
    private final List<Fernet> alone =
            keyBytes.stream().map(bytes -> new Fernet(FernetKey.of(bytes))).toList();

    private static byte[] random() {
        byte[] bytes = new byte[32];
        new Random(System.nanoTime()).nextBytes(bytes);
        return bytes;
    }

    @Test
    void neverMixesKeysOrCallers() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<Integer>> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int seed = i;
                workers.add(threads.submit(() -> {
                    start.await();
                    return work(new Random(seed), seed);
                }));
            }
            int doomed = 0;
            for (Future<Integer> worker : workers) {
                doomed += worker.get();
            }
            assertThat(doomed).as("uses of keys destroyed in the middle").isPositive();
        } finally {
            threads.shutdownNow();
        }
        int most = 4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors());
        assertThat(keys).allSatisfy(key -> assertThat(key.idleCiphers()).isLessThanOrEqualTo(most));
    }

    private int work(Random random, int seed) {
        int destroyed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int at = random.nextInt(keys.size());
            Fernet fernet = fernets.get(at);
            byte[] plaintext = new byte[random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(300)];
            random.nextBytes(plaintext);
            String token = fernet.encrypt(plaintext);
            byte[] opened = alone(at, token);
            if (!Arrays.equals(opened, plaintext) || !Arrays.equals(fernet.decrypt(token), plaintext)) {
                throw new AssertionError("round " + round + " of thread " + seed);
            }
            switch (random.nextInt(6)) {
                case 0 -> refused(fernets.get((at + 1) % keys.size()), token);
                case 1 -> refused(fernet, token.substring(0, token.length() - 4));
                case 2 -> failsInTheMiddle(keys.get(at), plaintext);
                case 3 -> destroyed += destroyedInTheMiddle(at, plaintext) ? 1 : 0;
                default -> {}
            }
        }
        return destroyed;
    }

    private byte[] alone(int at, String token) {
        Fernet unshared = alone.get(at);
        synchronized (unshared) {
            return unshared.decrypt(token);
        }
    }

    private static void refused(Fernet fernet, String token) {
        try {
            fernet.decrypt(token);
        } catch (InvalidTokenException expected) {
            return;
        }
        throw new AssertionError("not refused");
    }

    private static void failsInTheMiddle(FernetKey key, byte[] plaintext) {
        byte[] tooShort = new byte[15];
        try {
            new Fernet(key, () -> tooShort, InstantSource.system()).encrypt(plaintext);
        } catch (IllegalArgumentException | CodomyrmexException expected) {
            return;
        }
        throw new AssertionError("made a token with 15 bytes of IV");
    }

    /** Whether the key was seen destroyed; what was made before is whole. */
    private boolean destroyedInTheMiddle(int at, byte[] plaintext) {
        FernetKey doomed = keys.get(at).copy();
        Fernet user = new Fernet(doomed);
        Thread destroyer = new Thread(doomed::destroy);
        destroyer.start();
        try {
            for (int i = 0; i < 1000; i++) {
                if (!Arrays.equals(alone(at, user.encrypt(plaintext)), plaintext)) {
                    throw new AssertionError("a token of half a key");
                }
            }
            return false;
        } catch (IllegalStateException expected) {
            return true;
        }
    }
}
