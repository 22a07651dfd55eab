// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.nio.file.Path;

/** One step that a disk, or whoever waits for it, has taken. Paths are relative to the directory under test. */
sealed interface DiskEvent {

    /** A new, empty file under a name. */
    record Create(Path name, int file) implements DiskEvent {}

    /** All of a file's content, not durable yet. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Write(int file, byte[] content) implements DiskEvent {}

    /** The content is durable from here on. */
    record Force(int file) implements DiskEvent {}

    /** One more name for a file. */
    record Link(Path name, int file) implements DiskEvent {}

    /** A file's name becomes another, whatever had that name. */
    record Rename(Path from, Path to, int file) implements DiskEvent {}

    /** A name is taken away. */
    record Unlink(Path name) implements DiskEvent {}

    /** A new directory. */
    record MakeDirectory(Path name) implements DiskEvent {}

    /** The names in a directory are durable from here on. */
    record ForceDirectory(Path name) implements DiskEvent {}

    /** A token has been returned to somebody, who relies on it from here on. */
    record Acknowledge(String token) implements DiskEvent {}

    /** Somebody has been told that every program finds this key in the key file, from here on. */
    record Mirrored(String keyId) implements DiskEvent {}

    /** A key's destruction has been confirmed to somebody, who relies on it from here on. */
    record Destroyed(String keyId) implements DiskEvent {}

    /** Somebody has been told that the keyring is in this form, and in no other, from here on. */
    record InForm(CrashForm form) implements DiskEvent {}

    /** Somebody has been told that no file holds a plain key any more, from here on. */
    record NoPlainKey() implements DiskEvent {}

    /** Somebody has asked for another form, in which the keyring may be found from here on. */
    record FormAsked(CrashForm form) implements DiskEvent {}
}
