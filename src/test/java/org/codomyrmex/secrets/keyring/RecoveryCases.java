// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.files.OtherUser;
import org.codomyrmex.secrets.keyring.Found.KeyFile;
import org.codomyrmex.secrets.keyring.Found.RingFile;
import org.codomyrmex.secrets.keyring.RecoveryTable.Row;

/** Every state in which the two files can be found, in all its variants, with and without temporaries beside them. */
final class RecoveryCases {

    static final FernetKey PRIMARY = FernetKey.generate();
    static final FernetKey RETIRED = FernetKey.generate();
    static final FernetKey LONG_RETIRED = FernetKey.generate();
    static final FernetKey OTHER = FernetKey.generate();
    static final Keyring RING = Keyring.of(PRIMARY, RETIRED, LONG_RETIRED);

    /** Few rounds, since what is sealed here protects nothing. */
    static final KeyringEnvelope ENVELOPE = QuickEnvelopes.of("recovery");

    /** What a crash left in the temporaries: a key that nothing was ever encrypted under. */
    static final FernetKey UNFINISHED = FernetKey.generate();

    /** One way to be what a file is found to be; the content is empty where there is no file. */
    record Content(String name, Optional<byte[]> bytes) {

        static Content of(String name, byte[] bytes) {
            return new Content(name, Optional.of(bytes));
        }

