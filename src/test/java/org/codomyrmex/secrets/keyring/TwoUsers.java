// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.codomyrmex.secrets.files.OtherProcess;
import org.codomyrmex.secrets.files.OtherUser;

/** A {@link KeyringProcess} of each of two users without rights, beside this process of root. */
final class TwoUsers implements AutoCloseable {

    final OtherProcess alice;
    final OtherProcess mallory;

    private int directories;
    private final Path parent;

    private TwoUsers(Path parent, String classPath) {
        this.parent = parent;
        alice = OtherUser.ALICE.start(classPath, KeyringProcess.class);
        mallory = OtherUser.MALLORY.start(classPath, KeyringProcess.class);
        assertThat(alice.hear()).isEqualTo("ready");
        assertThat(mallory.hear()).isEqualTo("ready");
    }

    /** Skips the tests unless such processes can be started. */
    static TwoUsers below(Path parent) throws IOException, InterruptedException {
        OtherUser.assumeStartable();
        return new TwoUsers(parent, OtherUser.readableClassPath(parent));
    }

    /** Files in a new directory of root's that everybody can enter and nobody else can write. */
    KeyringFiles newFiles() throws IOException {
        KeyringFiles files = KeyringFiles.below(parent, "directory-" + directories++);
        FileModes.chmod(0755, files.directory);
        return files;
    }

    @Override
    public void close() {
        try (alice) {
            mallory.close();
        }
    }
}
