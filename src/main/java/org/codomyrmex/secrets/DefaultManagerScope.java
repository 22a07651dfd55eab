// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

/** The time during which {@link Secrets} uses a manager of the caller's. Closing it puts the former one back. */
public interface DefaultManagerScope extends AutoCloseable {

    /** Puts the former manager back; the replaced one is not closed. May be called twice, and in any order. */
    @Override
    void close();
}
