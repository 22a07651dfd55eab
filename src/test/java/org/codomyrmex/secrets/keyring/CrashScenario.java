// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.FernetKey;

/**
 * Something that is done to a key file, from a state in which it is found, with the record of every step. The keys are
 * kept in {@code home/secrets.key} below a directory that is always there.
 *
 * @param name what is done
 * @param forms in which forms the keyring may be found meanwhile
 * @param start puts the files there
 * @param action does it, with unmodified code
 */
record CrashScenario(String name, List<CrashForm> forms, Start start, Action action) {

    /** One in which nothing is ever sealed. */
    CrashScenario(String name, Start start, Action action) {
        this(name, List.of(CrashForm.PLAIN), start, action);
    }

    static final Path HOME = Path.of("home");
    static final Path KEY_FILE = HOME.resolve("secrets.key");
    static final Path RING = HOME.resolve("secrets.key.ring");

    interface Start {
        void make(CrashStage stage) throws IOException;
    }

    interface Action {
        void run(CrashStage stage) throws IOException;
    }

    /** Runs it in an empty directory and returns the record, of which the first steps are the start's. */
    CrashStage run(Path root, Deviation deviation) {
        CrashStage stage = new CrashStage(root, List.of(), deviation);
        try {
            start.make(stage);
            stage.beginAction();
            action.run(stage);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return stage;
    }

    static final FernetKey FIRST = FernetKey.generate();
    static final FernetKey SECOND = FernetKey.generate();
    private static final FernetKey FOREIGN = FernetKey.generate();

    /** Every operation of the protocol, from every state that it can start in. */
    static List<CrashScenario> all() {
        List<CrashScenario> all = new ArrayList<>(plain());
        all.addAll(SealedCrashes.all());
        return all;
    }

    private static List<CrashScenario> plain() {
        List<CrashScenario> all = new ArrayList<>();
        all.add(new CrashScenario("create", stage -> {}, CrashScenario::use));
        all.add(new CrashScenario("create in a directory that is there", CrashStage::home, CrashScenario::use));
        all.add(new CrashScenario("create where there are no hard links", CrashStage::home, stage -> {
            stage.disk.refuseHardLinks();
            use(stage);
        }));
        all.add(new CrashScenario(
                "adopt a durable key", stage -> stage.home().file(KEY_FILE, FIRST), CrashScenario::use));
        all.add(new CrashScenario(
                "adopt a key just written", stage -> stage.home().unforcedFile(KEY_FILE, FIRST), CrashScenario::use));
        all.add(new CrashScenario(
                "adopt a key just written into a directory just made",
                stage -> stage.unforcedHome().unforcedFile(KEY_FILE, FIRST),
                CrashScenario::use));
        all.add(new CrashScenario(
                "open a whole keyring",
                stage -> stage.home().file(RING, FIRST, SECOND).file(KEY_FILE, FIRST),
                CrashScenario::use));
        all.add(new CrashScenario(
                "open a keyring that was just restored",
                stage -> stage.home().unforcedFile(RING, FIRST, SECOND).unforcedFile(KEY_FILE, FIRST),
                CrashScenario::use));
        all.add(new CrashScenario(
                "open a keyring that was just restored with its directory",
                stage -> stage.unforcedHome().unforcedFile(RING, FIRST, SECOND).unforcedFile(KEY_FILE, FIRST),
                CrashScenario::use));
        all.add(new CrashScenario(
                "recover from a ring that was just restored",
                stage -> stage.home().unforcedFile(RING, FIRST, SECOND),
                CrashScenario::use));
        all.add(new CrashScenario(
                "recover a missing key file", stage -> stage.home().file(RING, FIRST, SECOND), CrashScenario::use));
        all.add(new CrashScenario(
                "recover a key file left behind",
                stage -> stage.home().file(RING, SECOND, FIRST).file(KEY_FILE, FIRST),
                CrashScenario::use));
        all.add(new CrashScenario(
                "take in a durable foreign key",
                stage -> stage.home().file(RING, FIRST).file(KEY_FILE, FOREIGN),
                CrashScenario::use));
        all.add(new CrashScenario(
                "take in a foreign key just written",
                stage -> stage.home().file(RING, FIRST).unforcedFile(KEY_FILE, FOREIGN),
                CrashScenario::use));
        all.add(new CrashScenario(
                "rotate", stage -> stage.home().file(RING, FIRST).file(KEY_FILE, FIRST), CrashScenario::rotate));
        all.add(new CrashScenario("create and rotate twice", stage -> {}, stage -> {
            rotate(stage);
            rotate(stage);
        }));
        all.add(new CrashScenario(
                "destroy",
                stage -> stage.home().file(RING, SECOND).file(KEY_FILE, SECOND),
                stage -> destroy(stage, FIRST)));
        all.add(new CrashScenario(
                "destroy the key that a key file left behind still has",
                stage -> stage.home().file(RING, SECOND).unforcedFile(KEY_FILE, FIRST),
                stage -> destroy(stage, FIRST)));
        return all;
    }

    private static void use(CrashStage stage) {
        use(stage, CrashForm.PLAIN);
    }

    static void use(CrashStage stage, CrashForm form) {
        try (SecretManager manager = stage.manager(form)) {
            stage.inForm(form, manager.listKeys().get(0).id());
            manager.storeSecret("name", "canary-crash");
        }
    }

    private static void rotate(CrashStage stage) {
        rotate(stage, CrashForm.PLAIN);
    }

    static void rotate(CrashStage stage, CrashForm form) {
        try (SecretManager manager = stage.manager(form)) {
            manager.storeSecret("name", "canary-crash");
            stage.inForm(form, manager.rotateKey());
            stage.withoutPlainKey(form);
            manager.storeSecret("other", "canary-crash");
        }
    }

    private static void destroy(CrashStage stage, FernetKey key) {
        destroy(stage, CrashForm.PLAIN, key);
    }

    /** Nobody has a token under the key: it joins the ring, is retired, and goes. */
    static void destroy(CrashStage stage, CrashForm form, FernetKey key) {
        FileKeyringSource source = stage.source(form);
        source.update(ring -> ring.contains(key.id()) ? ring.rotatedTo(SECOND) : ring.withRetired(key));
        source.destroy(key.id(), () -> true);
        stage.acknowledgeDestruction(key.id());
        stage.acknowledge(source.load(false).encrypt(new byte[] {1}));
    }
}
