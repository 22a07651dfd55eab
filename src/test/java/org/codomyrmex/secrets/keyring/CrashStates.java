// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;

/** Generates the states that a power loss can leave of a scenario, and opens each with unmodified code. */
final class CrashStates {

    private static final Set<KeyringException.Reason> OTHER_FORM =
            EnumSet.of(KeyringException.Reason.SEALED, KeyringException.Reason.WRONG_ENVELOPE);

    private final Path base;
    private final Map<CrashClaim, Boolean> known = new HashMap<>();
    private List<CrashForm> forms = List.of();
    private final Map<FernetKey, String> tokens = new HashMap<>();
    private int directories;
    private int states;

    CrashStates() throws IOException {
        Path memory = Path.of("/dev/shm");
        base = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "crash-states")
                : Files.createTempDirectory("crash-states");
    }

    /** How many states have been opened. */
    int opened() {
        return states;
    }

    void removeAll() throws IOException {
        remove(base);
    }

    /** In which states something is lost, with so many more power failures while each is recovered. */
    List<String> lostIn(CrashScenario scenario, Deviation deviation, int further) {
        try {
            known.clear();
            forms = scenario.forms();
            CrashStage stage = scenario.run(newDirectory(), deviation);
            List<DiskEvent> steps = stage.disk.steps();
            String atStart = keyFileIn(PowerLoss.before(steps.subList(0, stage.startSteps())));
            Set<String> elsewhere = new HashSet<>();
            List<String> lost = new ArrayList<>();
            for (int taken = stage.startSteps(); taken <= steps.size(); taken++) {
                List<DiskEvent> prefix = steps.subList(0, taken);
                String keyFile = keyFileIn(PowerLoss.before(prefix));
                if (keyFile.length() == CrashClaim.KEY_LENGTH && !keyFile.equals(atStart)) {
                    // Another program reads the new key from the key file and makes a token with it.
                    elsewhere.add(tokens.computeIfAbsent(FernetKey.parse(keyFile), CrashStates::token));
                }
                String where = scenario.name() + (taken == 0 ? "" : " after " + prefix.get(taken - 1));
                lost.addAll(lostAfter(where, prefix, elsewhere, deviation, further));
                lost.addAll(lostBeside(where, prefix, elsewhere, deviation, further));
                if (!deviation.isNone() && !lost.isEmpty()) {
                    return lost;
                }
            }
            return lost;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private List<String> lostAfter(
            String where, List<DiskEvent> steps, Set<String> elsewhere, Deviation deviation, int further)
            throws IOException {
        List<String> lost = new ArrayList<>();
        for (SortedMap<String, String> state : PowerLoss.after(steps)) {
            if (!holds(CrashClaim.of(state, forms, steps, elsewhere), deviation, further)) {
                lost.add(where + ": " + names(state));
            }
        }
        return lost;
    }

    /** The process is killed here, another one opens what it left and goes on, and then the power fails. */
    private List<String> lostBeside(
            String where, List<DiskEvent> steps, Set<String> elsewhere, Deviation deviation, int further)
            throws IOException {
        Path root = newDirectory();
        put(PowerLoss.before(steps), root);
        CrashStage other = new CrashStage(root, steps, deviation);
        for (CrashForm form : forms) {
            try {
                Keyring keyring = load(other, form, CrashClaim.of(new TreeMap<>(), forms, steps, elsewhere));
                other.inForm(form, keyring.primary().id());
                other.acknowledge(tokens.computeIfAbsent(keyring.primary(), CrashStates::token));
                other.source(form).update(ring -> ring);
                other.withoutPlainKey(form);
                break;
            } catch (KeyringException refused) {
                // It is in another form, or what it found is looked at by the other checks.
            }
        }
        remove(root);
        List<String> lost = new ArrayList<>();
        List<DiskEvent> all = other.disk.steps();
        for (int taken = steps.size() + 1; taken <= all.size(); taken++) {
            lost.addAll(lostAfter(where + ", then a kill", all.subList(0, taken), elsewhere, deviation, further));
        }
        return lost;
    }

    private static String token(FernetKey key) {
        return new Fernet(key).encrypt(new byte[] {1});
    }

    private static String keyFileIn(SortedMap<String, String> state) {
        return state.getOrDefault(CrashScenario.KEY_FILE.toString(), "");
    }

    /** With {@code further} power failures while it is recovered. */
    private boolean holds(CrashClaim claim, Deviation deviation, int further) throws IOException {
        Boolean already = known.get(claim);
        if (already != null) {
            return already;
        }
        states++;
        Path root = newDirectory();
        List<DiskEvent> found = put(claim.state(), root);
        CrashStage stage = new CrashStage(root, found, deviation);
        boolean holds = claim.holdsOfFiles() && opens(stage, claim);
        remove(root);
        known.put(claim, holds);
        List<DiskEvent> steps = stage.disk.steps();
        for (int taken = found.size() + 1; holds && further > 0 && taken <= steps.size(); taken++) {
            for (SortedMap<String, String> state : PowerLoss.after(steps.subList(0, taken))) {
                holds &= holds(claim.in(state), deviation, further - 1);
            }
        }
        return holds;
    }

    private boolean opens(CrashStage stage, CrashClaim claim) {
        try {
            return opensInOneForm(stage, claim);
        } catch (KeyringException refused) {
            // Nobody has used the keyring yet: whoever put the files there still has what he copied.
            boolean nothingToLose = claim.tokens().isEmpty()
                    && (refused.getMessage().startsWith("The ring ")
                            || refused.getMessage().contains("the ring is gone"));
            return nothingToLose || opensWithoutTornKeyFile(stage, claim, refused);
        }
    }

    /** What another program wrote was torn: the error says to remove the key file where there is a ring. */
    private boolean opensWithoutTornKeyFile(CrashStage stage, CrashClaim claim, KeyringException refused) {
        if (refused.reason() != KeyringException.Reason.MALFORMED
                || !refused.getMessage().startsWith("The key file ")
                || claim.withoutHelp()) {
            return false;
        }
        stage.removeKeyFile();
        try {
            return opensInOneForm(stage, claim);
        } catch (KeyringException lost) {
            return false;
        }
    }

    /** Whoever has the other envelopes, or none, is refused, before and after, and costs nothing. */
    private boolean opensInOneForm(CrashStage stage, CrashClaim claim) {
        int opened = 0;
        for (CrashForm form : forms) {
            try {
                Keyring keyring = load(stage, form, claim);
                opened++;
                if (!claim.forms().contains(form) || !claim.holdsOf(keyring)) {
                    return false;
                }
                if (form.isSealed()) {
                    changeUnderTheLock(stage, form);
                }
                if (leavesPlainKey(stage, form)) {
                    return false;
                }
            } catch (KeyringException refused) {
                if (!OTHER_FORM.contains(refused.reason())) {
                    throw refused;
                }
            }
        }
        return opened == 1;
    }

    /** Readers go on with the ring beside a torn key file of another program; a change says to remove it. */
    private static void changeUnderTheLock(CrashStage stage, CrashForm form) {
        try {
            stage.source(form).update(ring -> ring);
        } catch (KeyringException refused) {
            if (refused.reason() != KeyringException.Reason.MALFORMED) {
                throw refused;
            }
            stage.removeKeyFile();
            stage.source(form).update(ring -> ring);
        }
    }

    /** Beside a sealed ring, once it has been changed, there is no plain key any more, whatever a power loss undoes. */
    private static boolean leavesPlainKey(CrashStage stage, CrashForm form) {
        return form.isSealed() && PowerLoss.after(stage.disk.steps()).stream().anyMatch(CrashClaim::hasPlainKey);
    }

    private static Keyring load(CrashStage stage, CrashForm form, CrashClaim claim) {
        return stage.source(form).load(claim.tokens().isEmpty());
    }

    /** Puts a state on the disk as real files, and returns the steps that would have made it durable. */
    private static List<DiskEvent> put(SortedMap<String, String> state, Path root) throws IOException {
        List<DiskEvent> steps = new ArrayList<>();
        for (Map.Entry<String, String> entry : state.entrySet()) {
            Path name = Path.of(entry.getKey());
            if (entry.getValue().equals("/")) {
                Files.createDirectory(root.resolve(name));
                steps.add(new DiskEvent.MakeDirectory(name));
            } else {
                byte[] content = entry.getValue().getBytes(StandardCharsets.ISO_8859_1);
                int file = (int) steps.stream()
                        .filter(DiskEvent.Create.class::isInstance)
                        .count();
                Files.write(root.resolve(name), content);
                steps.add(new DiskEvent.Create(name, file));
                steps.add(new DiskEvent.Write(file, content));
                steps.add(new DiskEvent.Force(file));
            }
            steps.add(new DiskEvent.ForceDirectory(PowerLoss.directoryOf(name)));
        }
        return steps;
    }

    private static String names(SortedMap<String, String> state) {
        StringBuilder names = new StringBuilder();
        state.forEach((name, content) ->
                names.append(name).append('(').append(content.length()).append(") "));
        return names.toString();
    }

    Path newDirectory() throws IOException {
        return Files.createDirectory(base.resolve(String.valueOf(directories++)));
    }

    private static void remove(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failed) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
