// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codomyrmex.secrets.fernet.FernetKey;
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

    /** One state of the files. */
    record Case(Row row, Content ring, Content key, boolean temporaries) {

        KeyringFiles set(KeyringFiles files) {
            ring.bytes.ifPresent(bytes -> KeyringFiles.write(files.ring, bytes));
            key.bytes.ifPresent(bytes -> KeyringFiles.write(files.keyFile, bytes));
            if (temporaries) {
                KeyringFiles.write(files.ringTemporary, KeyringFiles.ringText(Keyring.of(UNFINISHED)));
                KeyringFiles.write(files.keyTemporary, KeyringFiles.keyText(UNFINISHED));
            }
            return files;
        }

        @Override
        public String toString() {
            return "ring " + row.ring() + " (" + ring + "), key file " + row.keyFile() + " (" + key + ")"
                    + (temporaries ? ", temporaries" : "");
        }
    }

    private static final Content NONE = new Content("no file", Optional.empty());
    private static final Content SEALED =
            Content.of("sealed", "codomyrmex-keyring 1 passphrase\nAAECAwQFBgcICQoLDA0ODw==\n");

    private static final Map<RingFile, List<Content>> RINGS = Map.of(
            RingFile.PLAIN,
            List.of(
                    Content.of("as written here", KeyringFiles.ringText(RING)),
                    Content.of(
                            "edited by hand",
                            "\uFEFF" + PRIMARY.reveal() + "\r\n\r\n  " + RETIRED.reveal() + "\t\r\n"
                                    + LONG_RETIRED.reveal())),
            RingFile.SEALED,
            List.of(SEALED),
            RingFile.ABSENT,
            List.of(NONE),
            RingFile.MALFORMED,
            malformed(Content.of("a bad line after a key", PRIMARY.reveal() + "\nno key\n")));

    private static final Map<KeyFile, List<Content>> KEYS = Map.of(
            KeyFile.MIRROR,
            List.of(key("44 characters", PRIMARY), Content.of("with a line break", PRIMARY.reveal() + "\n")),
            KeyFile.RETIRED_KEY,
            List.of(key("44 characters", RETIRED), Content.of("with a line break", LONG_RETIRED.reveal() + "\r\n")),
            KeyFile.OTHER_KEY,
            List.of(key("44 characters", OTHER), Content.of("with a line break", OTHER.reveal() + "\n")),
            KeyFile.SEALED_MARK,
            List.of(SEALED),
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

    /** A key, and blank lines until it is one byte too large. */
    private static byte[] large() {
        byte[] large = new byte[(1 << 20) + 1];
        Arrays.fill(large, (byte) '\n');
        byte[] key = OTHER.reveal().getBytes(US_ASCII);
        System.arraycopy(key, 0, large, 0, key.length);
        return large;
    }

    /** All cases; two malformed files are paired kind by kind. */
    static List<Case> all() {
        return RecoveryTable.ROWS.stream().flatMap(RecoveryCases::of).toList();
    }

    private static Stream<Case> of(Row row) {
        List<Content> rings = RINGS.get(row.ring());
        List<Content> keys = KEYS.get(row.keyFile());
        List<Case> cases = new ArrayList<>();
        for (boolean temporaries : new boolean[] {false, true}) {
            if (row.ring() == RingFile.MALFORMED && row.keyFile() == KeyFile.MALFORMED) {
                IntStream.range(0, rings.size())
                        .forEach(i -> cases.add(new Case(row, rings.get(i), keys.get(i), temporaries)));
            } else {
                rings.forEach(ring -> keys.forEach(key -> cases.add(new Case(row, ring, key, temporaries))));
            }
        }
        return cases.stream();
    }
}
