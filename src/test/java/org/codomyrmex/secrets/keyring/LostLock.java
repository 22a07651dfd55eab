// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.codomyrmex.secrets.keyring.Scenario.NEXT;
import static org.codomyrmex.secrets.keyring.Scenario.OTHER;
import static org.codomyrmex.secrets.keyring.Scenario.RETIRED;
import static org.codomyrmex.secrets.keyring.Scenario.RING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.InterleavedDisk.Fence;

/** Runs two writers of one ring, which no lock keeps apart, in every order that a number of turns makes of their steps. */
final class LostLock {

    private static final FernetKey ANOTHER = FernetKey.generate();

    /**
     * Two writers.
     *
     * @param start the files they find
     * @param first what one of them does; returns the ids of the keys that must be there from then on
     * @param destroyed the key that is gone if the second one succeeds; empty: none
     */
    record Pair(
            String name,
            Consumer<KeyringFiles> start,
            Function<FileKeyringSource, List<String>> first,
            Function<FileKeyringSource, List<String>> second,
            String destroyed) {

        private static final int FEW = 4;

        static final List<Pair> ALL = List.of(
                new Pair("add and add", files -> files.with(RING), adding(NEXT), adding(ANOTHER), ""),
                new Pair("rotate and add", files -> files.with(RING), rotating(NEXT), adding(ANOTHER), ""),
                new Pair("add and rotate", files -> files.with(RING), adding(ANOTHER), rotating(NEXT), ""),
                new Pair("rotate and rotate", files -> files.with(RING), rotating(NEXT), rotating(ANOTHER), ""),
                new Pair(
                        "rotate and destroy",
                        files -> files.with(RING),
                        rotating(NEXT),
                        LostLock::destroy,
                        RETIRED.id()),
                new Pair("add and destroy", files -> files.with(RING), adding(NEXT), LostLock::destroy, RETIRED.id()),
                new Pair("create and create", files -> {}, LostLock::create, LostLock::create, ""),
                new Pair(
                        "create and create, then rotate", files -> {}, LostLock::create, LostLock::createAndRotate, ""),
                new Pair(
                        "adopt and rotate",
                        files -> KeyringFiles.write(files.with(RING).keyFile, KeyringFiles.keyText(OTHER)),
                        rotating(NEXT),
                        rotating(ANOTHER),
                        ""));

        /** The pairs that a quick run looks at. */
        static List<Pair> few() {
            return ALL.subList(0, FEW);
        }

        private static Function<FileKeyringSource, List<String>> changing(
                FernetKey key, UnaryOperator<Keyring> change) {
            return source -> {
                source.update(change);
                return List.of(key.id());
            };
        }

        private static Function<FileKeyringSource, List<String>> rotating(FernetKey key) {
            return changing(key, ring -> ring.contains(key.id()) ? ring : ring.rotatedTo(key));
        }

        private static Function<FileKeyringSource, List<String>> adding(FernetKey key) {
            return changing(key, ring -> ring.contains(key.id()) ? ring : ring.withRetired(key));
        }
    }

    private static List<String> destroy(FileKeyringSource source) {
        source.destroy(RETIRED.id(), () -> true);
        return List.of();
    }

    private static List<String> create(FileKeyringSource source) {
        return source.load(true).keyIds();
    }

    private static List<String> createAndRotate(FileKeyringSource source) {
        List<String> ids = new ArrayList<>(create(source));
        ids.addAll(source.update(ring -> ring.contains(NEXT.id()) ? ring : ring.rotatedTo(NEXT))
                .keyIds());
        return ids;
    }

    /** How many steps are taken in each turn; after the last one each goes on to its end, the first one first. */
    private record Order(int second, int first, int secondAgain) {}

    private final Path base;
    private int orders;
    private int refusals;

    LostLock() throws IOException {
        Path memory = Path.of("/dev/shm");
        base = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "lost-lock")
                : Files.createTempDirectory("lost-lock");
    }

    int orders() {
        return orders;
    }

    /** How often a writer ended with an error. */
    int refusals() {
        return refusals;
    }

    void removeAll() throws IOException {
        Files.delete(base);
    }

    /** The orders in which a key is lost; with something left out, the first of them. */
    List<String> in(Pair pair, Optional<Fence> leftOut, boolean secondTurnAgain) {
        List<String> losses = new ArrayList<>();
        boolean secondGoesOn = true;
        for (int second = 0; secondGoesOn; second++) {
            boolean firstGoesOn = true;
            for (int first = 0; firstGoesOn; first++) {
                boolean againGoesOn = true;
                for (int again = 0; againGoesOn; again++) {
                    Run run = new Run(pair, new Order(second, first, again), leftOut);
                    run.losses().forEach(loss -> losses.add(pair.name() + ", " + run.order + ": " + loss));
                    secondGoesOn = run.secondWentOn;
                    firstGoesOn = run.firstWentOn;
                    againGoesOn = secondTurnAgain && run.againWentOn;
                    if (leftOut.isPresent() && !losses.isEmpty()) {
                        return losses;
                    }
                }
            }
        }
        return losses;
    }

    /** One order, in a directory of its own. */
    private final class Run {

        private final Pair pair;
        private final Order order;
        private final KeyringFiles files;
        private final Set<String> relied = new HashSet<>();
        private boolean secondSucceeded;
        private boolean secondWentOn;
        private boolean firstWentOn;
        private boolean againWentOn;

        Run(Pair pair, Order order, Optional<Fence> leftOut) {
            this.pair = pair;
            this.order = order;
            this.files = KeyringFiles.below(base, String.valueOf(orders++));
            pair.start().accept(files);
            Turns.Writer second = writer(leftOut, source -> {
                relied.addAll(pair.second().apply(source));
                secondSucceeded = true;
            });
            Turns.Writer first =
                    writer(leftOut, source -> relied.addAll(pair.first().apply(source)));
            read();
            secondWentOn = second.take(order.second());
            read();
            firstWentOn = first.take(order.first());
            read();
            againWentOn = second.take(order.secondAgain());
            read();
            first.finish();
            read();
            second.finish();
            count(first);
            count(second);
        }

        private Turns.Writer writer(Optional<Fence> leftOut, Consumer<FileKeyringSource> work) {
            return new Turns.Writer(writer -> work.accept(files.source(new InterleavedDisk(writer, leftOut))));
        }

        private void count(Turns.Writer writer) {
            writer.failure().ifPresent(failure -> {
                if (!(failure instanceof KeyringException)) {
                    throw failure;
                }
                refusals++;
            });
        }

        /** Somebody loads the keyring, without a lock, and makes a token. */
        private void read() {
            try {
                relied.add(files.source(InterleavedDisk.busy())
                        .load(false)
                        .primary()
                        .id());
            } catch (KeyringException nothingYet) {
                // There is no ring yet, and whoever makes it has the lock.
            }
        }

        private List<String> losses() {
            List<String> losses = new ArrayList<>();
            Keyring ring = files.source(KeyringFiles.quick()).load(false);
            relied.stream().filter(id -> !ring.contains(id)).forEach(id -> losses.add("a key is missing"));
            if (secondSucceeded && ring.contains(pair.destroyed())) {
                losses.add("a destroyed key is back");
            }
            try {
                for (Path file : KeyringFiles.listed(files.directory)) {
                    Files.delete(file);
                }
                Files.delete(files.directory);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            return losses;
        }
    }
}
