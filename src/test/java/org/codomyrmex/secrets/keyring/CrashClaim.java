// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.codomyrmex.CodomyrmexException;
import org.codomyrmex.secrets.fernet.FernetKey;

/**
 * What must hold of a state: it opens in one of these forms, these tokens open, these keys are gone, no plain key is in
 * any file (or one may be), this key is in the key file (or any is), and it opens without anybody's help, unless another
 * program's unfinished write is all that ever happened.
 */
record CrashClaim(
        SortedMap<String, String> state,
        Set<CrashForm> forms,
        Set<String> tokens,
        Set<String> destroyed,
        boolean noPlainKey,
        String keyInKeyFile,
        boolean withoutHelp) {

    static final int KEY_LENGTH = 44;
    private static final String TEMPORARY = ".tmp";
    private static final int DIGITS = 16;

    /** The claim that the steps give reason for, beginning with the forms in which the keyring may be at their start. */
    static CrashClaim of(
            SortedMap<String, String> state,
            List<CrashForm> formsAtStart,
            List<DiskEvent> steps,
            Set<String> tokensElsewhere) {
        Set<CrashForm> forms = EnumSet.copyOf(formsAtStart);
        Set<String> tokens = new HashSet<>(tokensElsewhere);
        Set<String> destroyed = new HashSet<>();
        boolean noPlainKey = false;
        boolean withoutHelp = false;
        for (DiskEvent step : steps) {
            if (step instanceof DiskEvent.Acknowledge acknowledged) {
                tokens.add(acknowledged.token());
            } else if (step instanceof DiskEvent.Destroyed gone) {
                destroyed.add(gone.keyId());
            } else if (step instanceof DiskEvent.InForm told) {
                forms = EnumSet.of(told.form());
                noPlainKey &= told.form().isSealed();
            } else if (step instanceof DiskEvent.NoPlainKey) {
                noPlainKey = true;
            } else if (step instanceof DiskEvent.FormAsked asked) {
                forms.add(asked.form());
                noPlainKey &= asked.form().isSealed();
            }
            withoutHelp |= step instanceof DiskEvent.Rename;
        }
        return new CrashClaim(state, forms, tokens, destroyed, noPlainKey, mirrored(steps), withoutHelp);
    }

    /** The key that must be in the key file; empty: any may be. */
    private static String mirrored(List<DiskEvent> steps) {
        String key = "";
        boolean isOurs = false;
        int created = -1;
        for (DiskEvent step : steps) {
            if (step instanceof DiskEvent.Mirrored mirrored) {
                // A key file that another program wrote is that program's affair until it has been adopted.
                key = isOurs ? mirrored.keyId() : "";
            } else if (step instanceof DiskEvent.Create create && create.name().equals(CrashScenario.KEY_FILE)) {
                isOurs = false;
                created = create.file();
            } else if (step instanceof DiskEvent.Force force && force.file() == created) {
                isOurs = true;
            } else if (step instanceof DiskEvent.Link link) {
                isOurs |= isOneOfBoth(link.name());
            } else if (step instanceof DiskEvent.Rename rename && rename.to().equals(CrashScenario.RING)) {
                isOurs = true;
            } else if (step instanceof DiskEvent.Rename rename && rename.to().equals(CrashScenario.KEY_FILE)) {
                isOurs = true;
                key = "";
            }
        }
        return key;
    }

    private static boolean isOneOfBoth(Path name) {
        return name.equals(CrashScenario.KEY_FILE) || name.equals(CrashScenario.RING);
    }

    static boolean isTemporary(Path file) {
        return file.toString().endsWith(".tmp");
    }

    /**
     * A state in which all temporaries of one file that are alike are one: they have random names, and nobody reads them.
     * What matters is that they are there, and whether they hold a plain key.
     */
    static SortedMap<String, String> normalised(SortedMap<String, String> state) {
        SortedMap<String, String> normal = new TreeMap<>();
        state.forEach((name, content) -> {
            if (name.endsWith(TEMPORARY)) {
                boolean plain = isPlain(content);
                String target = name.substring(0, name.length() - DIGITS - TEMPORARY.length());
                normal.put(target + (plain ? "1" : "0").repeat(DIGITS) + TEMPORARY, plain ? "k" : "");
            } else {
                normal.put(name, content);
            }
        });
        return normal;
    }

    CrashClaim in(SortedMap<String, String> laterState) {
        return new CrashClaim(laterState, forms, tokens, destroyed, noPlainKey, "", withoutHelp);
    }

    /** Whether the files are as they must be before anybody has opened them. */
    boolean holdsOfFiles() {
        return !(noPlainKey && hasPlainKey(state)) && mirrors();
    }

    private boolean mirrors() {
        String keyFile = state.getOrDefault(CrashScenario.KEY_FILE.toString(), "");
        return keyInKeyFile.isEmpty()
                || (keyFile.length() == KEY_LENGTH
                        && FernetKey.parse(keyFile).id().equals(keyInKeyFile));
    }

    /** Whether any file holds something that is neither sealed nor a mark, be it torn. */
    static boolean hasPlainKey(SortedMap<String, String> state) {
        return state.values().stream().anyMatch(CrashClaim::isPlain);
    }

    private static boolean isPlain(String content) {
        String magic = "codomyrmex-keyring ";
        return !content.equals("/") && !content.startsWith(magic) && !magic.startsWith(content);
    }

    /** Whether the keyring that was opened is as it must be. */
    boolean holdsOf(Keyring keyring) {
        if (destroyed.stream().anyMatch(keyring::contains)) {
            return false;
        }
        try {
            tokens.forEach(keyring::decrypt);
            return true;
        } catch (CodomyrmexException lost) {
            return false;
        }
    }
}
