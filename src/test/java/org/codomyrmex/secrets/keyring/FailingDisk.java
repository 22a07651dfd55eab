// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.codomyrmex.secrets.files.WatchedDisk;

/** The real disk, on which the n-th operation fails; the 0-th is none. */
final class FailingDisk extends WatchedDisk {

    /** How an operation fails. */
    enum Fault {
        /** An operation does not happen. */
        BEFORE,
        /** An operation happens, of a write the first half, and fails all the same. */
        AFTER,
        /** The disk is full from then on. */
        FULL;

        boolean hits(Operation operation) {
            return switch (operation) {
                case READ, EXISTS, LIST -> this == BEFORE;
                case CREATE, WRITE, LINK, RENAME -> true;
                default -> this != FULL;
            };
        }
    }

    final int failing;
    final Fault fault;
    final List<Operation> done = new ArrayList<>();
    private final boolean hardLinks;

    FailingDisk(int failing, Fault fault, boolean hardLinks) {
        this.failing = failing;
        this.fault = fault;
        this.hardLinks = hardLinks;
    }

    @Override
    protected boolean waitsForMedium() {
        return false;
    }

    private boolean isNow() {
        return done.size() == failing;
    }

    static IOException failure(Path file) {
        return new FileSystemException(file.toString(), null, "No space left on device");
    }

    /** Whether what failed is a rename that happened all the same, so that the error cannot know what is in place. */
    boolean misleads() {
        return fault == Fault.AFTER && failing > 0 && done.get(failing - 1) == Operation.RENAME;
    }

    @Override
    protected void before(Operation operation, Path file) throws IOException {
        done.add(operation);
        boolean full = fault == Fault.FULL && failing > 0 && done.size() >= failing;
        if (full ? fault.hits(operation) : isNow() && fault == Fault.BEFORE) {
            throw failure(file);
        }
        if (!hardLinks && operation == Operation.LINK) {
            throw new UnsupportedOperationException("no hard links");
        }
    }

    @Override
    protected byte[] written(Path file, byte[] content) {
        return isNow() && fault == Fault.AFTER ? Arrays.copyOf(content, content.length / 2) : content;
    }

    @Override
    protected void after(Operation operation, Path file) throws IOException {
        if (isNow() && fault == Fault.AFTER) {
            throw failure(file);
        }
    }
}
