// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.codomyrmex.secrets.files.OtherProcess;
import org.codomyrmex.secrets.keyring.Keyring;

/** A Python process that does with Fernet what it is told, through the package {@code cryptography}. */
final class Python implements AutoCloseable {

    /** A line is a function and its arguments, the answer what it returned; bytes are in base64. */
    private static final String PROGRAM = """
            import base64, os, struct, sys
            from cryptography.exceptions import InvalidTag
            from cryptography.fernet import Fernet, InvalidToken, MultiFernet
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

            def text(raw):
                return base64.b64encode(raw).decode()

            def raw(text):
                return base64.b64decode(text)

            def ring(keys):
                return MultiFernet([Fernet(key) for key in keys.split(',')])

            def file(path):
                with open(path, 'rb') as key_file:
                    return Fernet(key_file.read())

            def ring_file(path):
                with open(path, 'rb') as lines:
                    return MultiFernet([Fernet(line) for line in lines.read().split()])

            def encrypt(keys, value):
                return ring(keys).encrypt(raw(value)).decode()

            def decrypt(keys, token):
                return text(ring(keys).decrypt(token.encode()))

            def rotate(keys, token):
                return ring(keys).rotate(token.encode()).decode()

            def encrypt_at(key, value, now):
                return Fernet(key).encrypt_at_time(raw(value), int(now)).decode()

            def decrypt_at(key, token, ttl, now):
                return text(Fernet(key).decrypt_at_time(token.encode(), int(ttl), int(now)))

            def timestamp(key, token):
                return str(Fernet(key).extract_timestamp(token.encode()))

            def create(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                key = Fernet.generate_key()
                with open(path, 'wb') as key_file:
                    key_file.write(key)
                return key.decode()

            def file_encrypt(path, value):
                return file(path).encrypt(raw(value)).decode()

            def file_decrypt(path, token):
                return text(file(path).decrypt(token.encode()))

            def file_is_key(path):
                try:
                    file(path)
                    return 'yes'
                except ValueError:
                    return 'no'

            def ring_file_decrypt(path, token):
                return text(ring_file(path).decrypt(token.encode()))

            def sealing_key(passphrase, salt, rounds):
                return AESGCM(PBKDF2HMAC(SHA256(), 32, salt, rounds).derive(raw(passphrase)))

            def seal(path, passphrase, rounds, keys):
                first = b'codomyrmex-keyring 2 passphrase ' + os.urandom(16).hex().encode() + b' 1\\n'
                rounds, salt, nonce = int(rounds), os.urandom(16), os.urandom(12)
                count = struct.pack('>I', rounds)
                lines = ''.join(key + '\\n' for key in keys.split(',')).encode()
                sealed = sealing_key(passphrase, salt, rounds).encrypt(nonce, lines, first + count + salt)
                with open(path, 'wb') as ring_file:
                    ring_file.write(first + base64.b64encode(count + salt + nonce + sealed) + b'\\n')
                return 'sealed'

            def unseal(path, passphrase):
                with open(path, 'rb') as ring_file:
                    first, second = ring_file.read().splitlines(True)
                content = base64.b64decode(second)
                count, salt, nonce, sealed = content[:4], content[4:20], content[20:32], content[32:]
                key = sealing_key(passphrase, salt, struct.unpack('>I', count)[0])
                return ','.join(key.decrypt(nonce, sealed, first + count + salt).decode().split())

            for line in sys.stdin:
                name, *arguments = line.rstrip('\\n').split('\\t')
                try:
                    print('ok ' + globals()[name](*arguments), flush=True)
                except (InvalidToken, InvalidTag):
                    print('invalid', flush=True)
            """;

    /** The system's own first: the one that is first on the path often lacks the package. */
    private static final List<List<String>> CANDIDATES = List.of(List.of("/usr/bin/python3", "-I"), List.of("python3"));

    private final OtherProcess process;

    private Python(List<String> command) {
        process = OtherProcess.start(
                Stream.concat(command.stream(), Stream.of("-c", PROGRAM)).toList());
    }

