// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AeadParameters;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.macasaet.fernet.Key;
import com.macasaet.fernet.Token;
import com.macasaet.fernet.Validator;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.temporal.TemporalAmount;
import java.util.Base64;
import java.util.function.Function;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.jasypt.encryption.pbe.StandardPBEByteEncryptor;
import org.springframework.security.crypto.encrypt.AesBytesEncryptor;
import org.springframework.security.crypto.encrypt.AesBytesEncryptor.CipherAlgorithm;
import org.springframework.security.crypto.keygen.KeyGenerators;

/** Who is measured. Threads share what can be shared, and {@link #codec} is called once for each of them. */
public enum Peer {
    OURS("ours") {
        @Override
        Codec codec() {
            return new Codec() {
                @Override
                public String encrypt(byte[] plaintext) {
                    return SHARED.encrypt(plaintext);
                }

                @Override
                public byte[] decrypt(String token) {
                    return SHARED.decrypt(token);
                }
            };
        }
    },
    FLOOR("the floor") {
        @Override
        Codec codec() throws GeneralSecurityException {
            return new Floor(KEY);
        }
    },
    STRAIGHT("straight JCA") {
        @Override
        Codec codec() throws GeneralSecurityException {
            return new StraightJca(KEY);
        }
    },
    FERNET_JAVA8("fernet-java8") {
        @Override
        Codec codec() {
            return new FernetJava8();
        }
    },
    TINK_CTR_HMAC("Tink AES128-CTR-HMAC") {
        @Override
        Codec codec() throws GeneralSecurityException {
            return tink(PredefinedAeadParameters.AES128_CTR_HMAC_SHA256);
        }
    },
    TINK_GCM("Tink AES128-GCM") {
        @Override
        Codec codec() throws GeneralSecurityException {
            return tink(PredefinedAeadParameters.AES128_GCM);
        }
    },
    SPRING("Spring Security AES256-GCM") {
        @Override
        Codec codec() {
            AesBytesEncryptor encryptor = new AesBytesEncryptor(
                    "password", "5c0744940b5c369b", KeyGenerators.secureRandom(16), CipherAlgorithm.GCM);
            return base64(encryptor::encrypt, encryptor::decrypt);
        }
    },
    JASYPT("Jasypt") {
        @Override
        Codec codec() {
            StandardPBEByteEncryptor encryptor = new StandardPBEByteEncryptor();
            encryptor.setPassword("password");
            return base64(encryptor::encrypt, encryptor::decrypt);
        }
    };

    /** Nobody's key: everybody can read it here. */
    static final byte[] KEY =
            "a key for benchmarks, not a secret".substring(0, 32).getBytes(US_ASCII);

    private static final Fernet SHARED = new Fernet(FernetKey.of(KEY));
    private static final byte[] NOTHING = {};

    private final String title;

    Peer(String title) {
        this.title = title;
    }

    abstract Codec codec() throws GeneralSecurityException;

    /** {@return the name in tables} */
    public String title() {
        return title;
    }

    private static Codec tink(AeadParameters parameters) throws GeneralSecurityException {
        AeadConfig.register();
        KeysetHandle generated = KeysetHandle.generateNew(parameters);
        byte[] keyset = TinkProtoKeysetFormat.serializeKeyset(generated, InsecureSecretKeyAccess.get());
        Aead aead = TinkProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get())
                .getPrimitive(RegistryConfiguration.get(), Aead.class);
        return base64(plaintext -> aead.encrypt(plaintext, NOTHING), ciphertext -> aead.decrypt(ciphertext, NOTHING));
    }

    private static Codec base64(Bytes encrypt, Bytes decrypt) {
        return new Codec() {
            @Override
            public String encrypt(byte[] plaintext) throws GeneralSecurityException {
                return Base64.getUrlEncoder().encodeToString(encrypt.of(plaintext));
            }

            @Override
            public byte[] decrypt(String token) throws GeneralSecurityException {
                return decrypt.of(Base64.getUrlDecoder().decode(token));
            }
        };
    }

    /** Bytes to bytes. */
    private interface Bytes {
        byte[] of(byte[] in) throws GeneralSecurityException;
    }

    /** With a time to live so long that no token expires: the library always checks one. */
    private static final class FernetJava8 implements Codec, Validator<byte[]> {
        private final Key key = new Key(Base64.getUrlEncoder().encodeToString(KEY));

        @Override
        public String encrypt(byte[] plaintext) {
            return Token.generate(key, plaintext).serialise();
        }

        @Override
        public byte[] decrypt(String token) {
            return Token.fromString(token).validateAndDecrypt(key, this);
        }

        @Override
        public TemporalAmount getTimeToLive() {
            return Duration.ofDays(365);
        }

        @Override
        public Function<byte[], byte[]> getTransformer() {
            return Function.identity();
        }
    }
}
