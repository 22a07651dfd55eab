// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

/** A system property of this JVM, set until this is closed. */
final class SystemProperty implements AutoCloseable {

    private final String name;
    private final String before;

    private SystemProperty(String name) {
        this.name = name;
        this.before = System.getProperty(name);
    }

    static SystemProperty set(String name, Object value) {
        SystemProperty property = new SystemProperty(name);
        System.setProperty(name, value.toString());
        return property;
    }

    @Override
    public void close() {
        if (before == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, before);
        }
    }
}