    /** Starts one that has the package. Where there is none the test is skipped; in continuous integration it fails. */
    static Python start() {
        Optional<List<String>> found =
                CANDIDATES.stream().filter(Python::hasPackage).findFirst();
        if (found.isEmpty()) {
            String missing = "No python3 can import cryptography.fernet. Install the package python3-cryptography.";
            return "true".equals(System.getenv("CI")) ? fail(missing) : abort(missing);
        }
        return new Python(found.get());
    }

    private static boolean hasPackage(List<String> command) {
        try {
            return new ProcessBuilder(Stream.concat(command.stream(), Stream.of("-c", "import cryptography.fernet"))
                                    .toList())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What a function returned; empty where the token is invalid. */
    private Optional<String> call(String function, String... arguments) {
        String answer = process.ask(function + "\t" + String.join("\t", arguments));
        if (answer.equals("invalid")) {
            return Optional.empty();
        }
        if (!answer.startsWith("ok ")) {
            throw new IllegalStateException(answer);
        }
        return Optional.of(answer.substring(3));
    }

    private static String text(byte[] value) {
        return Base64.getEncoder().encodeToString(value);
    }

    private static Optional<byte[]> bytes(Optional<String> text) {
        return text.map(Base64.getDecoder()::decode);
    }

    /** The keys as {@code MultiFernet} takes them. */
    static String keys(Keyring ring) {
        return String.join(
                ",",
                Stream.concat(Stream.of(ring.primary()), ring.retired().stream())
                        .map(key -> key.reveal())
                        .toList());
    }

    String encrypt(Keyring ring, byte[] value) {
        return call("encrypt", keys(ring), text(value)).orElseThrow();
    }

    Optional<byte[]> decrypt(Keyring ring, String token) {
        return bytes(call("decrypt", keys(ring), token));
    }

    Optional<String> rotate(Keyring ring, String token) {
        return call("rotate", keys(ring), token);
    }

    String encryptAt(String key, byte[] value, long now) {
        return call("encrypt_at", key, text(value), Long.toString(now)).orElseThrow();
    }

    Optional<byte[]> decryptAt(String key, String token, long ttl, long now) {
        return bytes(call("decrypt_at", key, token, Long.toString(ttl), Long.toString(now)));
    }

    long timestamp(String key, String token) {
        return Long.parseLong(call("timestamp", key, token).orElseThrow());
    }

    /** Writes a new key into a key file, as the Python class of the same name does; returns the key. */
    String create(Path keyFile) {
        return call("create", keyFile.toString()).orElseThrow();
    }

    String encryptWith(Path keyFile, String value) {
        return call("file_encrypt", keyFile.toString(), text(value.getBytes(UTF_8)))
                .orElseThrow();
    }

    Optional<String> decryptWith(Path keyFile, String token) {
        return bytes(call("file_decrypt", keyFile.toString(), token)).map(value -> new String(value, UTF_8));
    }

    /** Whether {@code Fernet} takes what is in a file for a key. */
    boolean isKey(Path file) {
        return call("file_is_key", file.toString()).orElseThrow().equals("yes");
    }

    /** Decrypts with every key of a ring file. */
    Optional<String> decryptWithRing(Path ringFile, String token) {
        return bytes(call("ring_file_decrypt", ringFile.toString(), token)).map(value -> new String(value, UTF_8));
    }

    /** Seals a ring as a file, by the format's description alone. */
    void seal(Path ringFile, String passphrase, int rounds, Keyring ring) {
        call("seal", ringFile.toString(), text(passphrase.getBytes(UTF_8)), Integer.toString(rounds), keys(ring));
    }

    /** The keyring of a sealed ring; empty where the passphrase is another. */
    Optional<Keyring> unseal(Path ringFile, String passphrase) {
        return call("unseal", ringFile.toString(), text(passphrase.getBytes(UTF_8)))
                .map(Keyring::parse);
    }

    @Override
    public void close() {
        process.close();
    }
}
