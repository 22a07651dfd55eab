// SPDX-License-Identifier: Apache-2.0
/** The one exception type that an application can catch for everything the library reports. */
@NullMarked
package org.codomyrmex;

import org.jspecify.annotations.NullMarked;
