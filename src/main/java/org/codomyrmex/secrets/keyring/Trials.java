// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codomyrmex.secrets.fernet.AuthenticToken;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key of a keyring that made a token: first the one that it is said to be, or else the primary; then the others,
 * the one that was found last before the rest, since tokens of one key come in rows. Thread-safe: nothing but an
 * order is remembered, of all the keys.
 */
final class Trials {

    private final Map<String, Fernet> fernets;
    private final Fernet primary;
    private volatile List<Fernet> order;

    /** Takes keys that differ from each other, the primary first. */
    Trials(List<FernetKey> keys) {
        fernets = new LinkedHashMap<>();
        keys.forEach(key -> fernets.put(key.id(), new Fernet(key)));
        order = List.copyOf(fernets.values());
        primary = order.get(0);
    }

    Fernet primary() {
        return primary;
    }

    /** What the token holds; empty where no key made it. */
    Optional<byte[]> decrypt(String token, @Nullable String likelyKeyId) {
        Fernet likely = likely(likelyKeyId);
        Optional<byte[]> plaintext = likely.decryptIfOwn(token);
        return plaintext.isPresent()
                ? plaintext
                : remembered(AuthenticToken.of(token, others(likely))).map(AuthenticToken::decrypt);
    }

    /** The token and the key that made it; empty where no key did. */
    Optional<AuthenticToken> authenticate(String token, @Nullable String likelyKeyId) {
        Fernet likely = likely(likelyKeyId);
        List<Fernet> tried = new ArrayList<>();
        tried.add(likely);
        tried.addAll(others(likely));
        return remembered(AuthenticToken.of(token, tried));
    }

    private Fernet likely(@Nullable String keyId) {
        Fernet known = keyId == null ? null : fernets.get(keyId);
        return known == null ? primary : known;
    }

    private List<Fernet> others(Fernet first) {
        List<Fernet> others = new ArrayList<>(order);
        others.remove(first);
        return others;
    }

    private Optional<AuthenticToken> remembered(Optional<AuthenticToken> found) {
        found.map(token -> fernets.get(token.keyId()))
                .filter(maker -> !maker.equals(primary) && !maker.equals(order.get(0)))
                .ifPresent(maker -> {
                    List<Fernet> next = others(maker);
                    next.add(0, maker);
                    order = List.copyOf(next);
                });
        return found;
    }
}
