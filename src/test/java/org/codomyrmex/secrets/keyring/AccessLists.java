// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;

/** POSIX access lists, through the programs that administrators use: {@code setfacl} and {@code getfacl}. */
final class AccessLists {

    private AccessLists() {}

    /** Skips a test if there is no such program, or no such list in this file system; with CI set it fails instead. */
    static void assumeSupported(Path file) throws InterruptedException {
        String problem;
        try {
            Process process = new ProcessBuilder("setfacl", "--test", "-m", "u:1234:r", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            problem = process.waitFor() == 0 ? "" : "the file system has no access lists";
        } catch (IOException noSuchProgram) {
            problem = "needs setfacl, of the package acl";
        }
        if (!problem.isEmpty()) {
            if ("true".equals(System.getenv("CI"))) {
                fail(problem);
            }
            abort(problem);
        }
    }

    static void set(Path file, String... entries) throws IOException, InterruptedException {
        run("setfacl", "-m", String.join(",", entries), file.toString());
    }

    /** The whole list, owner and group included, as numbers. */
    static String of(Path file) throws IOException, InterruptedException {
        return run("getfacl", "--numeric", "--absolute-names", "--no-effective", file.toString());
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("%s", output).isZero();
        return output;
    }
}
