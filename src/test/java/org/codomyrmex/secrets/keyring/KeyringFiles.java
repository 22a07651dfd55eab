// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.WatchedDisk;

/** The files of one keyring in a directory, written and looked at as another program would. */
final class KeyringFiles {

    final Path directory;
    final Path keyFile;
    final Path ring;
    final Path lock;

    /** What a killed writer may have left. */
    final Path keyTemporary;

    final Path ringTemporary;

    KeyringFiles(Path directory) {
        this.directory = directory;
        keyFile = directory.resolve("secrets.key");
        ring = directory.resolve("secrets.key.ring");
        lock = directory.resolve("secrets.key.lock");
        keyTemporary = directory.resolve("secrets.key.0123456789abcdef.tmp");
        ringTemporary = directory.resolve("secrets.key.ring.fedcba9876543210.tmp");
    }

    /** Files in a new directory below one that exists. */
    static KeyringFiles below(Path parent, String name) {
        try {
            return new KeyringFiles(Files.createDirectory(parent.resolve(name)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    FileKeyringSource source() {
        return source(Disk.system());
    }

    FileKeyringSource source(Disk disk) {
        return new FileKeyringSource(disk, keyFile, false);
    }

    /** A ring and its mirror. */
    KeyringFiles with(Keyring keyring) {
        write(ring, ringText(keyring));
        write(keyFile, keyText(keyring.primary()));
        return this;
    }

    static byte[] ringText(Keyring keyring) {
        return Stream.concat(Stream.of(keyring.primary()), keyring.retired().stream())
                .map(key -> key.reveal() + "\n")
                .collect(Collectors.joining())
                .getBytes(US_ASCII);
    }

    static byte[] keyText(FernetKey key) {
        return key.reveal().getBytes(US_ASCII);
    }

    /** Writes a file in place, as other programs do; a new one is for its owner alone. */
    static void write(Path file, byte[] content) {
        try {
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.write(file, content);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The keyring of a fresh opening that may create nothing. */
    Keyring opened() {
        return source(quick()).load(false);
    }

    /** The real disk, but that nothing waits for the medium. */
    static Disk quick() {
        return new WatchedDisk() {
            @Override
            protected boolean waitsForMedium() {
                return false;
            }
        };
    }

    /** The keyring of a fresh opening that changes nothing and takes no lock. */
    Keyring openedWithoutATouch() {
        return source(onlyLooking()).load(false);
    }

    /** A disk on which every operation that changes anything fails, and so does the taking of a lock. */
    static Disk onlyLooking() {
        return new WatchedDisk() {
            @Override
            protected boolean waitsForMedium() {
                return false;
            }

            @Override
            protected void before(Operation operation, Path file) {
                switch (operation) {
                    case READ, EXISTS, LIST, FORCE, FORCE_DIRECTORY -> {}
                    default -> throw new AssertionError(operation + " of " + file);
                }
            }
        };
    }

    /** The ring file as it must be: one key a line, the primary first; and its mirror: 44 characters. */
    void assertWritten(Keyring keyring) {
        assertThat(ring).hasBinaryContent(ringText(keyring));
        assertThat(keyFile).hasBinaryContent(keyText(keyring.primary())).hasSize(44);
        assertNoTemporaries();
    }

    void assertNoTemporaries() {
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }

    boolean isRingTemporary(Path file) {
        return file.getFileName().toString().matches("secrets\\.key\\.ring\\.[0-9a-f]{16}\\.tmp");
    }

    boolean isKeyTemporary(Path file) {
        return file.getFileName().toString().matches("secrets\\.key\\.[0-9a-f]{16}\\.tmp");
    }

    /** What is in a directory. */
    static List<Path> listed(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Every file but the lock: its inode, times, mode and content. Equal states were not touched in between. */
    Map<String, String> state() {
        Map<String, String> state = new TreeMap<>();
        listed(directory).stream()
                .filter(file -> !file.equals(lock))
                .forEach(file -> state.put(file.getFileName().toString(), describe(file)));
        return state;
    }

    /** One file: its inode, times, mode and content; or that there is none. */
    static String describe(Path file) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return "absent";
        }
        try {
            Map<String, Object> attributes = Files.readAttributes(
                    file, "unix:ino,ctime,lastModifiedTime,mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
            byte[] content = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
            return new TreeMap<>(attributes) + " " + Arrays.hashCode(content) + " "
                    + HexFormat.of().formatHex(content, 0, Math.min(content.length, 200));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
