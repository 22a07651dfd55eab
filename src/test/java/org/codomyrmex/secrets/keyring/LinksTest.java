// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.Disk;
import org.codomyrmex.secrets.files.WatchedDisk;
import org.codomyrmex.secrets.keyring.KeyringException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Key files that are reached through links: the real file's directory has the ring, the lock and the temporaries. */
@Timeout(60)
class LinksTest {

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());

    @TempDir
    Path parent;

    private Path links;
    private KeyringFiles files;

    @BeforeEach
    void makeDirectories() throws IOException {
        files = KeyringFiles.below(parent, "real");
        links = Files.createDirectory(parent.resolve("links"));
    }

    private static FileKeyringSource at(Path keyFile) {
        return FileKeyringSource.at(keyFile);
    }

    private void assertOneRingAndOneLock(Path throughLink) throws IOException {
        assertThat(at(throughLink).load(false)).isEqualTo(ring);
        FernetKey next = FernetKey.generate();

        Keyring rotated = at(throughLink).update(present -> present.rotatedTo(next));

        assertThat(rotated).isEqualTo(ring.rotatedTo(next));
        files.assertWritten(rotated);
        assertThat(files.source().load(false)).isEqualTo(rotated);
        assertThat(at(throughLink).load(false)).isEqualTo(rotated);
        assertThat(files.lock).exists();
        assertThat(KeyringFiles.listed(links)).allMatch(Files::isSymbolicLink);
    }

    @Test
    void aLinkToTheFileAndTheFileHaveOneRingAndOneLock() throws IOException {
        files.with(ring);
        assertOneRingAndOneLock(Files.createSymbolicLink(links.resolve("other.key"), files.keyFile));
    }

    @Test
    void aLinkToTheDirectoryAndTheDirectoryHaveOneRingAndOneLock() throws IOException {
        files.with(ring);
        Path link = Files.createSymbolicLink(links.resolve("directory"), files.directory);
        assertOneRingAndOneLock(link.resolve("secrets.key"));
    }

    @Test
    void aChainOfRelativeLinksIsFollowedToItsEnd() throws IOException {
        files.with(ring);
        Path first = Files.createSymbolicLink(links.resolve("first"), Path.of("..", "real", "secrets.key"));
        Path second = Files.createSymbolicLink(links.resolve("second"), first.getFileName());
        assertOneRingAndOneLock(second);
    }

    @Test
    void dotsInThePathMakeNoDifference() throws IOException {
        files.with(ring);
        assertOneRingAndOneLock(links.resolve("..").resolve("real").resolve(".").resolve("secrets.key"));
    }

    @Test
    void aLinkToNothingIsNoPlaceForANewKey() throws IOException {
        Path link = Files.createSymbolicLink(links.resolve("secrets.key"), files.keyFile);

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> at(link).load(true));

        assertThat(refusal.reason()).isEqualTo(Reason.ABSENT);
        assertThat(refusal)
                .hasMessageContainingAll(
                        files.keyFile + " (which a link leads to)", "creating one is not allowed here");
        assertThat(files.directory).isEmptyDirectory();
        assertThat(KeyringFiles.listed(links)).containsExactly(link);
    }

    @Test
    void aLinkIntoADirectoryThatIsNotThereMakesNone() throws IOException {
        Path link = Files.createSymbolicLink(links.resolve("secrets.key"), parent.resolve("gone/secrets.key"));

        assertThat(catchThrowableOfType(KeyringException.class, () -> at(link).load(true))
                        .reason())
                .isEqualTo(Reason.ABSENT);

        assertThat(parent.resolve("gone")).doesNotExist();
    }

    @Test
    void aKeyringIsCreatedInADirectoryThatALinkLeadsTo() throws IOException {
        Path link = Files.createSymbolicLink(links.resolve("directory"), files.directory);

        Keyring created = at(link.resolve("secrets.key")).load(true);

        files.assertWritten(created);
    }

    @Test
    void aLinkWhoseKeyFileIsGoneStillLeadsToTheRing() throws IOException {
        files.with(ring);
        Path link = Files.createSymbolicLink(links.resolve("secrets.key"), files.keyFile);
        Files.delete(files.keyFile);

        assertThat(at(link).load(true)).isEqualTo(ring);

        files.assertWritten(ring);
        assertThat(link).isSymbolicLink();
    }

    @Test
    void aRingThatIsALinkToNothingIsNoAbsentRing() throws IOException {
        Files.createSymbolicLink(files.ring, links.resolve("nothing"));

        for (boolean keyFile : new boolean[] {false, true}) {
            if (keyFile) {
                KeyringFiles.write(files.keyFile, KeyringFiles.keyText(ring.primary()));
            }
            Map<String, String> state = files.state();
            KeyringException refusal = catchThrowableOfType(
                    KeyringException.class, () -> files.source().load(true));

            assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(refusal).hasMessageContaining(files.ring + ": is a symbolic link");
            assertThat(files.state()).isEqualTo(state);
        }
        assertThat(links).isEmptyDirectory();
    }

    @Test
    void linksInACircleAreAnError() throws IOException {
        Path one = links.resolve("one");
        Path two = Files.createSymbolicLink(links.resolve("two"), one);
        Files.createSymbolicLink(one, two);

        KeyringException refusal = catchThrowableOfType(KeyringException.class, () -> at(one).load(true));

        assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal).hasMessageContainingAll(one.toString(), "Loop");
    }

    @Test
    void aLinkThatIsTurnedWhileTheLockIsTakenIsFollowedAgain() throws IOException {
        KeyringFiles other = KeyringFiles.below(parent, "other").with(Keyring.of(FernetKey.generate()));
        files.with(ring);
        Path link = Files.createSymbolicLink(links.resolve("secrets.key"), files.keyFile);
        FernetKey next = FernetKey.generate();
        boolean[] turned = new boolean[1];
        Disk disk = new WatchedDisk() {
            @Override
            protected void before(Operation operation, Path file) throws IOException {
                if (operation == Operation.LOCK && !turned[0]) {
                    turned[0] = true;
                    turn(link, other.keyFile);
                }
            }
        };
        Map<String, String> state = files.state();

        Keyring rotated = new FileKeyringSource(disk, link, false).update(present -> present.rotatedTo(next));

        other.assertWritten(rotated);
        assertThat(files.state()).isEqualTo(state);
    }

    private static void turn(Path link, Path target) throws IOException {
        Path fresh = Files.createSymbolicLink(link.resolveSibling("fresh"), target);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
    }
}
