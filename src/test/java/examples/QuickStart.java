// SPDX-License-Identifier: Apache-2.0
package examples;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.codomyrmex.secrets.KeyInfo;
import org.codomyrmex.secrets.ReferenceKind;
import org.codomyrmex.secrets.SecretInfo;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.Secrets;

/**
 * The library in one minute: secrets are stored and listed, a configuration is encrypted, the key is rotated, and a
 * second manager reads with the same key file. Everything is checked; the program fails if anything does not read back.
 *
 * <p>Its key file is its own, under {@code target}; each run begins with a new one.
 */
public final class QuickStart {

    private static final Path DIRECTORY = Path.of("target", "quick-start");

    private static final List<String> CHOSEN = List.of(
            "spring.datasource.password",
            "spring.datasource.pool-size",
            "spring.mail.password",
            "features.early-checkout",
            "servers.0.token",
            "servers.1.token");

    private final Path keyFile;
    private final PrintStream out;

    QuickStart(Path keyFile, PrintStream out) {
        this.keyFile = keyFile;
        this.out = out;
    }

    public static void main(String[] args) throws IOException {
        Path keyFile = DIRECTORY.resolve("secrets.key");
        for (String suffix : List.of("", ".ring", ".lock")) {
            Files.deleteIfExists(Path.of(keyFile + suffix));
        }
        new QuickStart(keyFile, System.out).run();
    }

    void run() throws IOException {
        Map<String, Object> encrypted;
        try (SecretManager manager = new SecretManager(keyFile)) {
            title("1. Open a manager");
            say("There was no key, so it made one: " + manager.listKeys().get(0).id());

            Map<String, String> values = storeSecrets(manager);
            listSecrets(manager);
            encrypted = encryptConfiguration(manager);
            rotateKey(manager, values);
        }
        readAgain(encrypted);
        showFiles();
        out.println();
        out.println("Everything read back as it was.");
    }

    /** Stores three secrets and returns their values by id. */
    private static Map<String, String> storeSecrets(SecretManager manager) {
        Map<String, String> values = new LinkedHashMap<>();
        keep(values, manager, "database password", "correct horse battery staple", Map.of("owner", "shop"));
        keep(values, manager, "mail password", "Gr\u00fc\u00dfe aus K\u00f6ln", Map.of("owner", "shop", "days", 90));
        keep(values, manager, "payment api token", "tok_7f1d-42", Map.of("owner", "billing"));
        return values;
    }

    private static void keep(
            Map<String, String> values, SecretManager manager, String name, String value, Map<String, ?> metadata) {
        values.put(manager.storeSecret(name, value, metadata), value);
    }

    private void listSecrets(SecretManager manager) {
        title("2. Store three secrets");
        say("A list of secrets never shows a value:");
        for (SecretInfo info : manager.listSecrets()) {
            say("  %s  %-18s  %s", info.id(), info.name(), new Outline(info.metadata()).inOneLine());
        }
    }

    private Map<String, Object> encryptConfiguration(SecretManager manager) {
        Map<String, Object> configuration = configuration();
        title("3. Encrypt a configuration");
        say("Before:");
        new Outline(configuration).lines().forEach(line -> say("  %s", line));

        Map<String, Object> encrypted =
                Secrets.encryptConfiguration(manager, configuration, CHOSEN, ReferenceKind.BY_TOKEN);
        out.println();
        say("After, with %d values chosen and their tokens shortened:", CHOSEN.size());
        new Outline(encrypted).lines().forEach(line -> say("  %s", line));
        requireEqual("the configuration that was handed in", configuration(), configuration);
        requireEqual(
                "values in clear",
                false,
                Pattern.compile("battery|hunter2|tok_")
                        .matcher(encrypted.toString())
                        .find());
        return encrypted;
    }

    /** What an application may have read from its {@code application.yaml}. */
    private static Map<String, Object> configuration() {
        Map<String, Object> datasource = new LinkedHashMap<>();
        datasource.put("url", "jdbc:postgresql://db.example.org:5432/shop");
        datasource.put("username", "shop");
        datasource.put("password", "correct horse battery staple");
        datasource.put("pool-size", 8);
        Map<String, Object> mail = new LinkedHashMap<>();
        mail.put("host", "smtp.example.org");
        mail.put("port", 587);
        mail.put("password", "hunter2");
        Map<String, Object> spring = new LinkedHashMap<>();
        spring.put("datasource", datasource);
        spring.put("mail", mail);
        Map<String, Object> features = new LinkedHashMap<>();
        features.put("early-checkout", true);
        features.put("discount", 0.15);
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("spring", spring);
        configuration.put("features", features);
        configuration.put("servers", List.of(server("eu", "tok_eu_5521"), server("us", "tok_us_9034")));
        return configuration;
    }

    private static Map<String, Object> server(String region, String token) {
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("url", "https://" + region + ".example.org");
        server.put("token", token);
        return server;
    }

    private void rotateKey(SecretManager manager, Map<String, String> values) {
        title("4. Rotate the key");
        String newKey = manager.rotateKey();
        for (KeyInfo key : manager.listKeys()) {
            say("%s  %-7s  %d secrets under it", key.id(), key.primary() ? "primary" : "retired", key.secrets());
        }
        requireEqual("the primary key", newKey, manager.listKeys().get(0).id());
        values.forEach((id, value) -> requireEqual("a secret", Optional.of(value), manager.getSecret(id)));
        requireEqual("a secret by its name", Optional.of("tok_7f1d-42"), manager.getSecretByName("payment api token"));
        say("The %d secrets read back under their former ids.", values.size());
    }

    private void readAgain(Map<String, Object> encrypted) {
        title("5. Open a second manager on the same key file");
        try (SecretManager second = new SecretManager(keyFile)) {
            requireEqual("the secrets of the first manager", List.of(), second.listSecrets());
            say("The secrets were in the first manager's memory, and have ended with it.");
            Map<String, Object> decrypted = Secrets.decryptConfiguration(second, encrypted);
            requireEqual("the configuration", configuration(), decrypted);
            say("The configuration has not: its tokens need only the keys. Every value is back, in its own type.");
        }
    }

    private void showFiles() throws IOException {
        title("6. The files");
        Path ring = Path.of(keyFile + ".ring");
        say("%s", keyFile);
        say("  the primary key, as every other Fernet program reads it: %d bytes", Files.size(keyFile));
        say("%s", ring);
        say(
                "  the keyring itself: %d keys, one a line, the primary first",
                Files.readAllLines(ring).size());
        say("%s", keyFile + ".lock");
        say("  the lock on both: %d bytes, and never deleted", Files.size(Path.of(keyFile + ".lock")));
    }

    /** Fails unless what was read is what was written. Says what it is about, and neither value. */
    static void requireEqual(String what, Object written, Object read) {
        if (!written.equals(read)) {
            throw new IllegalStateException("Not what it should be: " + what + ".");
        }
    }

    private void title(String title) {
        out.println();
        out.println(title);
    }

    private void say(String text, Object... arguments) {
        out.println("   " + (arguments.length == 0 ? text : String.format(Locale.ROOT, text, arguments)));
    }
}
