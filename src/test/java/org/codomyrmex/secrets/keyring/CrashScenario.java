// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.store.InMemorySecretStore;

/**
 * Something that is done to a key file, from a state in which it is found, with the record of every step. The keys are
 * kept in {@code home/secrets.key} below a directory that is always there.
 *
 * @param name what is done
 * @param start puts the files there
 * @param action does it, with unmodified code
 */
record CrashScenario(String name, Start start, Action action) {

    static final Path HOME = Path.of("home");
    static final Path KEY_FILE = HOME.resolve("secrets.key");
    static final Path RING = HOME.resolve("secrets.key.ring");

    interface Start {
        void make(Stage stage) throws IOException;
    }

    interface Action {
        void run(Stage stage) throws IOException;
    }

    /** Runs it in an empty directory and returns the record, of which the first steps are the start's. */
    Stage run(Path root, Deviation deviation) {
        Stage stage = new Stage(root, List.of(), deviation);
        try {
            start.make(stage);
            stage.startSteps = stage.disk.steps().size();
            action.run(stage);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return stage;
    }

    /** A directory, the disk that records, and what is done there. */
    static final class Stage {

        final RecordingDisk disk;
        private final Path root;
        private final Deviation deviation;
        private int startSteps;

        Stage(Path root, List<DiskEvent> stepsSoFar, Deviation deviation) {
            this.root = root;
            this.deviation = deviation;
            this.disk = new RecordingDisk(root, stepsSoFar, deviation);
        }

        int startSteps() {
            return startSteps;
        }

        /** A durable directory. */
        Stage home() throws IOException {
            disk.makeDirectory(root.resolve(HOME));
            disk.record(new DiskEvent.ForceDirectory(Path.of("")));
            return this;
        }

        /** A directory as another program makes it: nothing is forced. */
        Stage unforcedHome() throws IOException {
            disk.makeDirectory(root.resolve(HOME));
            return this;
        }

        /** A durable file, of which somebody has tokens under every key. */
        Stage file(Path name, FernetKey... keys) throws IOException {
            int file = write(name, keys);
            disk.record(new DiskEvent.Force(file));
            disk.record(new DiskEvent.ForceDirectory(HOME));
            for (FernetKey key : keys) {
                acknowledge(new Fernet(key).encrypt(new byte[] {1}));
            }
            return this;
        }

        /** A file as another program writes it: nothing is forced. */
        Stage unforcedFile(Path name, FernetKey... keys) throws IOException {
            write(name, keys);
            return this;
        }

        private int write(Path name, FernetKey... keys) throws IOException {
            StringBuilder text = new StringBuilder();
            for (FernetKey key : keys) {
                text.append(key.reveal()).append(name.equals(RING) ? "\n" : "");
            }
            try (Disk.Output out = disk.create(root.resolve(name), Optional.empty())) {
                out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
            }
            return (int) disk.steps().stream()
                            .filter(DiskEvent.Create.class::isInstance)
                            .count()
                    - 1;
        }

        FileKeyringSource source() {
            return new FileKeyringSource(disk, root.resolve(KEY_FILE), false, Duration.ZERO);
        }

        /** A manager whose store says which tokens somebody relies on, as soon as it has taken them. */
        SecretManager manager() {
            return SecretManager.builder()
                    .keyring(deviation.usedBeforeDurable() ? new Hasty(source(), this::acknowledge) : source())
                    .store(new AcknowledgingStore(new InMemorySecretStore(), this::acknowledge))
                    .build();
        }

        void acknowledge(String token) {
            disk.record(new DiskEvent.Acknowledge(token));
        }

        void mirrored(String keyId) {
            disk.record(new DiskEvent.Mirrored(keyId));
        }

        void acknowledgeDestruction(String keyId) {
            disk.record(new DiskEvent.Destroyed(keyId));
        }
    }

    /** Uses a new key before it is durable. */
    private record Hasty(FileKeyringSource source, Consumer<String> taken) implements RotatableKeyringSource {

        @Override
        public Keyring load(boolean mayCreate) {
            return source.load(mayCreate);
        }

        @Override
        public Keyring update(UnaryOperator<Keyring> change) {
            taken.accept(change.apply(source.load(false)).encrypt(new byte[] {1}));
            return source.update(change);
        }

        @Override
        public Keyring destroy(String keyId, BooleanSupplier forbid) {
            return source.destroy(keyId, forbid);
        }
    }

    private static final FernetKey FIRST = FernetKey.generate();
    private static final FernetKey SECOND = FernetKey.generate();
    private static final FernetKey FOREIGN = FernetKey.generate();

    /** Every operation of the protocol, from every state that it can start in. */
    static List<CrashScenario> all() {
        List<CrashScenario> all = new ArrayList<>();
        all.add(new CrashScenario("create", stage -> {}, CrashScenario::use));
        all.add(new CrashScenario("create in a directory that is there", Stage::home, CrashScenario::use));
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

    private static void use(Stage stage) {
        try (SecretManager manager = stage.manager()) {
            stage.mirrored(manager.listKeys().get(0).id());
            manager.storeSecret("name", "canary-crash");
        }
    }

    private static void rotate(Stage stage) {
        try (SecretManager manager = stage.manager()) {
            manager.storeSecret("name", "canary-crash");
            stage.mirrored(manager.rotateKey());
            manager.storeSecret("other", "canary-crash");
        }
    }

    /** Nobody has a token under the key: it joins the ring, is retired, and goes. */
    private static void destroy(Stage stage, FernetKey key) {
        FileKeyringSource source = stage.source();
        source.update(ring -> ring.contains(key.id()) ? ring.rotatedTo(SECOND) : ring.withRetired(key));
        source.destroy(key.id(), () -> true);
        stage.acknowledgeDestruction(key.id());
        stage.acknowledge(source.load(false).encrypt(new byte[] {1}));
    }
}
