// SPDX-License-Identifier: Apache-2.0
package org.example.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.PassphraseEnvelope;
import org.codomyrmex.secrets.tink.AeadKeyringEnvelope;

/** Seals a keyring with a passphrase, which needs no Tink, and asks for a key in a KMS, which does. */
final class WithoutTink {
    private WithoutTink() {}

    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("without-tink");
        Path keyFile = directory.resolve("secrets.key");
        try {
            String token = manager(keyFile).encrypt("b");
            expect("b", manager(keyFile).decrypt(token));
            expect("codomyrmex-keyring 2 mark", Files.readAllLines(keyFile).get(0));
        } finally {
            for (String name : new String[] {"secrets.key", "secrets.key.ring", "secrets.key.lock"}) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        }

        try {
            AeadKeyringEnvelope.forKmsKey("aws-kms://arn:aws:kms:eu-west-1:1:key/2");
            throw new AssertionError("there is Tink");
        } catch (KeyringException refused) {
            expect(KeyringException.Reason.UNAVAILABLE, refused.reason());
            expect(true, refused.getMessage().contains("Add the dependency com.google.crypto.tink:tink"));
        }
        System.out.println("works without Tink on the " + args[0]);
    }

    private static SecretManager manager(Path keyFile) {
        PassphraseEnvelope envelope = PassphraseEnvelope.of("correct horse battery staple".toCharArray());
        return SecretManager.builder()
                .keyring(FileKeyringSource.at(keyFile).withEnvelope(envelope))
                .build();
    }

    private static void expect(Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }
}
