// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import java.time.Duration;

/** Somebody else kept a lock for longer than its taker was willing to wait. */
public final class LockTimeoutException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    LockTimeoutException(Path lockFile, String holder, Duration deadline) {
        super(lockFile + " was held by " + holder + " for " + deadline.toMillis() + " ms");
    }
}
