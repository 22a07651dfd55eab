// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;

/**
 * A rotation over many secrets of 64 bytes in memory, beside as many decryptions and encryptions on all processors, and a
 * reader, alone and during a rotation. They take turns.
 */
final class KeyRotation {
    private static final int TURNS = 6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String VALUE = "v".repeat(64);

    private final SecretManager manager = SecretManager.inMemory();
    private final Fernet from = new Fernet(FernetKey.generate());
    private final Fernet to = new Fernet(FernetKey.generate());
    private final String token = from.encrypt(VALUE);
    private final String[] ids;

    private KeyRotation(int secrets) {
        ids = new String[secrets];
        for (int i = 0; i < secrets; i++) {
            ids[i] = manager.storeSecret("secret " + i, VALUE);
        }
    }

    /**
     * Prints the rates.
     *
     * @param args the number of secrets
     */
    public static void main(String... args) {
        new KeyRotation(Integer.parseInt(args[0])).run();
    }

    private void run() {
        for (int i = 0; i < TURNS; i++) {
            tell("decryptAndEncrypt", rate(this::decryptAndEncryptAll));
            tell("rotateKey", rate(manager::rotateKey));
            tell("read", reads(() -> sleep(300)));
            tell("readDuringRotation", reads(manager::rotateKey));
        }
        manager.close();
    }

    private void tell(String operation, double perSecond) {
        System.out.println(Finding.rate(perSecond, "KeyRotation." + operation + " " + ids.length));
    }

    /** What is done to each secret once, as a rate. */
    private double rate(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return ids.length * NANOS_PER_SECOND / (System.nanoTime() - start);
    }

    private void decryptAndEncryptAll() {
        Thread[] threads = new Thread[Machine.processors()];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> decryptAndEncrypt(ids.length / threads.length));
            threads[i].start();
        }
        for (Thread thread : threads) {
            join(thread);
        }
    }

    private void decryptAndEncrypt(int times) {
        int length = 0;
        for (int i = 0; i < times; i++) {
            length |= to.encrypt(from.decrypt(token)).length();
        }
        if (length != token.length()) {
            throw new IllegalStateException("not a token");
        }
    }

    /** What one thread reads, at random, while something else goes on. */
    private double reads(Runnable beside) {
        AtomicBoolean over = new AtomicBoolean();
        double[] perSecond = new double[1];
        Thread reader = new Thread(() -> {
            SplittableRandom random = new SplittableRandom(1);
            long count = 0;
            long start = System.nanoTime();
            while (!over.get()) {
                count += manager.getSecret(ids[random.nextInt(ids.length)]).isPresent() ? 1 : 0;
            }
            perSecond[0] = count * NANOS_PER_SECOND / (System.nanoTime() - start);
        });
        reader.start();
        beside.run();
        over.set(true);
        join(reader);
        return perSecond[0];
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
