// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codomyrmex.secrets.files.OtherUser.ALICE;
import static org.codomyrmex.secrets.files.OtherUser.MALLORY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key file that a user without any right to the ring has put beside it. */
@Timeout(60)
class ForeignKeyFileTest {

    /** What Mallory writes into the key file. */
    private enum Content {
        SEALED_MARK,
        RETIRED_KEY,
        KEY_OF_HIS,
        NOTHING,
        GARBAGE
    }

    @TempDir
    static Path parent;

    private static TwoUsers users;
    private static byte[] sealedMark;

    private final Keyring ring = Keyring.of(FernetKey.generate(), FernetKey.generate());
    private final FernetKey his = FernetKey.generate();
    private KeyringFiles files;
    /** A second name of Mallory's file, by which he still reads it after the first one has been taken from him. */
    private Path kept;

    @BeforeAll
    static void startProcesses() throws Exception {
        users = TwoUsers.below(parent);
        KeyringFiles sealed = KeyringFiles.below(parent, "sealed");
        FileKeyringSource.at(sealed.keyFile)
                .withEnvelope(PassphraseEnvelope.of("a passphrase of some length".toCharArray()))
                .load(true);
        sealedMark = Files.readAllBytes(sealed.keyFile);
    }

    @AfterAll
    static void endProcesses() {
        if (users != null) {
            users.close();
        }
    }

    @BeforeEach
    void writeRing() throws IOException {
        files = users.newFiles();
        KeyringFiles.write(files.ring, KeyringFiles.ringText(ring));
        kept = parent.resolve("kept-by-mallory-" + files.directory.getFileName());
    }

    private byte[] bytes(Content content) {
        return switch (content) {
            case SEALED_MARK -> sealedMark;
            case RETIRED_KEY -> KeyringFiles.keyText(ring.retired().get(0));
            case KEY_OF_HIS -> KeyringFiles.keyText(his);
            case NOTHING -> new byte[0];
            case GARBAGE -> "no key".getBytes(US_ASCII);
        };
    }

    private void putByMallory(Content content) throws IOException {
        Files.deleteIfExists(files.keyFile);
        Files.deleteIfExists(kept);
        Files.write(files.keyFile, bytes(content));
        FileModes.chmod(0666, files.keyFile);
        MALLORY.own(files.keyFile);
        Files.createLink(kept, files.keyFile);
    }

    /** Neither a key of the ring as it was nor one that it has now, except what Mallory wrote himself. */
    private void assertMalloryHasNoKeyBut(byte[] written) throws IOException {
        List<String> keys = Stream.concat(
                        new String(KeyringFiles.ringText(ring), US_ASCII).lines(),
                        Files.readAllLines(files.ring).stream())
                .filter(key -> !new String(written, US_ASCII).contains(key))
                .toList();
        assertThat(keys).contains(ring.primary().reveal());
        for (Path file : Stream.concat(KeyringFiles.listed(files.directory).stream(), Stream.of(kept))
                .toList()) {
            if (MALLORY.owns(file) || !FileModes.mode(file).endsWith("00")) {
                assertThat(Files.readString(file)).as("%s", file).doesNotContain(keys);
            }
        }
    }

    private void useAsRoot(byte[] written) throws IOException {
        FileKeyringSource source = FileKeyringSource.at(files.keyFile);
        for (Runnable use : List.<Runnable>of(
                () -> source.load(true), () -> source.update(present -> present.rotatedTo(FernetKey.generate())))) {
            try {
                use.run();
            } catch (KeyringException refused) {
                assertThat(refused).hasMessageContaining(files.directory.toString());
            }
            assertMalloryHasNoKeyBut(written);
        }
        assertThat(FileModes.ownership(files.ring)).isEqualTo("0:0 0600");
    }

    @ParameterizedTest
    @EnumSource(Content.class)
    void rootGivesNoKeyToWhoPutAKeyFileIntoADirectoryThatEverybodyCanWrite(Content content) throws IOException {
        for (int mode : List.of(0777, 01777)) {
            FileModes.chmod(mode, files.directory);
            putByMallory(content);

            useAsRoot(bytes(content));
        }
    }

