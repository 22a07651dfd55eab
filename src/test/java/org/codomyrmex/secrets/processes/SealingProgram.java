// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.keyring.FileKeyringSource;
import org.codomyrmex.secrets.keyring.KeyringEnvelope;
import org.codomyrmex.secrets.keyring.KeyringException;
import org.codomyrmex.secrets.keyring.QuickEnvelopes;

/**
 * Seals a ring, changes its envelope, rotates under it and unseals it, without a pause. It prints a token before each
 * step, which step it begins, and that it has ended it.
 */
final class SealingProgram {

    /** A form in which the keyring may be found. */
    enum Form {
        PLAIN,
        ONE,
        TWO;

        private Optional<KeyringEnvelope> envelope() {
            return this == PLAIN ? Optional.empty() : Optional.of(QuickEnvelopes.of("passphrase " + this));
        }

        /** Brings a keyring into this form. */
        void put(Path keyFile) {
            Form former = formOf(keyFile);
            if (former != this) {
                envelope().ifPresentOrElse(former.source(keyFile)::seal, former.source(keyFile)::unseal);
            }
        }

        FileKeyringSource source(Path keyFile) {
            FileKeyringSource plain = FileKeyringSource.at(keyFile);
            return envelope().map(plain::withEnvelope).orElse(plain);
        }
    }

    /** What is done without a pause, each beginning in the form in which the last one ended. */
    enum Step {
        SEAL(Form.PLAIN, Form.ONE),
        CHANGE(Form.ONE, Form.TWO),
        ROTATE(Form.TWO, Form.TWO),
        UNSEAL(Form.TWO, Form.PLAIN);

        private final Form from;
        private final Form to;

        Step(Form from, Form to) {
            this.from = from;
            this.to = to;
        }

        /** The forms in which the keyring may be while it is done. */
        Set<Form> forms() {
            return EnumSet.of(from, to);
        }

        Form from() {
            return from;
        }

        Form to() {
            return to;
        }

        private Step next() {
            return switch (this) {
                case SEAL -> CHANGE;
                case CHANGE -> ROTATE;
                case ROTATE -> UNSEAL;
                case UNSEAL -> SEAL;
            };
        }

        private void perform(Path keyFile) {
            FileKeyringSource source = from.source(keyFile);
            switch (this) {
                case SEAL, CHANGE -> source.seal(to.envelope().orElseThrow());
                case ROTATE -> {
                    try (SecretManager manager =
                            SecretManager.builder().keyring(source).build()) {
                        manager.rotateKey();
                    }
                }
                case UNSEAL -> source.unseal();
            }
        }
    }

    private SealingProgram() {}

    /** The one form in which a keyring opens. */
    static Form formOf(Path keyFile) {
        Set<Form> opened = EnumSet.noneOf(Form.class);
        for (Form form : Form.values()) {
            try {
                form.source(keyFile).load(false);
                opened.add(form);
            } catch (KeyringException refused) {
                if (refused.reason() != KeyringException.Reason.SEALED
                        && refused.reason() != KeyringException.Reason.WRONG_ENVELOPE) {
                    throw refused;
                }
            }
        }
        if (opened.size() != 1) {
            throw new IllegalStateException("the keyring opens in " + opened.size() + " forms");
        }
        return opened.iterator().next();
    }

    /** Arguments: key file, first step, an empty directory for a keyring of its own. */
    public static void main(String[] arguments) {
        // A start takes half the time without the logging that the tests have.
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        Path keyFile = Path.of(arguments[0]);
        warmUp(Path.of(arguments[2]));
        Step step = Step.valueOf(arguments[1]);
        while (true) {
            System.out.println(
                    "token " + step.from.source(keyFile).load(false).encrypt("canary-value".getBytes(UTF_8)));
            System.out.println("begin " + step);
            step.perform(keyFile);
            System.out.println("end " + step);
            step = step.next();
        }
    }

    /** So that the time of a step goes into files rather than into the loading of classes. */
    private static void warmUp(Path scratch) {
        Path elsewhere = scratch.resolve("secrets.key");
        Form.PLAIN.source(elsewhere).load(true);
        for (Step step : Step.values()) {
            step.perform(elsewhere);
        }
    }
}
