// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.List;

/**
 * What a re-encryption of the store did, and what remains to be done.
 *
 * @param keyId the primary key at the end
 * @param reencrypted how many secrets were moved
 * @param failed how many could not be moved; they were left as they were
 * @param remaining how many secrets the store held under other keys at the end, counted after one more reload of the
 *     keyring, even if the run was interrupted; only 0 proves that nothing is left. A secret that was encrypted before
 *     the count but is stored after it is not included
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
