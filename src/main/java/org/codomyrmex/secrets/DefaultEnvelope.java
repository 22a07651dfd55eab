// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.Optional;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.tink.AeadKeyringEnvelope;

/**
 * Finds the envelope that seals the keyring if the application does not name one: a key in a KMS, or a passphrase in a
 * file. A setting names the key or the file, and never holds the passphrase itself.
 */
final class DefaultEnvelope {

    static final String KMS_URI_PROPERTY = "codomyrmex.secrets.kmsUri";
    static final String KMS_URI_VARIABLE = "CODOMYRMEX_SECRETS_KMS_URI";
    static final String PASSPHRASE_FILE_PROPERTY = "codomyrmex.secrets.passphraseFile";
    static final String PASSPHRASE_FILE_VARIABLE = "CODOMYRMEX_SECRETS_PASSPHRASE_FILE";

    private final Optional<Setting> kmsUri;
    private final Optional<Setting> passphraseFile;

    DefaultEnvelope(Setting.Sources settings) {
        this.kmsUri = settings.find(KMS_URI_PROPERTY, KMS_URI_VARIABLE);
        this.passphraseFile = settings.find(PASSPHRASE_FILE_PROPERTY, PASSPHRASE_FILE_VARIABLE);
    }

    /**
     * The setting that asks for an envelope, which is an error if the keys are not in a file; empty if there is none.
     */
    Optional<Setting> setting() {
        if (kmsUri.isPresent() && passphraseFile.isPresent()) {
            throw new CodomyrmexException("The " + kmsUri.get().name() + " and the "
                    + passphraseFile.get().name()
                    + " are both set, but a keyring has only one envelope. Set only one of them.");
        }
        return kmsUri.or(() -> passphraseFile);
    }

    /** The envelope; empty if no setting asks for one. */
    Optional<KeyringEnvelope> envelope() {
        return setting().map(setting -> kmsUri.isPresent() ? ofKmsKey(setting) : ofPassphraseFile(setting));
    }

    /** Errors about a key in a KMS show its URI; a value that is not a URI may be a passphrase in the wrong setting. */
    private static KeyringEnvelope ofKmsKey(Setting setting) {
        requirePresent(setting, "the URI of a key in a KMS");
        if (!setting.value().contains("://")) {
            throw new CodomyrmexException("The " + setting.name()
                    + " does not hold the URI of a key in a KMS, expected for example aws-kms://arn:aws:kms:… or"
                    + " gcp-kms://projects/…. Correct it, or unset it.");
        }
        return AeadKeyringEnvelope.forKmsKey(setting.value());
    }

    private static KeyringEnvelope ofPassphraseFile(Setting setting) {
        requirePresent(setting, "the path of a file with a passphrase");
        return new PassphraseFileEnvelope(new PassphraseFile(setting));
    }

    private static void requirePresent(Setting setting, String expected) {
        if (setting.value().isBlank()) {
            throw new CodomyrmexException(
                    "The " + setting.name() + " is empty, expected " + expected + ". Set it, or unset it.");
        }
    }
}
