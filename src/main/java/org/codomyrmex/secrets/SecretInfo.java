// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.time.Instant;
import java.util.Map;

/**
 * What is known of a stored secret without its value.
 *
 * @param id 32 lower-case hex digits
 * @param name the name it was stored under; several secrets may share one
 * @param createdAt when it was stored, to the microsecond
 * @param metadata what was stored with it, in clear; deeply immutable, and values may be null
 * @param keyId the key it is encrypted under: 16 hex digits
 */
public record SecretInfo(String id, String name, Instant createdAt, Map<String, Object> metadata, String keyId) {}
