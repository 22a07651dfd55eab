// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is done with a keyring in files, from one state of them.
 *
 * @param name what it is
 * @param state makes the state
 * @param work what is done
 * @param before the keyring that the state stands for; null where there is none yet
 * @param after the keyring that is there when it is done; null for one with a single new key
 */
record Scenario(
        String name,
        Consumer<KeyringFiles> state,
        Function<FileKeyringSource, Keyring> work,
        Keyring before,
        Keyring after) {

    static final FernetKey PRIMARY = FernetKey.generate();
    static final FernetKey RETIRED = FernetKey.generate();
    static final FernetKey OTHER = FernetKey.generate();
    static final FernetKey NEXT = FernetKey.generate();
    static final Keyring RING = Keyring.of(PRIMARY, RETIRED);

    static final Scenario CREATE = new Scenario("create", files -> {}, source -> source.load(true), null, null);

    static final Scenario ROTATE = new Scenario(
            "rotate",
            files -> files.with(RING),
            source -> source.update(ring -> ring.rotatedTo(NEXT)),
            RING,
            RING.rotatedTo(NEXT));

    static final Scenario DESTROY = new Scenario(
            "destroy",
            files -> files.with(RING),
            source -> source.destroy(RETIRED.id(), () -> true),
            RING,
            RING.without(RETIRED.id()));

    /** All that can be done, but for what only looks. */
    static final List<Scenario> ALL = List.of(
            CREATE,
            new Scenario(
                    "adopt a key file",
                    files -> KeyringFiles.write(files.keyFile, KeyringFiles.keyText(OTHER)),
                    source -> source.load(false),
                    Keyring.of(OTHER),
                    Keyring.of(OTHER)),
            new Scenario(
                    "take over a key of another program",
                    files -> KeyringFiles.write(files.with(RING).keyFile, KeyringFiles.keyText(OTHER)),
                    source -> source.load(false),
                    RING.rotatedTo(OTHER),
                    RING.rotatedTo(OTHER)),
            new Scenario(
                    "write a missing key file",
                    files -> delete(files.with(RING)),
                    source -> source.load(false),
                    RING,
                    RING),
            new Scenario(
                    "finish a rotation",
                    files -> KeyringFiles.write(files.with(RING).keyFile, KeyringFiles.keyText(RETIRED)),
                    source -> source.load(false),
                    RING,
                    RING),
            new Scenario(
                    "remove temporaries",
                    Scenario::withTemporaries,
                    source -> source.update(UnaryOperator.identity()),
                    RING,
                    RING),
            ROTATE,
            new Scenario(
                    "rotate over a key of another program and temporaries",
                    files -> {
                        withTemporaries(files);
                        KeyringFiles.write(files.keyFile, KeyringFiles.keyText(OTHER));
                    },
                    source -> source.update(ring -> ring.rotatedTo(NEXT)),
                    RING.rotatedTo(OTHER),
                    RING.rotatedTo(OTHER).rotatedTo(NEXT)),
            new Scenario(
                    "add a retired key",
                    files -> files.with(RING),
                    source -> source.update(ring -> ring.withRetired(NEXT)),
                    RING,
                    RING.withRetired(NEXT)),
            DESTROY);

    private static void delete(KeyringFiles files) {
        try {
            Files.delete(files.keyFile);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void withTemporaries(KeyringFiles files) {
        FernetKey unfinished = FernetKey.generate();
        files.with(RING);
        KeyringFiles.write(files.ringTemporary, KeyringFiles.ringText(RING.rotatedTo(unfinished)));
        KeyringFiles.write(files.keyTemporary, KeyringFiles.keyText(unfinished));
    }

    /** Does it. */
    Keyring perform(FileKeyringSource source) {
        return work.apply(source);
    }

    /** Whether a keyring is what was there before, or what is to be there afterwards. */
    boolean allows(Keyring found) {
        return after == null ? found.keyIds().size() == 1 : found.equals(before) || found.equals(after);
    }

    /** What an opening uses that could not recover the files: a key that the ring lacks only decrypts then. */
    @Nullable
    Keyring asItStands() {
        return name.equals("take over a key of another program") ? RING.withRetired(OTHER) : after;
    }

    /** Whether it changes a keyring that is whole, rather than making it whole. */
    boolean changes() {
        return after != null && !after.equals(before);
    }

    /** Whether a key file is written where there is none. */
    boolean takesAFreePlace() {
        return after == null || name.equals("write a missing key file");
    }

    @Override
    public String toString() {
        return name;
    }
}
