// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.WRONG_ENVELOPE;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.PassphraseEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * Seals with the passphrase in a file, and follows the file: if the passphrase no longer opens the keyring, the file is
 * read again. Sealing uses the passphrase that last opened the keyring, so a new one takes effect only once the keyring
 * is sealed under it. Thread-safe.
 */
final class PassphraseFileEnvelope implements KeyringEnvelope {

    private final PassphraseFile file;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile Passphrase current;

    /**
     * The passphrase last read from the file, if it did not open the keyring; kept so that no key is derived twice for
     * the same bytes.
     */
    private @Nullable Passphrase candidate;

    PassphraseFileEnvelope(PassphraseFile file) {
        this.file = file;
        file.warnIfOpenToOthers();
        this.current = new Passphrase(file.read());
    }

    /** A passphrase, both as text to compare with the file and as an envelope. The lock guards the text. */
    private static final class Passphrase {

        private final char[] text;
        private final KeyringEnvelope envelope;

        /** Keeps the array, which {@link #wipe} clears. */
        Passphrase(char[] text) {
            this.text = text;
            this.envelope = PassphraseEnvelope.of(text);
        }

        boolean is(char[] other) {
            return Arrays.equals(text, other);
        }

        void wipe() {
            Arrays.fill(text, '\0');
        }
    }

    @Override
    public String kind() {
        return current.envelope.kind();
    }

    @Override
    public byte[] seal(byte[] keyring, byte[] associatedData) {
        return current.envelope.seal(keyring, associatedData);
    }

    @Override
    public byte[] open(byte[] sealed, byte[] associatedData) {
        lock.lock();
        try {
            return current.envelope.open(sealed, associatedData);
        } catch (KeyringException refused) {
            if (refused.reason() != WRONG_ENVELOPE) {
                throw refused;
            }
            Passphrase next = inFile(refused);
            byte[] opened = next.envelope.open(sealed, associatedData);
            current.wipe();
            current = next;
            candidate = null;
            return opened;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the passphrase that the file holds now. Throws the given refusal if that passphrase was just refused. */
    private Passphrase inFile(KeyringException refused) {
        char[] text = read();
        Passphrase before = candidate;
        if (current.is(text)) {
            Arrays.fill(text, '\0');
            throw refused;
        }
        if (before != null && before.is(text)) {
            Arrays.fill(text, '\0');
            return before;
        }
        if (before != null) {
            before.wipe();
        }
        Passphrase next = new Passphrase(text);
        candidate = next;
        return next;
    }

    private char[] read() {
        try {
            return file.read();
        } catch (KeyringException unusable) {
            throw new KeyringException(
                    unusable.reason(),
                    "The passphrase in use does not open it, and no other passphrase could be read: "
                            + unusable.getMessage());
        }
    }

    /** {@return what it is, never the passphrase} */
    @Override
    public String toString() {
        return "PassphraseFileEnvelope";
    }
}
