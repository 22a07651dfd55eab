// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.files.OtherUser.ALICE;
import static org.codomyrmex.secrets.files.OtherUser.MALLORY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Supplier;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OtherProcess;
import org.codomyrmex.secrets.files.OtherUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever can write the directory exchanges the temporaries of every rotation, as fast as possible. */
@Tag("slow")
@Timeout(120)
class ExchangedTemporaryTest {

    /** So many exchanges must have succeeded; what fails is found within the first dozen. */
    private static final int EXCHANGES = 200;

    private static final int ROTATIONS = 2_000;

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());

    @TempDir
    Path parent;

    private String classPath;
    private KeyringFiles files;
    private Path own;
    private int restored;

    @BeforeEach
    void makeDirectories() throws Exception {
        OtherUser.assumeStartable();
        classPath = OtherUser.readableClassPath(parent);
        files = KeyringFiles.below(parent, "keyring");
        own = Files.createDirectory(parent.resolve("own"));
        MALLORY.own(own);
    }

    /** Puts the ring and its mirror in place, each under another name first, which is no temporary. */
    private void restore(OtherUser owner) throws IOException {
        Path next = parent.resolve("restored-" + restored++);
        for (Path file : List.of(files.ring, files.keyFile)) {
            KeyringFiles.write(
                    next, file.equals(files.ring) ? KeyringFiles.ringText(ring) : KeyringFiles.keyText(ring.primary()));
            if (owner != null) {
                owner.own(next);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Rotates until enough temporaries have been exchanged or there is evidence; returns what Mallory can read. */
    private void rotateUnderAttack(OtherUser owner, OtherProcess mallory, Supplier<String> rotation) throws Exception {
        for (int round = 0; round < ROTATIONS && Integer.parseInt(mallory.ask("count")) < EXCHANGES; round++) {
            restore(owner);
            String answer = rotation.get();
            assertThat(answer).doesNotContain(ring.primary().reveal());
            assertNoKeyInFilesOfMallory();
        }
        assertThat(Integer.parseInt(mallory.ask("count")))
                .as("temporaries exchanged")
                .isGreaterThanOrEqualTo(EXCHANGES);
    }

    private void assertNoKeyInFilesOfMallory() throws IOException {
        for (Path kept : KeyringFiles.listed(own)) {
            try {
                if (Files.isRegularFile(kept) && Files.size(kept) > 0) {
                    assertThat(Files.readString(kept))
                            .as("%s", kept)
                            .doesNotContain(ring.primary().reveal())
                            .hasSizeLessThan(ring.primary().reveal().length());
                }
            } catch (NoSuchFileException moved) {
                // It is in the place of a temporary now, and has a second name here.
            }
        }
    }

    private String rotateAsRoot() {
        try {
            FileKeyringSource.at(files.keyFile).update(present -> present.rotatedTo(FernetKey.generate()));
            return "rotated";
        } catch (KeyringException refused) {
            return refused.getMessage();
        }
    }

    private OtherProcess attack(String... arguments) {
        OtherProcess mallory = MALLORY.start(classPath, ExchangingProcess.class, arguments);
        assertThat(mallory.hear()).isEqualTo("ready");
        return mallory;
    }

    @Test
    void noKeyOfAnotherUserReachesAnExchangedFile() throws Exception {
        ALICE.own(files.directory);
        FileModes.chmod(0777, files.directory);
        try (OtherProcess alice = ALICE.start(classPath, KeyringProcess.class);
                OtherProcess mallory = attack(files.directory.toString(), own.toString())) {
            assertThat(alice.hear()).isEqualTo("ready");
            rotateUnderAttack(ALICE, mallory, () -> alice.ask("rotate " + files.keyFile));
        }
    }

    @Test
    void noKeyOfRootReachesAnExchangedFile() throws Exception {
        FileModes.chmod(0777, files.directory);
        try (OtherProcess mallory = attack(files.directory.toString(), own.toString())) {
            rotateUnderAttack(null, mallory, this::rotateAsRoot);
        }
    }

    /** Mallory owns ring and directory, and only waits for root to rotate what is his. */
    @Test
    void rootFollowsNoLinkFromAnExchangedFile() throws Exception {
        MALLORY.own(files.directory);
        Path precious = Files.writeString(parent.resolve("precious"), "of root alone");
        FileModes.chmod(0600, precious);
        String before = KeyringFiles.describe(precious);
        try (OtherProcess mallory = attack(files.directory.toString(), own.toString(), precious.toString())) {
            rotateUnderAttack(MALLORY, mallory, () -> {
                String answer = rotateAsRoot();
                assertThat(KeyringFiles.describe(precious)).isEqualTo(before);
                return answer;
            });
        }
    }
}
