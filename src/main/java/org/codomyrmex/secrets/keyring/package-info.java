// SPDX-License-Identifier: Apache-2.0
/**
 * Which keys exist, which one is primary, and where they are kept.
 *
 * <p>A {@link org.codomyrmex.secrets.keyring.Keyring} is an immutable value; a
 * {@link org.codomyrmex.secrets.keyring.KeyringSource} is a place that keeps one. The file source holds the promises
 * about crashes and other processes; its recovery table is the data in {@code RecoveryTable}.
 */
@NullMarked
package org.codomyrmex.secrets.keyring;

import org.jspecify.annotations.NullMarked;
