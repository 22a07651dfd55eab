// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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

/** A directory, the disk that records, and what is done there. */
final class CrashStage {

    final RecordingDisk disk;
    private final Path root;
    private final Deviation deviation;
    private int startSteps;

    CrashStage(Path root, List<DiskEvent> stepsSoFar, Deviation deviation) {
        this.root = root;
        this.deviation = deviation;
        this.disk = new RecordingDisk(root, stepsSoFar, deviation);
    }

    /** What was done so far put the files there. */
    void beginAction() {
        startSteps = disk.steps().size();
    }

    int startSteps() {
        return startSteps;
    }

    /** A durable directory. */
    CrashStage home() throws IOException {
        disk.makeDirectory(root.resolve(CrashScenario.HOME));
        disk.record(new DiskEvent.ForceDirectory(Path.of("")));
        return this;
    }

    /** A directory as another program makes it: nothing is forced. */
    CrashStage unforcedHome() throws IOException {
        disk.makeDirectory(root.resolve(CrashScenario.HOME));
        return this;
    }

    /** A durable file, of which somebody has tokens under every key. */
    CrashStage file(Path name, FernetKey... keys) throws IOException {
        durable(name, text(name, keys));
        return reliedOn(keys);
    }

    /** A file as another program writes it: nothing is forced. */
    CrashStage unforcedFile(Path name, FernetKey... keys) throws IOException {
        write(name, text(name, keys));
        return this;
    }

    /** What a change that was interrupted left beside the files: durable, but nobody relies on it. */
    CrashStage leftover(Path name, FernetKey... keys) throws IOException {
        durable(name, text(name, keys));
        return this;
    }

    /** A durable sealed ring, of which somebody has tokens under every key. */
    CrashStage sealedRing(CrashForm form, FernetKey... keys) throws IOException {
        durable(CrashScenario.RING, sealedText(form, keys));
        return reliedOn(keys);
    }

    /** A durable sealed ring and its mark. */
    CrashStage sealedFiles(CrashForm form, FernetKey... keys) throws IOException {
        durable(CrashScenario.KEY_FILE, SealedRing.mark());
        return sealedRing(form, keys);
    }

    /** A sealed ring and, if asked for, its mark, as another program writes them: nothing is forced. */
    CrashStage unforcedSealed(CrashForm form, boolean mark, FernetKey... keys) throws IOException {
        write(CrashScenario.RING, sealedText(form, keys));
        if (mark) {
            write(CrashScenario.KEY_FILE, SealedRing.mark());
        }
        return this;
    }

    private byte[] sealedText(CrashForm form, FernetKey... keys) {
        Keyring keyring = Keyring.of(keys[0], Arrays.copyOfRange(keys, 1, keys.length));
        return form.written().ringFile(keyring, Optional.empty(), root.resolve(CrashScenario.RING));
    }

    private CrashStage reliedOn(FernetKey... keys) {
        for (FernetKey key : keys) {
            acknowledge(new Fernet(key).encrypt(new byte[] {1}));
        }
        return this;
    }

    private static byte[] text(Path name, FernetKey... keys) {
        StringBuilder text = new StringBuilder();
        for (FernetKey key : keys) {
            text.append(key.reveal()).append(name.toString().contains(".ring") ? "\n" : "");
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void durable(Path name, byte[] content) throws IOException {
        disk.record(new DiskEvent.Force(write(name, content)));
        disk.record(new DiskEvent.ForceDirectory(CrashScenario.HOME));
    }

    private int write(Path name, byte[] content) throws IOException {
        try (Disk.Output out = disk.create(root.resolve(name), Optional.empty())) {
            out.write(content);
        }
        return (int) disk.steps().stream()
                        .filter(DiskEvent.Create.class::isInstance)
                        .count()
                - 1;
    }

    /** A source of the keyring in one form. */
    FileKeyringSource source(CrashForm form) {
        return form.over(new FileKeyringSource(disk, root.resolve(CrashScenario.KEY_FILE), false, Duration.ZERO));
    }

    /** A manager whose store says which tokens somebody relies on, as soon as it has taken them. */
    SecretManager manager(CrashForm form) {
        FileKeyringSource source = source(form);
        return SecretManager.builder()
                .keyring(deviation.usedBeforeDurable() ? new Hasty(source, this::acknowledge) : source)
                .store(new AcknowledgingStore(new InMemorySecretStore(), this::acknowledge))
                .build();
    }

    /** What the error about a torn key file beside a whole ring says to do. */
    void removeKeyFile() {
        try {
            disk.unlink(root.resolve(CrashScenario.KEY_FILE));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    void acknowledge(String token) {
        disk.record(new DiskEvent.Acknowledge(token));
    }

    /** Somebody is told the form; where that is plain, that every program finds the primary key in the key file. */
    void inForm(CrashForm form, String primaryId) {
        disk.record(new DiskEvent.InForm(form));
        if (!form.isSealed()) {
            disk.record(new DiskEvent.Mirrored(primaryId));
        }
    }

    /** A change of a sealed ring has ended: under the lock it removed what others had left. */
    void withoutPlainKey(CrashForm form) {
        if (form.isSealed()) {
            disk.record(new DiskEvent.NoPlainKey());
        }
    }

    void askFor(CrashForm form) {
        disk.record(new DiskEvent.FormAsked(form));
    }

    void acknowledgeDestruction(String keyId) {
        disk.record(new DiskEvent.Destroyed(keyId));
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
}
