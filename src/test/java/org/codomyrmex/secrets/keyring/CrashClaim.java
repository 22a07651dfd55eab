// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
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
        String keyInKeyFile = "";
        boolean withoutHelp = false;
        for (DiskEvent step : steps) {
            if (step instanceof DiskEvent.Acknowledge acknowledged) {
                tokens.add(acknowledged.token());
            } else if (step instanceof DiskEvent.Destroyed gone) {
                destroyed.add(gone.keyId());
            } else if (step instanceof DiskEvent.InForm told) {
                forms = EnumSet.of(told.form());
                noPlainKey = told.form().isSealed();
            } else if (step instanceof DiskEvent.FormAsked asked) {
                forms.add(asked.form());
                noPlainKey &= asked.form().isSealed();
            } else if (step instanceof DiskEvent.Mirrored mirrored) {
                keyInKeyFile = mirrored.keyId();
            } else if (step instanceof DiskEvent.Rename rename && rename.to().equals(CrashScenario.KEY_FILE)) {
                keyInKeyFile = "";
            }
            withoutHelp |= step instanceof DiskEvent.Rename;
        }
        return new CrashClaim(state, forms, tokens, destroyed, noPlainKey, keyInKeyFile, withoutHelp);
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
        String magic = "codomyrmex-keyring ";
        return state.values().stream()
                .anyMatch(content -> !content.equals("/") && !content.startsWith(magic) && !magic.startsWith(content));
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
