// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The real disk, and something to do before and after each of its operations: a test overrides what it is about.
 * Nothing is imitated; what is not overridden happens to real files.
 */
public class WatchedDisk implements Disk {

    /** What is done; for a link and a rename the file is the new name. */
    public enum Operation {
        READ,
        EXISTS,
        LIST,
        CREATE,
        WRITE,
        FORCE_CONTENT,
        CLOSE,
        FORCE,
        LINK,
        RENAME,
        UNLINK,
        FORCE_DIRECTORY,
        MAKE_DIRECTORY,
        LOCK
    }

    private final Disk real = Disk.system();

    /** Called before an operation; what it throws keeps the operation from happening. */
    protected void before(Operation operation, Path file) throws IOException {}

    /** Called after an operation that succeeded. */
    protected void after(Operation operation, Path file) throws IOException {}

    /** What really reaches a file of what is written into it. */
    protected byte[] written(Path file, byte[] content) {
        return content;
    }

    /** Whether to wait for the medium when forcing: only durability itself, and interrupts, need that. */
    protected boolean waitsForMedium() {
        return true;
    }

    private interface Step {
        void run() throws IOException;
    }

    private void watched(Operation operation, Path file, Step step) throws IOException {
        before(operation, file);
        step.run();
        after(operation, file);
    }

    private void forced(Operation operation, Path file, Step step) throws IOException {
        watched(operation, file, waitsForMedium() ? step : () -> {});
    }

    @Override
    public byte[] read(Path file, int limitBytes) throws IOException {
        before(Operation.READ, file);
        byte[] content = real.read(file, limitBytes);
        after(Operation.READ, file);
        return content;
    }

    @Override
    public boolean exists(Path file) throws IOException {
        before(Operation.EXISTS, file);
        boolean found = real.exists(file);
        after(Operation.EXISTS, file);
        return found;
    }

    @Override
    public List<Path> list(Path directory, Predicate<String> names) throws IOException {
        before(Operation.LIST, directory);
        List<Path> found = real.list(directory, names);
        after(Operation.LIST, directory);
        return found;
    }

    @Override
    public boolean isWritable(Path directory) {
        return real.isWritable(directory);
    }

    @Override
    public Output create(Path file, Optional<Ownership> ownership) throws IOException {
        before(Operation.CREATE, file);
        Output output = real.create(file, ownership);
        try {
            after(Operation.CREATE, file);
        } catch (IOException | RuntimeException | Error failed) {
            output.close();
            real.unlink(file);
            throw failed;
        }
        return new Output() {

            @Override
            public void write(byte[] content) throws IOException {
                watched(Operation.WRITE, file, () -> output.write(written(file, content)));
            }

            @Override
            public void force() throws IOException {
                forced(Operation.FORCE_CONTENT, file, output::force);
            }

            @Override
            public void close() throws IOException {
                try {
                    before(Operation.CLOSE, file);
                } finally {
                    output.close();
                }
                after(Operation.CLOSE, file);
            }
        };
    }

    @Override
    public void force(Path file) throws IOException {
        forced(Operation.FORCE, file, () -> real.force(file));
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        watched(Operation.LINK, link, () -> real.link(existing, link));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        watched(Operation.RENAME, to, () -> real.rename(from, to));
    }

    @Override
    public void unlink(Path file) throws IOException {
        watched(Operation.UNLINK, file, () -> real.unlink(file));
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        forced(Operation.FORCE_DIRECTORY, directory, () -> real.forceDirectory(directory));
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        watched(Operation.MAKE_DIRECTORY, directory, () -> real.makeDirectory(directory));
    }

    @Override
    public Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) throws IOException {
        before(Operation.LOCK, lockFile);
        Closeable lock = real.lock(lockFile, ownership, deadline);
        try {
            after(Operation.LOCK, lockFile);
            return lock;
        } catch (IOException | RuntimeException | Error failed) {
            lock.close();
            throw failed;
        }
    }
}
