// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.codomyrmex.secrets.keyring.KeyringException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.PassphraseEnvelope;
import org.codomyrmex.secrets.tink.AeadKeyringEnvelope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What seals the key file when the application does not say: a key in a KMS, or the passphrase in a file. The environment
 * says where either is, and never holds the passphrase itself.
 */
final class DefaultEnvelope {

    static final String KMS_URI_VARIABLE = "CODOMYRMEX_SECRETS_KMS_URI";
    static final String PASSPHRASE_FILE_VARIABLE = "CODOMYRMEX_SECRETS_PASSPHRASE_FILE";

    private static final Logger LOG = LoggerFactory.getLogger(SecretManager.class);

    private static final int LIMIT_BYTES = 4096;

    private final Map<String, String> environment;

    DefaultEnvelope(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The setting that is there, which is an error beside keys that are in no file; empty where there is none. */
    Optional<String> setting() {
        boolean kms = environment.containsKey(KMS_URI_VARIABLE);
        boolean passphrase = environment.containsKey(PASSPHRASE_FILE_VARIABLE);
        if (kms && passphrase) {
            throw new CodomyrmexException("The environment variables " + KMS_URI_VARIABLE + " and "
                    + PASSPHRASE_FILE_VARIABLE + " are both set, and a keyring has one envelope. Set one of the two.");
        }
        return kms
                ? Optional.of(KMS_URI_VARIABLE)
                : passphrase ? Optional.of(PASSPHRASE_FILE_VARIABLE) : Optional.empty();
    }

    /** The envelope; empty where no setting asks for one. */
    Optional<KeyringEnvelope> envelope() {
        return setting().map(variable -> {
            String value = environment.getOrDefault(variable, "");
            if (value.isBlank()) {
                throw new CodomyrmexException("The environment variable " + variable + " is empty, expected "
                        + (variable.equals(KMS_URI_VARIABLE) ? "the URI of a key in a KMS" : "the path of a file")
                        + ". Set it, or unset it.");
            }
            return variable.equals(KMS_URI_VARIABLE)
                    ? AeadKeyringEnvelope.forKmsKey(value)
                    : PassphraseEnvelope.of(passphrase(value));
        });
    }

    /** What is in the file; one line break at its end is an editor's. */
    private static char[] passphrase(String path) {
        byte[] content = read(path);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            int length = text.length();
            if (length > 0 && text.charAt(length - 1) == '\n') {
                length -= length > 1 && text.charAt(length - 2) == '\r' ? 2 : 1;
            }
            char[] passphrase = Arrays.copyOf(text.array(), length);
            Arrays.fill(text.array(), '\0');
            if (length == 0) {
                throw unusable("is empty", null);
            }
            if (CharBuffer.wrap(passphrase).chars().anyMatch(c -> c == '\n' || c == '\0')) {
                throw unusable("has several lines", null);
            }
            return passphrase;
        } catch (CharacterCodingException noText) {
            throw unusable("is not UTF-8 text", null);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static byte[] read(String path) {
        try {
            Path file = Path.of(path);
            Optional<Ownership> ownership = Ownership.of(file);
            if (ownership.isPresent() && ownership.get().readableByOthers()) {
                LOG.warn(
                        "The passphrase file {} is open to every user of this machine (mode {}). Take that away with:"
                                + " chmod o= {}",
                        file,
                        ownership.get().modeText(),
                        file);
            }
            return Disk.system().read(file, LIMIT_BYTES);
        } catch (InvalidPathException noPath) {
            throw unusable("cannot be found: the variable holds no path", null);
        } catch (IOException failed) {
            throw unusable("cannot be read (" + failed.getClass().getSimpleName() + ")", failed);
        }
    }

    private static KeyringException unusable(String what, @Nullable IOException cause) {
        String message = "The file that the environment variable " + PASSPHRASE_FILE_VARIABLE + " names " + what
                + ", expected one line of text with the passphrase, of at most " + LIMIT_BYTES + " bytes.";
        return cause == null
                ? new KeyringException(UNAVAILABLE, message)
                : new KeyringException(UNAVAILABLE, message, cause);
    }
}
