// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.time.Duration;
import java.time.Instant;

/**
 * How old a secret is.
 *
 * @param name the secret's name
 * @param age the time since it was stored or its value last rotated
 * @param maxAge the limit that was asked about
 * @param stale whether it is older than the limit; at the limit it is not
 * @param createdAt when it was stored or its value last rotated
 */
public record SecretAge(String name, Duration age, Duration maxAge, boolean stale, Instant createdAt) {}
