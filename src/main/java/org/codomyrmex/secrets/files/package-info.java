// SPDX-License-Identifier: Apache-2.0
/** Durable files: owner-only from the first byte, locked across processes, replaced in one step. */
@NullMarked
package org.codomyrmex.secrets.files;

import org.jspecify.annotations.NullMarked;
