// SPDX-License-Identifier: Apache-2.0
/** Programs that show the library at work. They are run by hand as the README says, and by the tests. */
package examples;
