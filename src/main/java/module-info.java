// SPDX-License-Identifier: Apache-2.0
/**
 * An embeddable secrets manager: values are kept as Fernet tokens, under keys that can be rotated and destroyed.
 *
 * <p>The front door is {@link org.codomyrmex.secrets}. The only module an application must have is SLF4J's API; Tink is
 * needed by whoever uses {@link org.codomyrmex.secrets.tink}, and {@code java.sql} by whoever uses
 * {@link org.codomyrmex.secrets.jdbc}.
 */
@SuppressWarnings("requires-automatic") // Tink has no descriptor.
module org.codomyrmex.secrets {
    requires org.slf4j;
    requires static com.google.crypto.tink;
    requires static java.sql;
    requires static org.jspecify;

    exports org.codomyrmex;
    exports org.codomyrmex.secrets;
    exports org.codomyrmex.secrets.fernet;
    exports org.codomyrmex.secrets.jdbc;
    exports org.codomyrmex.secrets.keyring;
    exports org.codomyrmex.secrets.store;
    exports org.codomyrmex.secrets.tink;
}
