// SPDX-License-Identifier: Apache-2.0
/**
 * Walks a configuration, finds the values that were chosen and the references that stand for others, and replaces them
 * with what it is given. It knows no keys and no manager: what a reference stands for is its caller's affair.
 *
 * <p>The package is not exported; its {@link org.codomyrmex.secrets.config.ConfigurationProblem problems} are
 * translated at the front door.
 */
@NullMarked
package org.codomyrmex.secrets.config;

import org.jspecify.annotations.NullMarked;
