// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.CrashForm.FORMER;
import static org.codomyrmex.secrets.keyring.CrashForm.NEW;
import static org.codomyrmex.secrets.keyring.CrashForm.PLAIN;
import static org.codomyrmex.secrets.keyring.Scenario.NEXT;
import static org.codomyrmex.secrets.keyring.Scenario.PRIMARY;
import static org.codomyrmex.secrets.keyring.Scenario.RETIRED;
import static org.codomyrmex.secrets.keyring.Scenario.RING;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is done with a keyring that is sealed before or afterwards, from one state of its files.
 *
 * @param name what it is
 * @param state makes the state
 * @param work what is done
 * @param before the form and the keyring that the state stands for; null where there is none yet
 * @param after what is there when it is done; without a keyring for one with a single new key
 */
record SealedScenario(
        String name,
        Consumer<KeyringFiles> state,
        Work work,
        @Nullable Sealing before,
        Sealing after) {

    /** A keyring in a form. */
    record Sealing(CrashForm form, @Nullable Keyring keyring) {}

    interface Work {
        /** Does it from a plain source, through envelopes that are given. */
        void on(FileKeyringSource plain, UnaryOperator<KeyringEnvelope> through);
    }

    /** What a source of the former envelope does. */
    private interface SealedWork {
        void on(FileKeyringSource source);
    }

    private static Work former(SealedWork work) {
        return (plain, through) -> work.on(plain.withEnvelope(through.apply(FORMER.envelope())));
    }

    private static final Work LOAD = former(source -> source.load(false));
    private static final Work SEAL = (plain, through) -> plain.seal(through.apply(NEW.envelope()));
    private static final Sealing FORMER_RING = new Sealing(FORMER, RING);

    private static SealedScenario opening(String name, Consumer<KeyringFiles> state) {
        return new SealedScenario(name, state, LOAD, FORMER_RING, FORMER_RING);
    }

    private static SealedScenario sealing(String name, Consumer<KeyringFiles> state, Keyring keyring) {
        return new SealedScenario(name, state, SEAL, new Sealing(PLAIN, keyring), new Sealing(NEW, keyring));
    }

    private static SealedScenario change(String name, SealedWork work, Sealing after) {
        return new SealedScenario(name, SealedScenario::whole, former(work), FORMER_RING, after);
    }

    static final SealedScenario CREATE = new SealedScenario(
            "create sealed", files -> {}, former(source -> source.load(true)), null, new Sealing(FORMER, null));

    /** All that can be done, but for what only looks. */
    static final List<SealedScenario> ALL = List.of(
            CREATE,
            opening("write a missing mark", files -> ring(files)),
            opening(
                    "replace a primary key left beside a sealed ring",
                    files -> KeyringFiles.write(ring(files).keyFile, KeyringFiles.keyText(PRIMARY))),
            opening(
                    "replace a retired key left beside a sealed ring",
                    files -> KeyringFiles.write(ring(files).keyFile, KeyringFiles.keyText(RETIRED))),
            new SealedScenario(
                    "remove what an unsealing left",
                    files -> temporaries(whole(files)),
                    former(source -> source.update(UnaryOperator.identity())),
                    FORMER_RING,
                    FORMER_RING),
            sealing("seal", files -> files.with(RING), RING),
            sealing(
                    "seal a lone key file",
                    files -> KeyringFiles.write(files.keyFile, KeyringFiles.keyText(PRIMARY)),
                    Keyring.of(PRIMARY)),
            sealing("seal beside what a rotation left", files -> temporaries(files.with(RING)), RING),
            change("unseal", FileKeyringSource::unseal, new Sealing(PLAIN, RING)),
            new SealedScenario(
                    "change the envelope",
                    SealedScenario::whole,
                    (plain, through) ->
                            plain.withEnvelope(through.apply(FORMER.envelope())).seal(through.apply(NEW.envelope())),
                    FORMER_RING,
                    new Sealing(NEW, RING)),
            change(
                    "rotate sealed",
                    source -> source.update(ring -> ring.rotatedTo(NEXT)),
                    new Sealing(FORMER, RING.rotatedTo(NEXT))),
            change(
                    "add a retired key sealed",
                    source -> source.update(ring -> ring.withRetired(NEXT)),
                    new Sealing(FORMER, RING.withRetired(NEXT))),
            change(
                    "destroy sealed",
                    source -> source.destroy(RETIRED.id(), () -> true),
                    new Sealing(FORMER, RING.without(RETIRED.id()))));

    private static KeyringFiles ring(KeyringFiles files) {
        KeyringFiles.write(files.ring, FORMER.written().ringFile(RING, Optional.empty(), files.ring));
        return files;
    }

    private static KeyringFiles whole(KeyringFiles files) {
        KeyringFiles.write(ring(files).keyFile, SealedRing.mark());
        return files;
    }

    private static void temporaries(KeyringFiles files) {
        KeyringFiles.write(files.ringTemporary, KeyringFiles.ringText(RING));
        KeyringFiles.write(files.keyTemporary, KeyringFiles.keyText(PRIMARY));
    }

    boolean creates() {
        return before == null;
    }

    /** Whether it changes a keyring that is whole, rather than making it whole. */
    boolean changes() {
        return before != null && !after.equals(before);
    }

    /** Whether what was found is what was there before, or what is to be there afterwards. */
    boolean allows(Sealing found) {
        return creates()
                ? found.form() == after.form()
                        && found.keyring() != null
                        && found.keyring().keyIds().size() == 1
                : found.equals(before) || found.equals(after);
    }

    @Override
    public String toString() {
        return name;
    }
}
