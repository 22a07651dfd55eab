// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.FileTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * The two files of a keyring as they were read at one moment: the input of the recovery table. Keeps keys and digests,
 * never the bytes of the files.
 */
final class Found {

    /** The largest key file or ring that is read, in bytes. */
    static final int LIMIT_BYTES = 1 << 20;

    /** The state of the ring. */
    enum RingFile {
        PLAIN,
        SEALED,
        ABSENT,
        MALFORMED
    }

    /** The state of the key file, relative to the ring. */
    enum KeyFile {
        MIRROR,
        RETIRED_KEY,
        OTHER_KEY,
        /** A key that the ring lacks, in a file whose owner is not trusted. */
        FOREIGN_KEY,
        SEALED_MARK,
        ABSENT,
        MALFORMED
    }

    private final RingFile ringFile;
    private final KeyFile keyFile;
    private final @Nullable Keyring ring;
    private final Optional<SealedRing.Header> header;
    private final @Nullable FernetKey key;
    private final String ringIdentity;
    private final byte[] ringDigest;
    private final byte[] keyFileDigest;
    private final String ringProblem;
    private final String keyProblem;

    private Found(KeyringLocation at, Raw raw, RingForm form) throws IOException {
        ringIdentity = raw.ringIdentity;
        ringDigest = raw.ring.digest();
        keyFileDigest = raw.keyFile.digest();
        String problem = raw.ring.problem;
        Keyring read = null;
        Optional<SealedRing.Header> sealed = Optional.empty();
        byte @Nullable [] content = raw.ring.bytes;
        if (content != null && problem.isEmpty()) {
            try {
                if (SealedRing.begins(content)) {
                    SealedRing whole = SealedRing.parse(content);
                    sealed = Optional.of(whole.header());
                    read = form.isSealed() ? form.open(whole, at.ring()) : null;
                } else {
                    read = KeyringText.parse(content);
                }
            } catch (IllegalArgumentException malformed) {
                problem = String.valueOf(malformed.getMessage());
            }
        }
        ring = read;
        header = sealed;
        ringProblem = problem;
        ringFile = !problem.isEmpty()
                ? RingFile.MALFORMED
                : content == null ? RingFile.ABSENT : sealed.isPresent() ? RingFile.SEALED : RingFile.PLAIN;

        String keyTrouble = raw.keyFile.problem;
        FernetKey single = null;
        byte @Nullable [] keyContent = raw.keyFile.bytes;
        boolean mark = keyContent != null && SealedRing.begins(keyContent);
        if (keyContent != null && keyTrouble.isEmpty() && !mark) {
            try {
                single = FernetKey.parse(keyContent);
            } catch (IllegalArgumentException malformed) {
                keyTrouble = String.valueOf(malformed.getMessage());
            }
        }
        key = single;
        keyProblem = keyTrouble;
        keyFile = !keyTrouble.isEmpty()
                ? KeyFile.MALFORMED
                : keyContent == null ? KeyFile.ABSENT : mark ? KeyFile.SEALED_MARK : place(at, key());
    }

    private KeyFile place(KeyringLocation at, FernetKey found) throws IOException {
        if (ring != null && ring.contains(found.id())) {
            return ring.primary().equals(found) ? KeyFile.MIRROR : KeyFile.RETIRED_KEY;
        }
        return FileOwners.mayAdoptKeyFile(at) ? KeyFile.OTHER_KEY : KeyFile.FOREIGN_KEY;
    }

    /** The unparsed bytes of both files. Closing wipes them. */
    static final class Raw implements AutoCloseable {

        /** Each change makes a new file, even one that brings former content back. */
        private final String ringIdentity;

        private final Content ring;
        private final Content keyFile;

        private Raw(String ringIdentity, Content ring, Content keyFile) {
            this.ringIdentity = ringIdentity;
            this.ring = ring;
            this.keyFile = keyFile;
        }

        /** Reads the ring first, so that a rotation between the two reads shows as a difference. */
        static Raw read(KeyringLocation at, Disk disk) throws IOException {
            String identity = identityOf(at.ring());
            Content ring = Content.of(at.ring(), disk);
            if (ring.unreadable != null) {
                throw ring.unreadable;
            }
            Content keyFile = Content.of(at.keyFile(), disk);
            // A whole ring is used whatever the state of the key file; without one, the key file must be readable.
            if (keyFile.unreadable != null && ring.bytes == null) {
                throw keyFile.unreadable;
            }
            return new Raw(identity, ring, keyFile);
        }

        boolean isStill(RingTrace last) {
            return last.isStill(ring.digest(), keyFile.digest(), ringIdentity);
        }

