// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.PathText;
import org.jspecify.annotations.Nullable;

/**
 * A keyring in two files. {@code secrets.key.ring} is the keyring, one key a line, the primary first: the truth.
 * {@code secrets.key} is its mirror for every other Fernet program: the primary alone, byte for byte as Python's
 * {@code cryptography} reads and writes it. A third file, {@code secrets.key.lock}, is the lock and is never deleted.
 *
 * <p>What is promised, at any crash or power loss and with any number of processes: a key that was once in use is never
 * lost but by {@link #destroy}; a key is created only where both files are provably absent; a change is durable before it
 * is used; a key that another program writes into the key file joins the ring as its primary. Directories are created
 * with mode 0700 and files with 0600; a replaced file keeps owner, group and mode. One limit: a program that writes the
 * key file in the very instant in which it is replaced here can lose the key it wrote, for Fernet programs do not lock.
 * {@link #withEnvelope} keeps the ring sealed; then the key file holds a mark, and other Fernet programs have no key.
 *
 * <p>Thread-safe. Opening a keyring that needs no recovery takes no lock.
 */
public final class FileKeyringSource implements RotatableKeyringSource, ReloadableKeyringSource {

    private final Disk disk;
    private final Path keyFile;
    private final boolean strict;
    private final Duration settling;
    private final RingForm form;
    private final FileKeyring files;

    /**
     * The ring that this source returned last; a change is refused if an older or a different sealed ring has replaced
     * it.
     */
    private volatile @Nullable RingTrace last;

    FileKeyringSource(Disk disk, Path keyFile, boolean strict) {
        this(disk, keyFile, strict, FileKeyring.SETTLING);
    }

    FileKeyringSource(Disk disk, Path keyFile, boolean strict, Duration settling) {
        this(disk, keyFile, strict, settling, RingForm.PLAIN);
    }

    private FileKeyringSource(Disk disk, Path keyFile, boolean strict, Duration settling, RingForm form) {
        this.disk = disk;
        this.keyFile = keyFile;
        this.strict = strict;
        this.settling = settling;
        this.form = form;
        this.files = new FileKeyring(disk, keyFile, form, new KeyringReports(keyFile, strict), settling);
    }

