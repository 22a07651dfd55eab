// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Catches what a call throws. */
final class Refusals {

    private Refusals() {}

    /** What a call throws, which is of exactly this type and shows no secret. */
    static <T extends Throwable> T refusal(Class<T> type, ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as("what the call throws").isExactlyInstanceOf(type);
        LeakGuard.assertShowsNothing(thrown);
        return type.cast(thrown);
    }
}
