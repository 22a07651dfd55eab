// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

/**
 * What is known of a key without the key.
 *
 * @param id 16 hex digits, derived from the key: the same in every process
 * @param primary whether it is the key that encrypts
 * @param secrets how many secrets of the manager's store are under it
 */
public record KeyInfo(String id, boolean primary, long secrets) {}
