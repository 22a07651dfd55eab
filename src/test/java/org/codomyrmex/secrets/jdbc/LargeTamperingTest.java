// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

import org.junit.jupiter.api.Tag;

/** The same in a table that is large enough for every pair to be another one. */
@Tag("slow")
class LargeTamperingTest extends TamperingTest {

    @Override
    int rows() {
        return 50;
    }
}
