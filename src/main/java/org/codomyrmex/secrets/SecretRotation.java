// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.time.Instant;
import java.util.Optional;

/**
 * One replacement of a secret's value.
 *
 * @param secretName the secret's name
 * @param newId the id of the secret with the new value
 * @param previousId the id of the earliest secret of that name, which no longer resolves; empty where there was none
 * @param rotatedAt when
 */
public record SecretRotation(String secretName, String newId, Optional<String> previousId, Instant rotatedAt) {}
