// SPDX-License-Identifier: Apache-2.0
/** An application that keeps its keyring sealed with Tink. */
@SuppressWarnings("requires-automatic") // Tink has no descriptor.
module org.example.sealing {
    requires com.google.crypto.tink;
    requires org.codomyrmex.secrets;
}
