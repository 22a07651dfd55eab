// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program that waits for new temporaries in a directory and puts a file or a link of its own in the place of each, as
 * fast as it can. Arguments: the directory that it watches; one of its own, in which everything that it put in place
 * keeps a second name; and, for links, where they lead. {@code count} is answered with the number of exchanges; it ends
 * with its input.
 */
final class ExchangingProcess {

    private final Path watched;
    private final Path own;
    private final Path target;
    private final Set<Object> mine = new HashSet<>();
    private int made;
    private final AtomicInteger exchanged = new AtomicInteger();

    private ExchangingProcess(String[] arguments) {
        watched = Path.of(arguments[0]);
        own = Path.of(arguments[1]);
        target = arguments.length > 2 ? Path.of(arguments[2]) : null;
    }

    public static void main(String[] arguments) throws IOException {
        ExchangingProcess exchanging = new ExchangingProcess(arguments);
        PrintStream answers = new PrintStream(System.out, true, UTF_8);
        Thread watching = new Thread(exchanging::watch);
        watching.setDaemon(true);
        watching.start();
        answers.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        while (lines.readLine() != null) {
            answers.println(exchanging.exchanged);
        }
    }

    private void watch() {
        Path next = null;
        while (true) {
            try {
                next = next == null ? make() : next;
                try (DirectoryStream<Path> temporaries = Files.newDirectoryStream(watched, "*.tmp")) {
                    for (Path temporary : temporaries) {
                        if (!mine.contains(inode(temporary))) {
                            Files.move(next, temporary, StandardCopyOption.ATOMIC_MOVE);
                            exchanged.incrementAndGet();
                            next = make();
                        }
                    }
                }
            } catch (IOException goneOrTaken) {
                // The temporary has found its place, or was removed: the next one comes.
                next = null;
            }
        }
    }

    /** A file that everybody can write, or a link, with a second name. */
    private Path make() throws IOException {
        Path kept = own.resolve("kept-" + made);
        Path next = own.resolve("next-" + made++);
        if (target == null) {
            Files.createFile(kept);
            Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rw-rw-rw-"));
            Files.createLink(next, kept);
        } else {
            Files.createSymbolicLink(next, target);
        }
        mine.add(inode(next));
        return next;
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }
}
