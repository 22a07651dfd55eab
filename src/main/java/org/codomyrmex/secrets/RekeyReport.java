// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.List;

/**
 * What a re-encryption of the store did.
 *
 * @param keyId the primary key, which everything re-encrypted is under now
 * @param reencrypted how many secrets were moved to it
 * @param failed how many could not be; they were left as they were
 * @param failures the first 100 of those
 */
public record RekeyReport(String keyId, long reencrypted, long failed, List<RekeyFailure> failures) {

    /**
     * Makes a report.
     *
     * @param keyId the primary key
     * @param reencrypted how many secrets were moved to it
     * @param failed how many could not be
     * @param failures the first of those, copied
     */
    public RekeyReport {
        failures = List.copyOf(failures);
    }
}