        private static String identityOf(Path file) {
            try {
                BasicFileAttributes found =
                        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                return found.fileKey() + " " + found.lastModifiedTime();
            } catch (IOException absent) {
                return "";
            }
        }

        @Override
        public void close() {
            ring.wipe();
            keyFile.wipe();
        }
    }

    /**
     * Reads and parses both files. A sealed ring is opened if the form has an envelope.
     *
     * @throws KeyringException if the envelope does not open it
     */
    static Found at(KeyringLocation at, Disk disk, RingForm form) throws IOException {
        try (Raw raw = Raw.read(at, disk)) {
            return of(at, raw, form);
        }
    }

    static Found of(KeyringLocation at, Raw raw, RingForm form) throws IOException {
        return new Found(at, raw, form);
    }

    RingFile ringFile() {
        return ringFile;
    }

    KeyFile keyFile() {
        return keyFile;
    }

    /** Whether there is a whole ring, plain or opened. */
    boolean hasRing() {
        return ring != null;
    }

    /** The keyring of a ring that is plain, or was opened. */
    Keyring ring() {
        return Objects.requireNonNull(ring, "ring");
    }

    /** The first line of a sealed ring. */
    Optional<SealedRing.Header> header() {
        return header;
    }

    /** The key of a key file that holds one. */
    FernetKey key() {
        return Objects.requireNonNull(key, "key");
    }

    /** Whether there is nothing to recover: the key file matches the ring. */
    boolean isWhole() {
        return ring != null && keyFile == (isSealed() ? KeyFile.SEALED_MARK : KeyFile.MIRROR);
    }

    boolean isSealed() {
        return ringFile == RingFile.SEALED;
    }

    /** Whether there is a key file and no ring, as other Fernet programs leave it. */
    boolean isLoneKey() {
        return ringFile == RingFile.ABSENT && (keyFile == KeyFile.OTHER_KEY || keyFile == KeyFile.FOREIGN_KEY);
    }

    /** What is wrong with a malformed ring, in words that do not repeat its content. */
    String ringProblem() {
        return ringProblem;
    }

    /** What is wrong with a malformed key file, in words that do not repeat its content. */
    String keyProblem() {
        return keyProblem;
    }

    /** Whether there is nothing at all: provably no ring and no key file. */
    boolean isNothing() {
        return ringFile == RingFile.ABSENT && keyFile == KeyFile.ABSENT;
    }

    /** A digest of the ring's content. */
    byte[] ringDigest() {
        return ringDigest.clone();
    }

    /** The same for the key file. */
    byte[] keyFileDigest() {
        return keyFileDigest.clone();
    }

    /** The digest of a file as it is now. */
    static byte[] digestOf(Path file, Disk disk) {
        Content content = Content.of(file, disk);
        content.wipe();
        return content.digest();
    }

    boolean isOf(byte[] ring, byte[] keyFile) {
        return Arrays.equals(ringDigest, ring) && Arrays.equals(keyFileDigest, keyFile);
    }

    /** A snapshot of this state with a given keyring, which may include the key that another program wrote. */
    KeyringSnapshot snapshot(Keyring keyring, boolean settled) {
        return new KeyringSnapshot(
                keyring, new RingTrace(header, ringIdentity, ringDigest, keyFileDigest, keyring.keyIds(), settled));
    }

    /** One file's bytes, or why there are none. */
    private static final class Content {

        private static final byte[] NOTHING = new byte[0];

        private final byte @Nullable [] bytes;
        private final String problem;
        private final @Nullable IOException unreadable;
        private final byte[] digest;

        private Content(byte @Nullable [] bytes, String problem, @Nullable IOException unreadable) {
            this.bytes = bytes;
            this.problem = problem;
            this.unreadable = unreadable;
            this.digest = bytes != null
                    ? KeyringText.digest(bytes)
                    : problem.isEmpty() ? NOTHING : KeyringText.digest(problem.getBytes(StandardCharsets.UTF_8));
        }

        static Content of(Path file, Disk disk) {
            try {
                byte[] bytes = disk.read(file, LIMIT_BYTES);
                return new Content(bytes, bytes.length == 0 ? "it is empty" : "", null);
            } catch (NoSuchFileException absent) {
                return new Content(null, "", null);
            } catch (FileTooLargeException tooLarge) {
                return new Content(null, "it is larger than 1 MiB", null);
            } catch (IOException failed) {
                return unreadable(failed);
            }
        }

        private static Content unreadable(IOException failed) {
            return new Content(null, "it cannot be read (" + failed.getClass().getSimpleName() + ")", failed);
        }

        byte[] digest() {
            return digest;
        }

        void wipe() {
            if (bytes != null) {
                Arrays.fill(bytes, (byte) 0);
            }
        }
    }
}
