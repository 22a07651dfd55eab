// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** A file is larger than its reader is willing to take in. */
public final class FileTooLargeException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    FileTooLargeException(Path file, int limitBytes) {
        super(file + " is larger than " + limitBytes + " bytes");
    }
}
