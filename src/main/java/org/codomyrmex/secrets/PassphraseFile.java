// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The passphrase file that a setting names. Messages name the setting, whose value may be the passphrase itself. */
final class PassphraseFile {

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private static final int LIMIT_BYTES = 4096;

    private final Setting setting;
    private final Path file;

    PassphraseFile(Setting setting) {
        this.setting = setting;
        this.file = setting.path("a file with a passphrase").toAbsolutePath();
    }

    /**
     * Reads the passphrase, without the line break that an editor adds at the end.
     *
     * @return at least one character; the caller must wipe the array
     * @throws KeyringException {@code UNAVAILABLE} if the file cannot be read or does not hold exactly one line of text
     */
    char[] read() {
        byte[] content = content();
        CharBuffer text = null;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            return passphrase(text);
        } catch (CharacterCodingException notText) {
            throw unusable("is not UTF-8 text");
        } finally {
            Arrays.fill(content, (byte) 0);
            if (text != null) {
                Arrays.fill(text.array(), '\0');
            }
        }
    }

    private char[] passphrase(CharBuffer text) {
        int length = text.length();
        if (length > 0 && text.charAt(length - 1) == '\n') {
            length -= length > 1 && text.charAt(length - 2) == '\r' ? 2 : 1;
        }
        CharBuffer line = text.subSequence(0, length);
        if (line.isEmpty()) {
            throw unusable("is empty");
        }
        if (line.chars().anyMatch(c -> c == '\n')) {
            throw unusable("has several lines");
        }
        if (line.chars().anyMatch(c -> c == '\0')) {
            throw unusable("contains NUL characters");
        }
        return Arrays.copyOf(text.array(), length);
    }

    private byte[] content() {
        try {
            // Mounted secrets are symbolic links.
            return Disk.system().read(file.toRealPath(), LIMIT_BYTES);
        } catch (IOException failed) {
            // The exception's message is the path.
            throw unusable("cannot be read (" + failed.getClass().getSimpleName() + ")");
        }
    }

    /** Warns if every user of the machine can read or write the file. */
    void warnIfOpenToOthers() {
        try {
            Ownership.of(file.toRealPath())
                    .filter(Ownership::isOpenToOthers)
                    .ifPresent(open -> LOG.warn(
                            "The passphrase file {} is open to every user of this machine (mode {}). Remove that access"
                                    + " with: chmod o= {}",
                            file,
                            open.modeText(),
                            file));
        } catch (IOException unreadable) {
            LOG.debug(
                    "The mode of the passphrase file is unknown ({}).",
                    unreadable.getClass().getSimpleName());
        }
    }

    private KeyringException unusable(String what) {
        return new KeyringException(
                UNAVAILABLE,
                "The file named by the " + setting.name() + " " + what
                        + ". Expected one line of text that holds the passphrase, at most " + LIMIT_BYTES + " bytes.");
    }
}
