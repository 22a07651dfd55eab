// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.Keyring;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.KeyringSnapshot;
import org.codomyrmex.secrets.keyring.KeyringSource;
import org.codomyrmex.secrets.keyring.ReloadableKeyringSource;
import org.codomyrmex.secrets.keyring.RotatableKeyringSource;

/** Adapts any keyring source: it returns snapshots, and throws only what the contract allows. */
final class ReloadedSource {

    private final KeyringSource source;

    ReloadedSource(KeyringSource source) {
        this.source = source;
    }

    /** Opens the keyring, or creates it. */
    KeyringSnapshot open(boolean mayCreate) {
        KeyringSnapshot opened = asked(() -> KeyringSnapshot.of(source.load(mayCreate)));
        if (!(source instanceof ReloadableKeyringSource)) {
            return opened;
        }
        opened.keyring().keys().forEach(this::dropSurplus);
        return reload(Optional.empty(), Duration.ZERO);
    }

    KeyringSnapshot reload(Optional<KeyringSnapshot> last, Duration lockWait) {
        return asked(() -> source instanceof ReloadableKeyringSource reloadable
                ? reloadable.reload(last, lockWait)
                : snapshot(source.load(false), last));
    }

    /** A source that cannot tell has changed if its keys have. */
    private static KeyringSnapshot snapshot(Keyring loaded, Optional<KeyringSnapshot> last) {
        return last.filter(known -> known.keyring().equals(loaded)).orElseGet(() -> KeyringSnapshot.of(loaded));
    }

    /** An exception outside the contract may contain anything, so neither its message nor its cause is kept. */
    private static KeyringSnapshot asked(Supplier<KeyringSnapshot> source) {
        try {
            return Objects.requireNonNull(source.get(), "the keyring source returned null");
        } catch (KeyringException contracted) {
            throw contracted;
        } catch (CodomyrmexException ours) {
            throw new KeyringException(UNAVAILABLE, String.valueOf(ours.getMessage()), ours);
        } catch (RuntimeException | StackOverflowError foreign) {
            throw new KeyringException(
                    UNAVAILABLE,
                    "The keyring source failed with " + foreign.getClass().getName()
                            + ", expected a keyring or a KeyringException. Fix the source.");
        }
    }

    Optional<RotatableKeyringSource> rotatable() {
        return source instanceof RotatableKeyringSource rotatable ? Optional.of(rotatable) : Optional.empty();
    }

    /**
     * Returns a key of a snapshot for the manager to keep and destroy; a copy if the source is the application's own.
     */
    FernetKey owned(FernetKey key) {
        return source instanceof FileKeyringSource ? key : key.copy();
    }

    /** Wipes a key of a snapshot that the manager already has, unless it belongs to the application. */
    void dropSurplus(FernetKey key) {
        if (source instanceof FileKeyringSource) {
            key.destroy();
        }
    }

    /** Drops the keys that the source keeps. */
    void dropKeys() {
        if (source instanceof FileKeyringSource file) {
            file.dropKeys();
        }
    }
}
