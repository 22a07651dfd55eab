// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Objects;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.FileTooLargeException;
import org.codomyrmex.secrets.files.StagedFile;
import org.jspecify.annotations.Nullable;

/** What the two files of a keyring hold at one look: the state that the recovery table is asked about. */
final class Found {

    /** The largest key file or ring that is read, in bytes. */
    static final int LIMIT_BYTES = 1 << 20;

    /** What the ring is found to be. */
    enum RingFile {
        PLAIN,
        SEALED,
        ABSENT,
        MALFORMED
    }

    /** What the key file is found to be, seen from the ring. */
    enum KeyFile {
        MIRROR,
        RETIRED_KEY,
        OTHER_KEY,
        SEALED_MARK,
        ABSENT,
        MALFORMED
    }

    private final RingFile ringFile;
    private final KeyFile keyFile;
    private final @Nullable Keyring ring;
    private final @Nullable FernetKey key;
    private final Content ringContent;
    private final Content keyContent;
    private final boolean temporaries;

    private Found(KeyringLocation at, Content ringContent, Content keyContent, RingForm form, boolean temporaries) {
        this.ringContent = ringContent;
        this.keyContent = keyContent;
        this.temporaries = temporaries;
        ring = ringContent.isSealed() ? ringContent.asSealedRing(form, at.ring()) : ringContent.asRing();
        key = keyContent.asKey();
        ringFile = ringContent.bytes == null && ringContent.problem == null
                ? RingFile.ABSENT
                : ringContent.problem != null
                        ? RingFile.MALFORMED
                        : ringContent.isSealed() ? RingFile.SEALED : RingFile.PLAIN;
        keyFile = keyContent.bytes == null && keyContent.problem == null
                ? KeyFile.ABSENT
                : keyContent.isSealed() ? KeyFile.SEALED_MARK : key == null ? KeyFile.MALFORMED : place(key, ring);
    }

    private static KeyFile place(FernetKey key, @Nullable Keyring ring) {
        if (ring == null || !ring.contains(key.id())) {
            return KeyFile.OTHER_KEY;
        }
        return ring.primary().equals(key) ? KeyFile.MIRROR : KeyFile.RETIRED_KEY;
    }

    /**
     * Reads both files: the ring first, so that a rotation between the two reads shows as a difference. A sealed ring is
     * opened if the form has an envelope.
     *
     * @throws KeyringException where the envelope does not open it
     */
    static Found at(KeyringLocation at, Disk disk, RingForm form) throws IOException {
        Content ring = Content.of(at.ring(), disk);
        Content key = Content.of(at.keyFile(), disk);
        boolean temporaries =
                disk.exists(StagedFile.temporaryOf(at.ring())) || disk.exists(StagedFile.temporaryOf(at.keyFile()));
        return new Found(at, ring, key, form, temporaries);
    }

    RingFile ringFile() {
        return ringFile;
    }

    KeyFile keyFile() {
        return keyFile;
    }

    /** The keyring of a ring that is plain, or was opened. */
    Keyring ring() {
        return Objects.requireNonNull(ring, "ring");
    }

    /** The key of a key file that holds one. */
    FernetKey key() {
        return Objects.requireNonNull(key, "key");
    }

    /** Whether there is nothing to recover: the key file is as the ring wants it, and nothing half-done lies beside them. */
    boolean isWhole() {
        KeyFile wanted = isSealed() ? KeyFile.SEALED_MARK : KeyFile.MIRROR;
        return ring != null && keyFile == wanted && !temporaries;
    }

    boolean isSealed() {
        return ringFile == RingFile.SEALED;
    }

    /** Whether there is a key file and no ring, as other Fernet programs leave it. */
    boolean isLoneKey() {
        return ringFile == RingFile.ABSENT && keyFile == KeyFile.OTHER_KEY;
    }

    /** What is wrong with a malformed ring, in words that do not repeat its content. */
    String ringProblem() {
        return Objects.requireNonNullElse(ringContent.problem, "");
    }

    /** What is wrong with a malformed key file, in words that do not repeat its content. */
    String keyProblem() {
        return Objects.requireNonNullElse(keyContent.problem, "");
    }

    /** Whether there is nothing at all: provably no ring, no key file, and no sign that somebody is making them. */
    boolean isNothing() {
        return ringFile == RingFile.ABSENT && keyFile == KeyFile.ABSENT && !temporaries;
    }

    /** A digest by which one content of the ring is told from another. */
    byte[] ringDigest() {
        return KeyringText.digest(Objects.requireNonNull(ringContent.bytes, "ring"));
    }

    boolean sameKeyFileAs(Found other) {
        return keyContent.sameAs(other.keyContent);
    }

    /** One file's bytes, or why there are none. */
    private static final class Content {

        private final byte @Nullable [] bytes;
        private @Nullable String problem;

        private Content(byte @Nullable [] bytes, @Nullable String problem) {
            this.bytes = bytes;
            this.problem = problem;
        }

        static Content of(Path file, Disk disk) throws IOException {
            try {
                byte[] bytes = disk.read(file, LIMIT_BYTES);
                return new Content(bytes, bytes.length == 0 ? "it is empty" : null);
            } catch (NoSuchFileException absent) {
                if (Files.isSymbolicLink(file)) {
                    throw new FileSystemException(file.toString(), null, "is a link to nothing");
                }
                return new Content(null, null);
            } catch (FileTooLargeException tooLarge) {
                return new Content(null, "it is larger than 1 MiB");
            }
        }

        boolean isSealed() {
            return bytes != null && SealedRing.begins(bytes);
        }

        @Nullable
        Keyring asSealedRing(RingForm form, Path place) {
            try {
                SealedRing sealed = SealedRing.parse(Objects.requireNonNull(bytes));
                return form.isSealed() ? form.open(sealed, place) : null;
            } catch (IllegalArgumentException malformed) {
                problem = malformed.getMessage();
                return null;
            }
        }

        @Nullable
        Keyring asRing() {
            if (bytes == null || problem != null) {
                return null;
            }
            try {
                return Keyring.parse(new String(bytes, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException malformed) {
                problem = malformed.getMessage();
                return null;
            }
        }

        @Nullable
        FernetKey asKey() {
            if (bytes == null || problem != null || isSealed()) {
                return null;
            }
            try {
                return FernetKey.parse(bytes);
            } catch (IllegalArgumentException malformed) {
                problem = malformed.getMessage();
                return null;
            }
        }

        boolean sameAs(Content other) {
            return MessageDigest.isEqual(bytes, other.bytes) && Objects.equals(problem, other.problem);
        }
    }
}
