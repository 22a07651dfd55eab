// SPDX-License-Identifier: Apache-2.0
/** An application that needs secrets and names no other module. */
module org.example.consumer {
    requires org.codomyrmex.secrets;
}
