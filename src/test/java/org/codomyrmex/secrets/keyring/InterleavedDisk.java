// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.Ownership;
import org.codomyrmex.secrets.files.StagedFile;
import org.codomyrmex.secrets.files.WatchedDisk;

/**
 * The real disk of one of two writers whose lock excludes nobody. Before each step that the other one can notice, it waits
 * until it is its turn. One part of the protocol may be left out.
 */
final class InterleavedDisk extends WatchedDisk {

    /** What keeps the ring although the lock was lost. */
    enum Fence {
        /** Step 2 and step 6: the comparison just before a rename. */
        COMPARISON,
        /** Step 4: the others' temporaries are removed. */
        REMOVAL,
        /** Step 7: both files are read again. */
        FINAL_READ
    }

    private final Turns.Writer writer;
    private final Optional<Fence> leftOut;
    private final Map<Path, Optional<byte[]>> readFirst = new HashMap<>();
    private final Map<Path, byte[]> staged = new HashMap<>();
    private final Map<Path, byte[]> placed = new HashMap<>();

    InterleavedDisk(Turns.Writer writer, Optional<Fence> leftOut) {
        this.writer = writer;
        this.leftOut = leftOut;
    }

    /** The disk of a reader, to whom the lock is busy. */
    static Disk busy() {
        return new WatchedDisk() {
            @Override
            protected boolean waitsForMedium() {
                return false;
            }

            @Override
            public Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) throws IOException {
                throw new FileSystemException(lockFile.toString(), null, "is busy");
            }
        };
    }

    /** Forces and writes into a file of one's own are nothing that anybody else notices. */
    @Override
    protected void before(Operation operation, Path file) {
        boolean noticed = switch (operation) {
            case LIST, CREATE, LINK, RENAME, UNLINK, MAKE_DIRECTORY -> true;
            case READ -> !CrashClaim.isTemporary(file);
            default -> false;
        };
        if (noticed) {
            writer.awaitTurn();
        }
    }

    @Override
    protected boolean waitsForMedium() {
        return false;
    }

    @Override
    public Closeable lock(Path lockFile, Optional<Ownership> ownership, Duration deadline) {
        return () -> {};
    }

    private boolean isLeftOut(Fence fence, Class<?> owner, String method) {
        return leftOut.filter(fence::equals).isPresent()
                && StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                        .walk(frames -> frames.anyMatch(frame -> frame.getDeclaringClass() == owner
                                && frame.getMethodName().equals(method)));
    }

    @Override
    public byte[] read(Path file, int limitBytes) throws IOException {
        if (isLeftOut(Fence.COMPARISON, KeyringWriter.class, "isStill")) {
            return readFirst
                    .get(file)
                    .orElseThrow(() -> new NoSuchFileException(file.toString()))
                    .clone();
        }
        if (placed.containsKey(file)
                && isLeftOut(Fence.FINAL_READ, LockedKeyring.class, "replaced")
                && !isLeftOut(Fence.FINAL_READ, KeyringWriter.class, "isStill")) {
            return placed.get(file).clone();
        }
        try {
            byte[] content = super.read(file, limitBytes);
            readFirst.put(file, Optional.of(content.clone()));
            return content;
        } catch (NoSuchFileException absent) {
            readFirst.put(file, Optional.empty());
            throw absent;
        }
    }

    @Override
    protected byte[] written(Path file, byte[] content) {
        staged.put(file, content.clone());
        return content;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        super.rename(from, to);
        placed.put(to, staged.get(from));
    }

    @Override
    public void unlink(Path file) throws IOException {
        if (!isLeftOut(Fence.REMOVAL, StagedFile.class, "removeOthers")) {
            super.unlink(file);
        }
    }
}
