// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Function;
import org.codomyrmex.secrets.fernet.FernetKey;

/**
 * A program that does with a keyring what it is told: {@code create <key file>} opens it or creates it, {@code open <key
 * file>} opens it, {@code rotate <key file>} gives it a new primary, {@code rotations <key file>} does so again and again.
 * {@code strictly} in front of a command asks for strict permissions. The answers are the ids of the keyring, the primary first, or {@code refused} with the reason and the message.
 */
final class KeyringProcess {

    private static final String STRICTLY = "strictly ";

    private KeyringProcess() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, UTF_8);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        answers.println("ready");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            boolean strictly = line.startsWith(STRICTLY);
            String said = strictly ? line.substring(STRICTLY.length()) : line;
            String command = said.substring(0, said.indexOf(' '));
            FileKeyringSource at = FileKeyringSource.at(Path.of(said.substring(said.indexOf(' ') + 1)));
            FileKeyringSource source = strictly ? at.withStrictPermissions() : at;
            do {
                answers.println(answer(source, work(command)));
            } while (command.equals("rotations"));
        }
    }

    private static Function<FileKeyringSource, Keyring> work(String command) {
        return switch (command) {
            case "create" -> source -> source.load(true);
            case "open" -> source -> source.load(false);
            case "rotate", "rotations" -> source -> source.update(ring -> ring.rotatedTo(FernetKey.generate()));
            default -> throw new IllegalArgumentException(command);
        };
    }

    private static String answer(FileKeyringSource source, Function<FileKeyringSource, Keyring> work) {
        try {
            return String.join(" ", work.apply(source).keyIds());
        } catch (KeyringException refused) {
            return "refused " + refused.reason() + " " + refused.getMessage();
        }
    }
}