    /**
     * A source for one key file. Nothing is opened yet.
     *
     * @param keyFile the key file; a relative path counts from the working directory; links are followed at each load
     * @return the source
     * @throws IllegalArgumentException if the path is empty, does not name a file, has a control character, is not on
     *     the default file system, or is probably not meant literally: it begins with {@code ~} or {@code file:}, is
     *     quoted, begins or ends with white space, or contains a variable
     */
    public static FileKeyringSource at(Path keyFile) {
        Objects.requireNonNull(keyFile, "keyFile");
        if (keyFile.getFileName() == null || keyFile.getFileName().toString().isEmpty()) {
            throw new IllegalArgumentException("keyFile is "
                    + (keyFile.toString().isEmpty() ? "empty" : keyFile) + ", expected the path of a file");
        }
        PathText.oddity(keyFile.toString()).ifPresent(odd -> {
            throw new IllegalArgumentException("keyFile " + odd);
        });
        if (keyFile.toString().chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "keyFile has a control character, which would garble every message on it");
        }
        if (keyFile.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException(
                    "keyFile is not on the default file system, expected a file of this machine");
        }
        return new FileKeyringSource(Disk.system(), keyFile.toAbsolutePath(), false);
    }

    /**
     * This source, refusing files that every user of the machine can read instead of warning of them.
     *
     * @return the stricter source
     */
    public FileKeyringSource withStrictPermissions() {
        return new FileKeyringSource(disk, keyFile, true, settling, form);
    }

    /**
     * This source, with a ring that is sealed: without what the envelope holds, nobody has a key from the files. An
     * absent keyring is created sealed, and no plain key touches the disk. A plain one is refused ({@link #seal} it
     * once), unless this source {@linkplain #acceptingPlain accepts} it. The source keeps the opened keyring in memory,
     * so that it calls an envelope only if the ring has changed.
     *
     * <p>To change the envelope without downtime, give every process both the current envelope and the new one, then
     * {@link #seal} the ring in the new one.
     *
     * @param envelope seals the ring, and opens it
     * @param alsoOpens further envelopes, each of which opens a ring that it sealed
     * @return the source of a sealed ring
     * @throws IllegalArgumentException if the kind of an envelope is invalid
     */
    public FileKeyringSource withEnvelope(KeyringEnvelope envelope, KeyringEnvelope... alsoOpens) {
        RingForm sealed = RingForm.sealedIn(envelope, alsoOpens);
        return new FileKeyringSource(
                disk, keyFile, strict, settling, form.plainAccepted() ? sealed.acceptingPlain() : sealed);
    }

    /**
     * This source, which also accepts a ring that is still plain, with a warning, until it is sealed. Use it for
     * processes that are given the envelope before the ring is sealed, so that they need no restart. Until then, anyone
     * who can write to the files can choose the keys, as with any plain ring. Without an envelope this changes nothing.
     *
     * @return the source that accepts both
     */
    public FileKeyringSource acceptingPlain() {
        return new FileKeyringSource(disk, keyFile, strict, settling, form.acceptingPlain());
    }

    /**
     * Seals the ring in place: a plain one, a lone key file, or one that is sealed under this source's envelope, which is
     * how an envelope is changed. No key and no secret changes, and every crash leaves a keyring that opens with the former
     * envelope (or none) or with the new one. Running managers that have the envelope and are
     * {@linkplain #acceptingPlain accepting} a plain ring follow within a second; others go on reading and refuse to encrypt
     * until they are opened again with {@link #withEnvelope}. The key file holds a mark afterwards, so that other Fernet programs fail instead of
     * using a key of their own. <b>Copies and backups of the plain files still hold the keys</b>: rotate the key
     * afterwards, and destroy the former ones, where somebody may have seen them.
     *
     * @param envelope seals the ring from now on
     * @throws KeyringException where there is no keyring, it is sealed under another envelope, the envelope does not seal
     *     it, or the files cannot be changed; the message says which state is in place
     * @throws IllegalArgumentException where the envelope's kind is not as it must be
     */
    public void seal(KeyringEnvelope envelope) {
        RingForm target = RingForm.sealedIn(envelope);
        translated(() -> files.locked().put(target));
    }

    /**
     * Takes the ring out of this source's envelope, in place; a plain one stays as it is. Afterwards the key file holds the
     * primary key again.
     *
     * @throws KeyringException where there is no keyring, this source's envelope does not open it, or the files cannot be
     *     changed; the message says which state is in place
     */
    public void unseal() {
        translated(() -> files.locked().put(RingForm.PLAIN));
    }

    /**
     * Where the key file is.
     *
     * @return its absolute path, as it was asked for
     */
    public Path keyFile() {
        return keyFile;
    }

    /**
     * {@inheritDoc}
     *
     * @throws KeyringException where the files are absent and may not be created, malformed, unreadable, too open for a
     *     strict source, locked for 30 s, sealed where this source has no envelope or another one, or plain where it has
     *     one; the message names the file and says what to do, and nothing was touched
     */
    @Override
    public Keyring load(boolean mayCreate) {
        // Without an envelope there is no sealed ring that this source could go on with.
        Optional<RingTrace> used = form.isSealed() ? Optional.ofNullable(last) : Optional.empty();
        return translated(() -> files.load(mayCreate, used)).keyring();
    }

    @Override
    public KeyringSnapshot reload(Optional<KeyringSnapshot> lastAccepted, Duration lockWait) {
        Objects.requireNonNull(lastAccepted, "lastAccepted");
        Objects.requireNonNull(lockWait, "lockWait");
        return translated(() -> files.reload(lastAccepted, lockWait));
    }

    @Override
    public Keyring update(UnaryOperator<Keyring> change) {
        Objects.requireNonNull(change, "change");
        return translated(() -> files.locked().update(Optional.ofNullable(last), change))
                .keyring();
    }

    @Override
    public Keyring destroy(String keyId, BooleanSupplier forbid) {
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(forbid, "forbid");
        return translated(() -> files.locked().destroy(Optional.ofNullable(last), keyId, forbid))
                .keyring();
    }

    /**
     * Drops the opened keyring, which this source keeps so that it need not call its envelopes again; the next use
     * opens the ring once more. Closing a manager calls this.
     */
    public void dropKeys() {
        form.dropKeys();
    }

    private interface FileWork {
        KeyringSnapshot run() throws IOException;
    }

    private KeyringSnapshot translated(FileWork work) {
        try {
            KeyringSnapshot given = work.run();
            last = given.trace();
            return given;
        } catch (IOException failed) {
            throw KeyringReports.failed(keyFile, failed);
        }
    }

    /** {@return the path, whether it is strict, and the kind of its envelope} */
    @Override
    public String toString() {
        return "FileKeyringSource[" + keyFile + (strict ? ", strict" : "")
                + (form.isSealed() ? ", sealed: " + form.kind() : "") + "]";
    }
}
