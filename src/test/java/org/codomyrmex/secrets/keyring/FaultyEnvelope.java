// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;

/** Seals with a passphrase, in few rounds, until something is wrong with it. */
final class FaultyEnvelope implements KeyringEnvelope {

    private static final Keyring STRANGE = Keyring.of(FernetKey.generate());

    /** What an envelope makes of a text, where it would give what the sound one makes of it. */
    interface Work {
        byte[] on(byte[] text, byte[] associatedData, Work sound);
    }

    record Fault(String name, Work work, Reason reason, String words) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Fault throwing(Reason reason) {
        return new Fault(
                "throws " + reason,
                (text, associated, sound) -> {
                    throw new KeyringException(reason, "Some words on it.");
                },
                reason == Reason.WRONG_ENVELOPE ? reason : Reason.UNAVAILABLE,
                "Some words on it.");
    }

    private static Fault throwing(Throwable thrown) {
        return new Fault(
                "throws " + thrown.getClass().getSimpleName(),
                (text, associated, sound) -> {
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) thrown;
                },
                Reason.UNAVAILABLE,
                "It failed with " + thrown.getClass().getName() + ".");
    }

    static Fault giving(String name, byte[] given, String words) {
        return new Fault(name, (text, associated, sound) -> given, Reason.WRONG_ENVELOPE, words);
    }

    /** What is wrong with an envelope whether it seals or opens. */
    static Stream<Fault> faults() {
        return Stream.concat(
                Stream.of(Reason.values()).map(FaultyEnvelope::throwing),
                Stream.of(
                        throwing(new IllegalStateException("of the test")),
                        throwing(new NullPointerException()),
                        throwing(new NoClassDefFoundError("com/example/Missing")),
                        throwing(new ExceptionInInitializerError("of the test")),
                        giving("gives null", null, "It returned null."),
                        giving("gives nothing", new byte[0], ""),
                        giving("gives rubbish", new byte[] {0, -1, 7, 'x'}, "")));
    }

    static Stream<Fault> sealingFaults() {
        return Stream.concat(
                faults(),
                Stream.of(
                        new Fault(
                                "seals another keyring",
                                (text, associated, sound) ->
                                        sound.on(KeyringFiles.ringText(STRANGE), associated, sound),
                                Reason.WRONG_ENVELOPE,
                                "opens as a different keyring"),
                        new Fault(
                                "seals a part of it",
                                (text, associated, sound) ->
                                        sound.on(Arrays.copyOf(text, text.length - 45), associated, sound),
                                Reason.WRONG_ENVELOPE,
                                " keyring. The files"),
                        new Fault(
                                "wipes the keyring before it seals",
                                (text, associated, sound) -> {
                                    Arrays.fill(text, (byte) 0);
                                    return sound.on(text, associated, sound);
                                },
                                Reason.WRONG_ENVELOPE,
                                "Its content is not a keyring."),
                        new Fault(
                                "alters the associated data before it seals",
                                (text, associated, sound) -> {
                                    associated[0]++;
                                    return sound.on(text, associated, sound);
                                },
                                Reason.WRONG_ENVELOPE,
                                "was altered")));
    }

    private final KeyringEnvelope sound = new PassphraseEnvelope("of the tests".toCharArray(), 1000, 1000);

    /** How often it was asked. */
    final AtomicInteger asked = new AtomicInteger();

    volatile Work sealing = (text, associated, same) -> same.on(text, associated, same);
    volatile Work opening = sealing;

    @Override
    public String kind() {
        return "of-the-test";
    }

    @Override
    public byte[] seal(byte[] keyring, byte[] associatedData) {
        asked.incrementAndGet();
        return sealing.on(keyring, associatedData, (text, associated, same) -> sound.seal(text, associated));
    }

    @Override
    public byte[] open(byte[] sealed, byte[] associatedData) {
        asked.incrementAndGet();
        return opening.on(sealed, associatedData, (text, associated, same) -> sound.open(text, associated));
    }
}
