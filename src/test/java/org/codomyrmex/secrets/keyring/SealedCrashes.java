// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.CrashForm.FORMER;
import static org.codomyrmex.secrets.keyring.CrashForm.NEW;
import static org.codomyrmex.secrets.keyring.CrashForm.PLAIN;
import static org.codomyrmex.secrets.keyring.CrashScenario.FIRST;
import static org.codomyrmex.secrets.keyring.CrashScenario.HOME;
import static org.codomyrmex.secrets.keyring.CrashScenario.KEY_FILE;
import static org.codomyrmex.secrets.keyring.CrashScenario.RING;
import static org.codomyrmex.secrets.keyring.CrashScenario.SECOND;
import static org.codomyrmex.secrets.keyring.CrashScenario.destroy;
import static org.codomyrmex.secrets.keyring.CrashScenario.rotate;
import static org.codomyrmex.secrets.keyring.CrashScenario.use;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.codomyrmex.secrets.fernet.FernetKey;

/** Every operation of the protocol in which a ring is sealed, is being sealed, or is taken out of its envelope. */
final class SealedCrashes {

    private static final Path RING_TEMPORARY = HOME.resolve("secrets.key.ring.fedcba9876543210.tmp");
    private static final Path KEY_TEMPORARY = HOME.resolve("secrets.key.0123456789abcdef.tmp");
    private static final FernetKey UNFINISHED = FernetKey.generate();

    private SealedCrashes() {}

    static List<CrashScenario> all() {
        List<CrashScenario> all = new ArrayList<>(openings());
        all.addAll(changesOfForm());
        all.addAll(changesOfKeys());
        return all;
    }

    private static CrashScenario opening(String name, CrashScenario.Start start) {
        return new CrashScenario(name, List.of(FORMER), start, stage -> use(stage, FORMER));
    }

    private static List<CrashScenario> openings() {
        return List.of(
                new CrashScenario("create sealed", List.of(NEW), stage -> {}, SealedCrashes::create),
                new CrashScenario(
                        "create sealed in a directory that is there",
                        List.of(NEW),
                        CrashStage::home,
                        SealedCrashes::create),
                opening("open a sealed keyring", stage -> stage.home().sealedFiles(FORMER, FIRST, SECOND)),
                opening(
                        "open a sealed keyring that was just restored",
                        stage -> stage.home().unforcedSealed(FORMER, true, FIRST, SECOND)),
                opening(
                        "open a sealed keyring that was just restored with its directory",
                        stage -> stage.unforcedHome().unforcedSealed(FORMER, true, FIRST, SECOND)),
                opening(
                        "recover from a sealed ring that was just restored",
                        stage -> stage.home().unforcedSealed(FORMER, false, FIRST, SECOND)),
                opening("recover a missing mark", stage -> stage.home().sealedRing(FORMER, FIRST, SECOND)),
                opening(
                        "recover a primary key left beside a sealed ring",
                        stage -> stage.home().sealedRing(FORMER, FIRST, SECOND).leftover(KEY_FILE, FIRST)),
                opening(
                        "recover a retired key left beside a sealed ring",
                        stage -> stage.home().sealedRing(FORMER, FIRST, SECOND).leftover(KEY_FILE, SECOND)),
                new CrashScenario(
                        "remove what an unsealing left beside a sealed ring",
                        List.of(FORMER),
                        stage -> temporaries(stage.home().sealedFiles(FORMER, FIRST, SECOND), FIRST, SECOND),
                        SealedCrashes::cleaned),
                new CrashScenario(
                        "remove what an unsealing left after the ring was opened",
                        List.of(FORMER),
                        stage -> stage.home().sealedFiles(FORMER, FIRST, SECOND),
                        stage -> {
                            stage.source(FORMER).load(false);
                            temporaries(stage, FIRST, SECOND);
                            cleaned(stage);
                        }));
    }

    private static CrashScenario sealing(String name, CrashScenario.Start start) {
        return new CrashScenario(name, List.of(PLAIN, NEW), start, stage -> put(stage, PLAIN, NEW));
    }

