// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.codomyrmex.CodomyrmexException;

/**
 * The specification's module-level functions: dispatch by operation name, and encryption of chosen fields of a
 * configuration. They share one default manager, so that what one call stores the next one finds; every function also
 * takes a manager of the caller's.
 *
 * <p>Thread-safe. The default manager is opened at its first use, as {@link SecretManager#SecretManager()} opens one.
 */
public final class Secrets {

    private static final DefaultManager DEFAULT = new DefaultManager();

    private Secrets() {}

    /**
     * The shared manager. An opening that failed is tried again by the next call.
     *
     * @return the manager; closing it does nothing
     * @throws CodomyrmexException where its keys cannot be found, read or created
     */
    public static SecretManager defaultManager() {
        return DEFAULT.get();
    }

    /**
     * Uses another manager as the default one, until the returned scope is closed: for tests and containers.
     *
     * @param manager the manager, which stays the caller's to close
     * @return closing it puts the former one back
     */
    public static DefaultManagerScope replaceDefaultManager(SecretManager manager) {
        return DEFAULT.replace(ErrorLog.required(manager, "manager"));
    }

    /**
     * Calls a method of the default manager by the name of an operation ({@code manage_secrets} of the specification).
     *
     * @param operation {@code store}, {@code get}, {@code get_by_name}, {@code list}, {@code delete}, {@code rotate},
     *     {@code rotate_secret}, {@code rotation_history} or {@code check_age}
     * @param arguments {@code name}, {@code value} (both String), {@code metadata} (Map), {@code secret_id} (String),
     *     {@code max_age_days} (a whole number, 90 if absent), as the operation takes them
     * @return what the method returns: a String, Optional, List, Boolean or record
     * @throws CodomyrmexException for an unknown operation, and for a missing, unknown or wrongly typed argument
     */
    public static Object manageSecrets(String operation, Map<String, ?> arguments) {
        return dispatched(DEFAULT::get, operation, arguments);
    }

    /**
     * Calls a method of a manager by the name of an operation.
     *
     * @param manager the manager
     * @param operation as for the default manager
     * @param arguments as for the default manager
     * @return what the method returns
     * @throws CodomyrmexException for an unknown operation, and for a missing, unknown or wrongly typed argument
     */
    public static Object manageSecrets(SecretManager manager, String operation, Map<String, ?> arguments) {
        ErrorLog.required(manager, "manager");
        return dispatched(() -> manager, operation, arguments);
    }

    private static Object dispatched(Supplier<SecretManager> manager, String operation, Map<String, ?> arguments) {
        Operation called = ErrorLog.logging(() -> {
            Operation named = Operation.named(Objects.requireNonNull(operation, "operation"));
            named.check(Objects.requireNonNull(arguments, "arguments"));
            return named;
        });
        return called.run(manager.get(), arguments);
    }

    /**
     * Encrypts chosen fields with the default manager, leaving {@code encrypted:{id}} references
     * ({@code encrypt_configuration} of the specification).
     *
     * @param config the configuration, nested maps and lists; it is not changed
     * @param secretKeys top-level keys, or paths with dots into nested maps and list indexes; a literal key wins; a map or
     *     list means every value inside it; an absent key is skipped and warned of
     * @return a copy in which every chosen String, number and Boolean is a reference, and which shares nothing mutable
     *     with the input
     * @throws ConfigurationException where a chosen value is of another type, or is a reference that does not resolve; the
     *     path is named, and nothing was stored
     */
    public static Map<String, Object> encryptConfiguration(Map<String, ?> config, Collection<String> secretKeys) {
        return encryptConfiguration(defaultManager(), config, secretKeys);
    }

    /**
     * Encrypts chosen fields with a manager, leaving {@code encrypted:{id}} references.
     *
     * @param manager keeps the values
     * @param config the configuration; it is not changed
     * @param secretKeys what to encrypt, as for the default manager
     * @return the copy with references
     * @throws ConfigurationException as with the default manager
     */
    public static Map<String, Object> encryptConfiguration(
            SecretManager manager, Map<String, ?> config, Collection<String> secretKeys) {
        return encryptConfiguration(manager, config, secretKeys, ReferenceKind.BY_ID);
    }

    /**
     * Encrypts chosen fields with a manager, leaving references of a kind.
     *
     * @param manager keeps the values, or encrypts them
     * @param config the configuration; it is not changed
     * @param secretKeys what to encrypt, as for the default manager
     * @param kind what a reference holds: an id, or the value's own token, which needs the keyring alone and so outlives
     *     the process
     * @return the copy with references
     * @throws ConfigurationException as with the default manager
     */
    public static Map<String, Object> encryptConfiguration(
            SecretManager manager, Map<String, ?> config, Collection<String> secretKeys, ReferenceKind kind) {
        return ErrorLog.required(manager, "manager").configurations.encrypt(config, secretKeys, kind);
    }

    /**
     * Puts back, with the default manager, the value of every reference anywhere in a configuration.
     *
     * @param config the configuration; it is not changed
     * @return a copy with each value in the type it had: an integer as the smallest of Integer, Long and BigInteger that
     *     holds it, another number as Double if that prints the same, else as BigDecimal
     * @throws ConfigurationException where a reference does not resolve, naming its path
     */
    public static Map<String, Object> decryptConfiguration(Map<String, ?> config) {
        return decryptConfiguration(defaultManager(), config);
    }

    /**
     * Puts back, with a manager, the value of every reference anywhere in a configuration.
     *
     * @param manager has the keys, and the secrets that ids refer to
     * @param config the configuration; it is not changed
     * @return a copy with each value in the type it had
     * @throws ConfigurationException where a reference does not resolve, naming its path
     */
    public static Map<String, Object> decryptConfiguration(SecretManager manager, Map<String, ?> config) {
        return ErrorLog.required(manager, "manager").configurations.decrypt(config);
    }
}
