// SPDX-License-Identifier: Apache-2.0
package org.example.sealing;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.KmsClients;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Objects;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.tink.AeadKeyringEnvelope;

/** Seals a ring with a Tink keyset and opens it again; then the same with a key in a KMS, which is this program itself. */
final class Sealing {
    private Sealing() {}

    public static void main(String[] args) throws GeneralSecurityException, IOException {
        KeysetHandle keyset = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, AeadConfig2026.get());
        sealAndOpen("tink-aead", AeadKeyringEnvelope.of(keyset), AeadKeyringEnvelope.of(keyset));

        try {
            AeadKeyringEnvelope.forKmsKey("own-kms://key");
            throw new AssertionError("a KMS without a client gave a key");
        } catch (KeyringException refused) {
            expect(true, refused.getMessage().contains("KmsClients.add"));
        }
        KmsClients.add(new OwnKms(keyset.getPrimitive(AeadConfig2026.get(), Aead.class)));
        sealAndOpen(
                "tink-aead",
                AeadKeyringEnvelope.forKmsKey("own-kms://key"),
                AeadKeyringEnvelope.forKmsKey("own-kms://key"));

        String module = AeadKeyringEnvelope.class.getModule().getName();
        expect(args[0].equals("module-path") ? "org.codomyrmex.secrets" : null, module);
        System.out.println(
                "seals with Tink on the " + args[0] + " as " + (module == null ? "an unnamed module" : module));
    }

    private static void sealAndOpen(String kind, KeyringEnvelope sealing, KeyringEnvelope opening) throws IOException {
        Path directory = Files.createTempDirectory("sealing");
        Path keyFile = directory.resolve("secrets.key");
        try {
            String token;
            try (SecretManager manager = manager(keyFile, sealing)) {
                token = manager.encrypt("b");
            }
            expect(
                    true,
                    Files.readAllLines(directory.resolve("secrets.key.ring"))
                            .get(0)
                            .startsWith("codomyrmex-keyring 2 " + kind + " "));
            try (SecretManager manager = manager(keyFile, opening)) {
                expect("b", manager.decrypt(token));
            }
        } finally {
            for (String name : new String[] {"secrets.key", "secrets.key.ring", "secrets.key.lock"}) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        }
    }

    private static SecretManager manager(Path keyFile, KeyringEnvelope envelope) {
        return SecretManager.builder()
                .keyring(FileKeyringSource.at(keyFile).withEnvelope(envelope))
                .build();
    }

    private static void expect(Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }

    private record OwnKms(Aead key) implements KmsClient {
        @Override
        public boolean doesSupport(String keyUri) {
            return keyUri.startsWith("own-kms://");
        }

        @Override
        public KmsClient withCredentials(String path) {
            return this;
        }

        @Override
        public KmsClient withDefaultCredentials() {
            return this;
        }

        @Override
        public Aead getAead(String keyUri) {
            return key;
        }
    }
}