    private static List<CrashScenario> changesOfForm() {
        return List.of(
                sealing("seal", stage -> stage.home().file(RING, FIRST, SECOND).file(KEY_FILE, FIRST)),
                sealing(
                        "seal a keyring just written",
                        stage -> stage.home().unforcedFile(RING, FIRST, SECOND).unforcedFile(KEY_FILE, FIRST)),
                sealing("seal a lone key file", stage -> stage.home().file(KEY_FILE, FIRST)),
                sealing(
                        "seal a lone key file just written",
                        stage -> stage.home().unforcedFile(KEY_FILE, FIRST)),
                sealing(
                        "seal a keyring with what a rotation left beside it",
                        stage -> temporaries(stage.home().file(RING, FIRST).file(KEY_FILE, FIRST), UNFINISHED, FIRST)),
                new CrashScenario(
                        "unseal",
                        List.of(FORMER, PLAIN),
                        stage -> stage.home().sealedFiles(FORMER, FIRST, SECOND),
                        stage -> put(stage, FORMER, PLAIN)),
                new CrashScenario(
                        "change the envelope",
                        List.of(FORMER, NEW),
                        stage -> stage.home().sealedFiles(FORMER, FIRST, SECOND),
                        stage -> {
                            stage.inForm(FORMER, FIRST.id());
                            stage.withoutPlainKey(FORMER);
                            put(stage, FORMER, NEW);
                        }),
                new CrashScenario(
                        "seal, change the envelope and unseal",
                        List.of(PLAIN, FORMER, NEW),
                        stage -> stage.home().file(RING, FIRST).file(KEY_FILE, FIRST),
                        stage -> {
                            put(stage, PLAIN, FORMER);
                            put(stage, FORMER, NEW);
                            put(stage, NEW, PLAIN);
                        }));
    }

    private static List<CrashScenario> changesOfKeys() {
        return List.of(
                new CrashScenario(
                        "rotate sealed", List.of(FORMER), stage -> stage.home().sealedFiles(FORMER, FIRST), stage -> {
                            stage.inForm(FORMER, FIRST.id());
                            stage.withoutPlainKey(FORMER);
                            rotate(stage, FORMER);
                        }),
                new CrashScenario("create sealed and rotate twice", List.of(NEW), stage -> {}, stage -> {
                    stage.inForm(NEW, "");
                    stage.withoutPlainKey(NEW);
                    rotate(stage, NEW);
                    rotate(stage, NEW);
                }),
                new CrashScenario(
                        "destroy sealed",
                        List.of(FORMER),
                        stage -> stage.home().sealedFiles(FORMER, SECOND),
                        stage -> destroy(stage, FORMER, FIRST)),
                new CrashScenario(
                        "destroy the key that was left beside a sealed ring",
                        List.of(FORMER),
                        stage -> stage.home().sealedRing(FORMER, SECOND).leftover(KEY_FILE, SECOND),
                        stage -> destroy(stage, FORMER, FIRST)));
    }

    /** From the first step on nobody expects a plain key anywhere. */
    private static void create(CrashStage stage) {
        stage.inForm(NEW, "");
        stage.withoutPlainKey(NEW);
        use(stage, NEW);
    }

    private static void put(CrashStage stage, CrashForm former, CrashForm target) {
        stage.askFor(target);
        if (target.isSealed()) {
            stage.source(former).seal(target.envelope());
        } else {
            stage.source(former).unseal();
        }
        stage.inForm(target, FIRST.id());
        stage.withoutPlainKey(target);
        use(stage, target);
    }

    private static CrashStage temporaries(CrashStage stage, FernetKey primary, FernetKey retired) throws IOException {
        return stage.leftover(RING_TEMPORARY, primary, retired).leftover(KEY_TEMPORARY, primary);
    }

    /** Opening takes no lock and removes nothing; the next change does, be it one that changes no key. */
    private static void cleaned(CrashStage stage) {
        use(stage, FORMER);
        stage.source(FORMER).update(ring -> ring);
        stage.withoutPlainKey(FORMER);
    }
}