        static Content of(String name, String text) {
            return of(name, text.getBytes(UTF_8));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** One state of the files, and whether they are opened with the envelope. */
    record Case(Row row, Content ring, Content key, boolean temporaries, boolean enveloped) {

        RecoveryOutcome outcome() {
            return RecoveryOutcome.of(row.ring(), row.keyFile(), enveloped);
        }

        FileKeyringSource source(KeyringFiles files) {
            return in(files.source());
        }

        /** A source in the form that this is about. */
        FileKeyringSource in(FileKeyringSource source) {
            return enveloped ? source.withEnvelope(ENVELOPE) : source;
        }

        KeyringFiles set(KeyringFiles files) {
            ring.bytes.ifPresent(bytes -> KeyringFiles.write(files.ring, bytes));
            key.bytes.ifPresent(bytes -> KeyringFiles.write(files.keyFile, bytes));
            if (row.keyFile() == KeyFile.FOREIGN_KEY) {
                giveToStranger(files.keyFile);
            }
            if (temporaries) {
                KeyringFiles.write(files.ringTemporary, KeyringFiles.ringText(Keyring.of(UNFINISHED)));
                KeyringFiles.write(files.keyTemporary, KeyringFiles.keyText(UNFINISHED));
            }
            return files;
        }

        @Override
        public String toString() {
            return "ring " + row.ring() + " (" + ring + "), key file " + row.keyFile() + " (" + key + ")"
                    + (temporaries ? ", temporaries" : "") + (enveloped ? ", opened with the envelope" : "");
        }
    }

    private static void giveToStranger(Path file) {
        try {
            OtherUser.MALLORY.own(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static final Content NONE = new Content("no file", Optional.empty());
    private static final String SEALED =
            new String(RingForm.sealedIn(ENVELOPE).ringFile(RING, Optional.empty(), Path.of("ring")), US_ASCII);
    private static final String FIRST_LINE = SEALED.substring(0, SEALED.indexOf('\n'));
    private static final String MARK = new String(SealedRing.mark(), US_ASCII);

    private static final Map<RingFile, List<Content>> RINGS = Map.of(
            RingFile.PLAIN,
            List.of(
                    Content.of("as written here", KeyringFiles.ringText(RING)),
                    Content.of(
                            "edited by hand",
                            "\uFEFF" + PRIMARY.reveal() + "\r\n\r\n  " + RETIRED.reveal() + "\t\r\n"
                                    + LONG_RETIRED.reveal())),
            RingFile.SEALED,
            List.of(Content.of("as written here", SEALED)),
            RingFile.ABSENT,
            List.of(NONE),
            RingFile.MALFORMED,
            Stream.concat(
                            malformed(Content.of("a bad line after a key", PRIMARY.reveal() + "\nno key\n")).stream(),
                            damaged().stream())
                    .toList());

    private static final Map<KeyFile, List<Content>> KEYS = Map.of(
            KeyFile.MIRROR,
            List.of(key("44 characters", PRIMARY), Content.of("with a line break", PRIMARY.reveal() + "\n")),
            KeyFile.RETIRED_KEY,
            List.of(key("44 characters", RETIRED), Content.of("with a line break", LONG_RETIRED.reveal() + "\r\n")),
            KeyFile.OTHER_KEY,
            List.of(key("44 characters", OTHER), Content.of("with a line break", OTHER.reveal() + "\n")),
            KeyFile.FOREIGN_KEY,
            List.of(
                    key("44 characters of a stranger", OTHER),
                    Content.of("a stranger's with a line break", OTHER.reveal() + "\n")),
            KeyFile.SEALED_MARK,
            List.of(Content.of("as written here", MARK), Content.of("cut short", MARK.substring(0, 25))),
            KeyFile.ABSENT,
            List.of(NONE),
            KeyFile.MALFORMED,
            malformed(Content.of("two lines", OTHER.reveal() + "\n" + PRIMARY.reveal() + "\n")));

    private RecoveryCases() {}

    private static Content key(String name, FernetKey key) {
        return Content.of(name, KeyringFiles.keyText(key));
    }

    private static List<Content> malformed(Content more) {
        return List.of(
                Content.of("empty", ""),
                Content.of("truncated", OTHER.reveal().substring(0, 20)),
                Content.of("43 characters", OTHER.reveal().substring(0, 43)),
                Content.of("garbage", new byte[] {0, (byte) 0xE9, 7, (byte) 0xC3, 0x28, 'x', 10, 0}),
                Content.of("UTF-16", ("\uFEFF" + OTHER.reveal()).getBytes(UTF_16LE)),
                Content.of("larger than 1 MiB", large()),
                more);
    }

    /** Sealed rings that are not as one is written. */
    private static List<Content> damaged() {
        return List.of(
                Content.of("sealed in the first version", SEALED.replace("keyring 2 ", "keyring 1 ")),
                Content.of("sealed in the next version", SEALED.replace("keyring 2 ", "keyring 3 ")),
                Content.of("sealed, id and generation missing", firstLine("codomyrmex-keyring 2 passphrase")),
                Content.of("sealed, generation missing", firstLine(FIRST_LINE.substring(0, FIRST_LINE.length() - 2))),
                Content.of("sealed, generation 0", firstLine(FIRST_LINE.replaceAll("1$", "0"))),
                Content.of("sealed, generation 01", firstLine(FIRST_LINE.replaceAll("1$", "01"))),
                Content.of("sealed, id in capitals", firstLine(FIRST_LINE.replaceAll("[0-9a-f]{32}", "F".repeat(32)))),
                Content.of("sealed, kind missing", SEALED.replace(" passphrase", "")),
                Content.of("sealed, kind in capitals", SEALED.replace("passphrase", "Passphrase")),
                Content.of("sealed, first line alone", SEALED.substring(0, SEALED.indexOf('\n') + 1)),
                Content.of("sealed, cut within the first line", SEALED.substring(0, 24)),
                Content.of("sealed, cut short", SEALED.substring(0, SEALED.length() - 9)),
                Content.of("sealed, no line break at the end", SEALED.strip()),
                Content.of("sealed, two line breaks at the end", SEALED + "\n"),
                Content.of("sealed, a sign that is none of base64", SEALED.replace("A", "!")),
                Content.of("sealed, with carriage returns", SEALED.replace("\n", "\r\n")),
                Content.of("sealed, and a plain key after it", SEALED + OTHER.reveal() + "\n"),
                Content.of("the mark", MARK));
    }

    private static String firstLine(String line) {
        return line + SEALED.substring(FIRST_LINE.length());
    }

    /** A key, and blank lines until it is one byte too large. */
    private static byte[] large() {
        byte[] large = new byte[(1 << 20) + 1];
        Arrays.fill(large, (byte) '\n');
        byte[] key = OTHER.reveal().getBytes(US_ASCII);
        System.arraycopy(key, 0, large, 0, key.length);
        return large;
    }

    /** All cases; two malformed files are paired, and not each with each. A file of a stranger needs root to make it. */
    static List<Case> all(boolean asRoot) {
        return RecoveryTable.ROWS.stream()
                .filter(row -> asRoot || row.keyFile() != KeyFile.FOREIGN_KEY)
                .flatMap(RecoveryCases::of)
                .toList();
    }

    private static Stream<Case> of(Row row) {
        List<Content> rings = RINGS.get(row.ring());
        List<Content> keys = KEYS.get(row.keyFile());
        boolean paired = row.ring() == RingFile.MALFORMED && row.keyFile() == KeyFile.MALFORMED;
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < rings.size(); i++) {
            List<Content> beside = paired ? List.of(keys.get(i % keys.size())) : keys;
            for (Content key : beside) {
                for (int variant = 0; variant < 4; variant++) {
                    cases.add(new Case(row, rings.get(i), key, (variant & 1) != 0, (variant & 2) != 0));
                }
            }
        }
        return cases.stream();
    }
}
