// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.processes;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.FileKeyringSource;

/** Is held up inside one rotation, where it holds the lock: says so, goes on a while later and ends. */
final class HoldingProgram {

    private HoldingProgram() {}

    /** Arguments: key file, milliseconds for which it is held up. */
    public static void main(String[] arguments) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[1]));
        FernetKey key = FernetKey.generate();
        FileKeyringSource.at(Path.of(arguments[0])).update(ring -> {
            System.out.println("inside");
            long end = System.nanoTime() + nanos;
            for (long left = nanos; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return ring.rotatedTo(key);
        });
        System.out.println("rotated to " + key.id());
    }
}
