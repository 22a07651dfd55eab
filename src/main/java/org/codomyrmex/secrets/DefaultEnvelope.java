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
            return variable.equals(KMS_URI_VARIABLE) ? ofKmsKey(value) : ofPassphraseIn(value);
        });
    }

    /** Every message on a key names its URI; what is none may be a passphrase that was put into the wrong variable. */
    private static KeyringEnvelope ofKmsKey(String keyUri) {
        if (!keyUri.contains("://")) {
            throw new CodomyrmexException("The environment variable " + KMS_URI_VARIABLE
                    + " holds no URI of a key in a KMS, expected one such as aws-kms://arn:aws:kms:… or"
                    + " gcp-kms://projects/…. Set it, or unset it.");
        }
        return AeadKeyringEnvelope.forKmsKey(keyUri);
    }

    private static KeyringEnvelope ofPassphraseIn(String path) {
        char[] passphrase = passphrase(path);
        try {
            return PassphraseEnvelope.of(passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
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
                throw unusable("is empty");
            }
            if (CharBuffer.wrap(passphrase).chars().anyMatch(c -> c == '\n')) {
                throw unusable("has several lines");
            }
            if (CharBuffer.wrap(passphrase).chars().anyMatch(c -> c == '\0')) {
                throw unusable("has NUL characters");
            }
            return passphrase;
        } catch (CharacterCodingException noText) {
            throw unusable("is not UTF-8 text");
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static byte[] read(String path) {
        try {
            Path file = Path.of(path).toRealPath();
            Optional<Ownership> ownership = Ownership.of(file);
            if (ownership.isPresent() && ownership.get().isOpenToOthers()) {
                LOG.warn(
                        "The passphrase file {} is open to every user of this machine (mode {}). Take that away with:"
                                + " chmod o= {}",
                        file,
                        ownership.get().modeText(),
                        file);
            }
            return Disk.system().read(file, LIMIT_BYTES);
        } catch (InvalidPathException noPath) {
            throw unusable("cannot be found: the variable holds no path");
        } catch (IOException failed) {
            // Its message is the path, which is the passphrase itself where somebody took the variable for its place.
            throw unusable("cannot be read (" + failed.getClass().getSimpleName() + ")");
        }
    }

    private static KeyringException unusable(String what) {
        return new KeyringException(
                UNAVAILABLE,
                "The file that the environment variable " + PASSPHRASE_FILE_VARIABLE + " names " + what
                        + ", expected one line of text with the passphrase, of at most " + LIMIT_BYTES + " bytes.");
    }
}
