// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

/** Told how a re-encryption goes on: in the thread that called {@code rekey}, with no lock held. */
@FunctionalInterface
public interface RekeyListener {

    /**
     * Some more secrets have been gone through. If this throws, that is logged once and it is not called again.
     *
     * @param done how many are under the primary key now
     * @param failed how many could not be moved
     * @param total how many there are to go through; an estimate until the last call
     */
    void progress(long done, long failed, long total);
}