    @ParameterizedTest
    @EnumSource(Content.class)
    void rootGivesNoKeyToTheOwnerOfTheDirectory(Content content) throws IOException {
        MALLORY.own(files.directory);
        putByMallory(content);

        useAsRoot(bytes(content));
    }

    @ParameterizedTest
    @EnumSource(Content.class)
    void aStrictSourceRefusesTheDirectoryAndTouchesNothing(Content content) throws IOException {
        for (int mode : List.of(0777, 01777, 0755)) {
            FileModes.chmod(mode, files.directory);
            if (mode == 0755) {
                MALLORY.own(files.directory);
            }
            putByMallory(content);
            FileModes.chmod(0600, files.keyFile);
            Map<String, String> state = files.state();

            KeyringException refusal = catchThrowableOfType(
                    KeyringException.class,
                    () -> FileKeyringSource.at(files.keyFile)
                            .withStrictPermissions()
                            .load(false));

            assertThat(refusal).as("mode %o", mode).hasMessageContaining("directory " + files.directory);
            assertThat(refusal.reason()).isEqualTo(KeyringException.Reason.UNAVAILABLE);
            assertThat(files.state()).isEqualTo(state);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Content.class,
            names = {"SEALED_MARK", "RETIRED_KEY"})
    void aRotationOfAnotherUserReplacesTheFileInsteadOfWritingIntoIt(Content content) throws IOException {
        FileModes.chmod(0777, files.directory);
        ALICE.own(files.ring);
        putByMallory(content);

        assertThat(users.alice.ask("rotate " + files.keyFile))
                .endsWith(String.join(" ", ring.keyIds()))
                .doesNotContain("refused");

        assertMalloryHasNoKeyBut(bytes(content));
        assertThat(FileModes.owner(files.keyFile)).isEqualTo(ALICE.uid());
        assertThat(FileModes.mode(files.keyFile)).isEqualTo("0600");
        assertThat(kept).hasBinaryContent(bytes(content));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65534})
    void aKeyFileOfAStrangerDoesNotBecomeARing(int directoryOwner) throws IOException {
        FileModes.chmod(0777, files.directory);
        Files.setAttribute(files.directory, "unix:uid", directoryOwner);
        Files.delete(files.ring);
        putByMallory(Content.KEY_OF_HIS);
        Map<String, String> state = files.state();

        assertThat(users.alice.ask("create " + files.keyFile))
                .startsWith("refused ")
                .contains(files.keyFile.toString(), "belongs to user " + MALLORY.uid(), "was not adopted");
        assertThat(catchThrowableOfType(
                        KeyringException.class,
                        () -> FileKeyringSource.at(files.keyFile).load(true)))
                .as("as root")
                .hasMessageContaining("belongs to user " + MALLORY.uid());

        assertThat(files.state()).isEqualTo(state);
    }

    @Test
    void aKeyOfAStrangerDoesNotJoinARing() throws IOException {
        FileModes.chmod(0777, files.directory);
        ALICE.own(files.ring);
        putByMallory(Content.KEY_OF_HIS);
        String ringBefore = KeyringFiles.describe(files.ring);

        assertThat(users.alice.ask("open " + files.keyFile)).isEqualTo(String.join(" ", ring.keyIds()));
        assertThat(FileKeyringSource.at(files.keyFile).load(false).keyIds())
                .as("as root")
                .isEqualTo(ring.keyIds());

        assertThat(KeyringFiles.describe(files.ring)).isEqualTo(ringBefore);
        assertThat(Files.exists(files.keyFile, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void aKeyFileOfTheDirectorysOwnerIsAdopted() throws IOException {
        MALLORY.own(files.directory);
        Files.delete(files.ring);
        putByMallory(Content.KEY_OF_HIS);
        FileModes.chmod(0600, files.keyFile);

        assertThat(FileKeyringSource.at(files.keyFile).load(false).keyIds()).containsExactly(his.id());

        assertThat(FileModes.owner(files.ring)).isEqualTo(MALLORY.uid());
    }
}
