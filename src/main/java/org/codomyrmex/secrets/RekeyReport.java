// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.List;

/**
 * What a re-encryption of the store did, and what it left.
 *
 * @param keyId the primary key at the end
 * @param reencrypted how many secrets were moved
 * @param failed how many could not be moved; they were left as they were
 * @param remaining how many secrets the store had under other keys at the end, counted in the store after one more reload of
 *     the keyring, whether or not the run was interrupted; only 0 says that nothing is left. A writer that encrypted before
 *     and stores afterwards is not counted
 * @param failures the first 100 failures
 */
public record RekeyReport(String keyId, long reencrypted, long failed, long remaining, List<RekeyFailure> failures) {

    /**
     * Makes a report.
     *
     * @param keyId the primary key at the end
     * @param reencrypted how many secrets were moved
     * @param failed how many could not be moved
     * @param remaining how many secrets are under other keys
     * @param failures the first failures, copied
     */
    public RekeyReport {
        failures = List.copyOf(failures);
    }
}
