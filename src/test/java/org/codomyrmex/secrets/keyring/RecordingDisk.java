// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.Ownership;

/** The real disk, with a record of every step, and with the deviation that is asked for. */
final class RecordingDisk implements Disk {

    private final Disk real = Disk.system();
    private final Path root;
    private final Deviation deviation;
    private final List<DiskEvent> steps;
    private final Map<Path, Integer> files = new HashMap<>();
    private Path ringHeldBack;
    private boolean hardLinks = true;
    private final List<String> placesOfForces = new ArrayList<>();
    private final Set<Path> created = new HashSet<>();

    /** The steps so far may be those of another disk of the same content, such as a writer's that a reader looks at. */
    RecordingDisk(Path root, List<DiskEvent> stepsSoFar, Deviation deviation) {
        this.root = root;
        this.steps = new ArrayList<>(stepsSoFar);
        this.deviation = deviation;
        stepsSoFar.forEach(this::follow);
    }

    private void follow(DiskEvent step) {
        if (step instanceof DiskEvent.Create create) {
            files.put(create.name(), create.file());
        } else if (step instanceof DiskEvent.Link link) {
            files.put(link.name(), link.file());
        } else if (step instanceof DiskEvent.Rename rename) {
            files.remove(rename.from());
            files.put(rename.to(), rename.file());
        } else if (step instanceof DiskEvent.Unlink unlink) {
            files.remove(unlink.name());
        }
    }

    List<DiskEvent> steps() {
        return steps;
    }

    void refuseHardLinks() {
        hardLinks = false;
    }

    /** Where in the code the forces came from. */
    List<String> placesOfForces() {
        return placesOfForces;
    }

    void record(DiskEvent step) {
        follow(step);
        steps.add(step);
    }

    private Path relative(Path file) {
        return root.relativize(file);
    }

    private int fileOf(Path file) {
        return files.computeIfAbsent(relative(file), unknown -> newFile());
    }

    private int newFile() {
        return (int) steps.stream().filter(DiskEvent.Create.class::isInstance).count();
    }

    /** Each line outside the disk that asks for a force is one force of the protocol. */
    private boolean isLeftOut() {
        Set<String> seam = Set.of(RecordingDisk.class.getName(), Recorded.class.getName());
        String place = StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !seam.contains(frame.getClassName()))
                        .findFirst()
                        .map(frame -> frame.getClassName().replaceAll(".*\\.", "") + "." + frame.getMethodName()
                                + ", line " + frame.getLineNumber())
                        .orElseThrow());
        placesOfForces.add(place);
        return deviation.leftOut().test(place);
    }

    @Override
    public byte[] read(Path file, int limitBytes) throws IOException {
        // That states are told apart without what is in a temporary rests on this.
        if (CrashClaim.isTemporary(file) && !created.contains(file)) {
            throw new AssertionError("a temporary is read by another than the one who writes it");
        }
        return real.read(file, limitBytes);
    }

    @Override
    public boolean exists(Path file) throws IOException {
        return real.exists(file);
    }

    @Override
    public List<Path> list(Path directory, Predicate<String> names) throws IOException {
        return real.list(directory, names);
    }

    @Override
    public boolean isWritable(Path directory) {
        return real.isWritable(directory);
    }

    @Override
    public Output create(Path file, Optional<Ownership> ownership) throws IOException {
        Output out = real.create(file, ownership);
        int number = newFile();
        created.add(file);
        record(new DiskEvent.Create(relative(file), number));
        return new Recorded(out, number);
    }

    private final class Recorded implements Output {

        private final Output out;
        private final int file;

        Recorded(Output out, int file) {
            this.out = out;
            this.file = file;
        }

        @Override
        public void write(byte[] content) throws IOException {
            out.write(content);
            record(new DiskEvent.Write(file, content.clone()));
        }

        @Override
        public void force() throws IOException {
            out.force();
            if (!isLeftOut()) {
                record(new DiskEvent.Force(file));
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    @Override
    public void force(Path file) throws IOException {
        real.force(file);
        if (!isLeftOut()) {
            record(new DiskEvent.Force(fileOf(file)));
        }
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        if (!hardLinks) {
            throw new UnsupportedOperationException("no hard links");
        }
        real.link(existing, link);
        record(new DiskEvent.Link(relative(link), fileOf(existing)));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        if (deviation.keyFileFirst() && to.equals(root.resolve(CrashScenario.RING)) && changesThePrimary(from)) {
            ringHeldBack = from;
            return;
        }
        renameNow(from, to);
        if (ringHeldBack != null) {
            renameNow(ringHeldBack, root.resolve(CrashScenario.RING));
            ringHeldBack = null;
        }
    }

    /** Whether the key file, too, will be replaced by another key. */
    private boolean changesThePrimary(Path newRing) throws IOException {
        Path keyFile = root.resolve(CrashScenario.KEY_FILE);
        byte[] ring = real.read(newRing, Found.LIMIT_BYTES);
        return real.exists(keyFile)
                && !SealedRing.begins(ring)
                && !new String(ring, StandardCharsets.US_ASCII)
                        .startsWith(new String(real.read(keyFile, Found.LIMIT_BYTES), StandardCharsets.US_ASCII));
    }

    private void renameNow(Path from, Path to) throws IOException {
        real.rename(from, to);
        record(new DiskEvent.Rename(relative(from), relative(to), fileOf(from)));
    }

    @Override
    public void unlink(Path file) throws IOException {
        boolean there = real.exists(file);
        real.unlink(file);
        if (there) {
            record(new DiskEvent.Unlink(relative(file)));
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        real.forceDirectory(directory);
        if (!isLeftOut()) {
            record(new DiskEvent.ForceDirectory(relative(directory)));
        }
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        boolean there = real.exists(directory);
        real.makeDirectory(directory);
        if (!there) {
            record(new DiskEvent.MakeDirectory(relative(directory)));
        }
    }

    @Override
    public Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) throws IOException {
        return real.lock(lockFile, ownership, deadline);
    }
}
