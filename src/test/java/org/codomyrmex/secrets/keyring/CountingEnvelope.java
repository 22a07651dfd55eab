// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.concurrent.atomic.AtomicInteger;

/** An envelope that counts what is asked of it, and does something first where a ring is to be opened. */
public final class CountingEnvelope implements KeyringEnvelope {

    private final KeyringEnvelope real;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Runnable beforeOpening = () -> {};

    /** Counts the calls of another. */
    public CountingEnvelope(KeyringEnvelope real) {
        this.real = real;
    }

    /** What is done before a ring is opened; what it throws is what the opening throws. */
    public void beforeOpening(Runnable work) {
        beforeOpening = work;
    }

    /** How often it has been asked since this was called last. */
    public int callsSince() {
        return calls.getAndSet(0);
    }

    @Override
    public String kind() {
        return real.kind();
    }

    @Override
    public byte[] seal(byte[] keyring, byte[] associatedData) {
        calls.incrementAndGet();
        return real.seal(keyring, associatedData);
    }

    @Override
    public byte[] open(byte[] sealed, byte[] associatedData) {
        calls.incrementAndGet();
        beforeOpening.run();
        return real.open(sealed, associatedData);
    }
}
