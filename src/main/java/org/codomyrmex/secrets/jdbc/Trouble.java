// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.jdbc;

/** What can be wrong with a database, in the words of a message: what was found, and what to do. */
enum Trouble {
    BUSY(
            "the database stayed busy or deadlocked for too long",
            "Try again; look for a transaction that is left open, or for a backup that locks the tables"),
    UNREACHABLE(
            "the database cannot be reached, or broke the connection off",
            "Start it, or look at the address, the credentials and the network"),
    READ_ONLY(
            "the database, or this connection to it, is read-only",
            "Hand in a DataSource that may write, and look at the permissions of the file"),
    FULL("the database has no space left", "Make room on its disk, or raise its limit"),
    UNWRITABLE(
            "the database cannot read or write its files",
            "Look at its disk, whether it is full or gone, and at the permissions of the files"),
    NOT_PERMITTED(
            "the database user may not do this",
            "Grant it select, insert, update and delete on the tables, and in H2 its admin right or WRITE_DELAY=0"),
    NO_TABLES(
            "the tables of the secrets are not there any more",
            "Restore them from a backup; a DataSource of a database in memory must keep it between two connections"),
    DUPLICATE("the same row is there already", "Try again"),
    DAMAGED("the database reports that its own files are damaged", "Restore it from a backup"),
    OTHER("the database refused", "Look at the cause and at the log of the database");

    private final String found;
    private final String remedy;

    Trouble(String found, String remedy) {
        this.found = found;
        this.remedy = remedy;
    }

    String found() {
        return found;
    }

    String remedy() {
        return remedy;
    }
}
