// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;
import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import java.util.function.Supplier;

/**
 * An envelope of which one call fails. The calls are counted over all envelopes of one piece of work.
 *
 * @param real what does all other calls
 * @param calls counts, and says which call fails and how
 */
record FailingEnvelope(KeyringEnvelope real, Calls calls) implements KeyringEnvelope {

    /** How a call fails, and what is said of it. */
    enum Way {
        UNAVAILABLE_NOW(UNAVAILABLE, "the KMS cannot be reached"),
        THROWS(UNAVAILABLE, "It failed with java.lang.IllegalArgumentException."),
        LACKS_A_CLASS(UNAVAILABLE, "It failed with java.lang.NoClassDefFoundError."),
        GIVES_NULL(WRONG_ENVELOPE, "It returned null."),
        GIVES_NOTHING(WRONG_ENVELOPE, ""),
        GIVES_RUBBISH(WRONG_ENVELOPE, "");

        private final KeyringException.Reason reason;
        private final String words;

        Way(KeyringException.Reason reason, String words) {
            this.reason = reason;
            this.words = words;
        }

        KeyringException.Reason reason() {
            return reason;
        }

        String words() {
            return words;
        }

        private byte[] fail() {
            return switch (this) {
                case UNAVAILABLE_NOW -> throw new KeyringException(UNAVAILABLE, words);
                case THROWS -> throw new IllegalArgumentException("whatever it says");
                case LACKS_A_CLASS -> throw new NoClassDefFoundError("whatever it says");
                case GIVES_NULL -> null;
                case GIVES_NOTHING -> new byte[0];
                case GIVES_RUBBISH ->
                    "whatever it gives, in whatever length it gives it, and no keyring".getBytes(US_ASCII);
            };
        }
    }

    /** Counts calls; the n-th fails, and the 0-th is none. */
    static final class Calls {

        private final int failing;
        private final Way way;
        private int made;
        private String kind = "";

        Calls(int failing, Way way) {
            this.failing = failing;
            this.way = way;
        }

        private byte[] next(String kindAsked, Supplier<byte[]> call) {
            if (++made == failing) {
                kind = kindAsked;
                return way.fail();
            }
            return call.get();
        }

        /** The kind of the envelope that failed. */
        String kind() {
            return kind;
        }
    }

    /** How often the envelopes are called if nothing fails. */
    static int callsOf(SealedScenario scenario, KeyringFiles files) {
        scenario.state().accept(files);
        Calls calls = new Calls(0, Way.THROWS);
        scenario.work().on(files.source(KeyringFiles.quick()), envelope -> new FailingEnvelope(envelope, calls));
        return calls.made;
    }

    @Override
    public String kind() {
        return real.kind();
    }

    @Override
    public byte[] seal(byte[] keyring, byte[] associatedData) {
        return calls.next(kind(), () -> real.seal(keyring, associatedData));
    }

    @Override
    public byte[] open(byte[] sealed, byte[] associatedData) {
        return calls.next(kind(), () -> real.open(sealed, associatedData));
    }
}
