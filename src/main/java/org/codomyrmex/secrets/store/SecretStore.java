// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Keeps encrypted secrets: each is found by its id or its name, and the store knows how many are under each key.
 *
 * <p>Ids, names and key ids are compared character for character. Several secrets may have one name; among them the
 * <em>earliest</em> is the one that was inserted first of those still stored.
 *
 * <p><strong>Concurrency.</strong> A store is safe for use by many threads and, if it is durable, by many processes.
 * Every method but the two iterations and {@link #swapAll} takes effect in one step between its call and its return, and
 * every other call sees all of it or nothing. Such a call that is refused or throws has changed nothing.
 *
 * <p>Every method throws {@link NullPointerException} naming the argument that is null, and {@link StoreException} if
 * the store cannot be reached or is damaged.
 */
public interface SecretStore {

    /**
     * Adds a secret, as the latest of all.
     *
     * @param secret what to store; its id must be new
     * @return {@link WriteOutcome#DONE}, or {@link WriteOutcome#KEY_FORBIDDEN} if its key is forbidden
     * @throws NullPointerException if the secret is null
     * @throws StoreException if a secret with this id is stored already, or the store fails
     */
    WriteOutcome insert(StoredSecret secret);

    /**
     * Finds a secret by its id.
     *
     * @param id the secret's id
     * @return the secret; empty if none with this id is stored
     * @throws NullPointerException if the id is null
     * @throws StoreException if the store fails
     */
    Optional<StoredSecret> findById(String id);

    /**
     * Finds the earliest secret of a name.
     *
     * @param name the secret's name
     * @return the secret; empty if none with this name is stored
     * @throws NullPointerException if the name is null
     * @throws StoreException if the store fails
     */
    Optional<StoredSecret> findByName(String name);

    /**
     * Gives a secret another token, if it still has the expected one. Its place in the order stays.
     *
     * @param expected the secret as it was read; its id and token are compared
     * @param replacement the same secret with another token, and perhaps under another key
     * @return {@link WriteOutcome#DONE}; {@link WriteOutcome#CHANGED} if the secret is gone or has another token than
     *     expected; {@link WriteOutcome#KEY_FORBIDDEN} if the replacement's key is forbidden
     * @throws NullPointerException naming the argument that is null
     * @throws IllegalArgumentException if the two differ in more than token, key and seal
     * @throws StoreException if the store fails
     */
    WriteOutcome swap(StoredSecret expected, StoredSecret replacement);

    /**
     * Swaps many secrets, one after the other, each as {@link #swap} does: one that is refused stops no other. A store that
     * can do many at once at less cost does, and then others may wait until all are done, so that some hundred are enough;
     * one that stands in front of another hands them on.
     *
     * @param swaps what to swap
     * @param outcomes called in the caller's thread with each swap and what became of it, in order, once it is certain. If
     *     this method throws, some of the swaps of which nothing was said may have taken place
     * @throws NullPointerException naming the argument that is null
     * @throws StoreException if the store fails
     */
    default void swapAll(List<Swap> swaps, BiConsumer<? super Swap, WriteOutcome> outcomes) {
        Objects.requireNonNull(outcomes, "outcomes");
        for (Swap swap : Objects.requireNonNull(swaps, "swaps")) {
            outcomes.accept(swap, swap(swap.expected(), swap.replacement()));
        }
    }

    /**
     * Puts one secret in the place of all that have its name, if the earliest of them is still the expected one. The
     * replacement is then the latest of all.
     *
     * @param expectedFirstId the id of the earliest secret of that name as it was read; empty: there was none
     * @param replacement what to store; its id must be new
     * @return {@link WriteOutcome#DONE}; {@link WriteOutcome#CHANGED} if another secret, or none, is the earliest;
     *     {@link WriteOutcome#KEY_FORBIDDEN} if the replacement's key is forbidden
     * @throws NullPointerException naming the argument that is null
     * @throws StoreException if a secret with the replacement's id is stored already, or the store fails
     */
    WriteOutcome replaceNamed(Optional<String> expectedFirstId, StoredSecret replacement);

    /**
     * Removes a secret.
     *
     * @param id the secret's id
     * @return whether it was stored
     * @throws NullPointerException if the id is null
     * @throws StoreException if the store fails
     */
    boolean delete(String id);

    /**
     * Shows every secret, the earliest first, in bounded memory. A secret that is stored from the first moment to the
     * last is shown exactly once; one that is added or removed meanwhile is shown once or not at all. The iteration
     * ends even if the action adds a secret each time.
     *
     * @param action called in the caller's thread, holding no lock and no connection of the store, so that it may call
     *     the store itself; what it throws ends the iteration and reaches the caller
     * @throws NullPointerException if the action is null
     * @throws StoreException if the store fails
     */
    void forEach(Consumer<? super StoredSecret> action);

    /**
     * Shows every secret that is not under a key, otherwise as {@link #forEach} does. A secret that comes under the
     * key meanwhile is shown once or not at all.
     *
     * @param keyId the id of the key whose secrets are left out
     * @param action called as by {@link #forEach}
     * @throws NullPointerException naming the argument that is null
     * @throws StoreException if the store fails
     */
    void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action);

    /**
     * Counts the secrets under each key.
     *
     * @return the exact number by key id, for every key that at least one secret is under; immutable
     * @throws StoreException if the store fails
     */
    Map<String, Long> countsByKey();

    /**
     * Forbids a key, unless a secret is under it. From then on, and for as long as the store exists, nothing is stored
     * under it: {@link #insert}, {@link #swap} and {@link #replaceNamed} refuse. Forbidding it again is no error.
     *
     * @param keyId the id of the key, which may be one that the store has never seen
     * @return true: no secret is under the key and none will be; false: it is in use, and nothing changed
     * @throws NullPointerException if the key id is null
     * @throws StoreException if the store fails
     */
    boolean forbid(String keyId);

    /**
     * Tells whether others can change behind the application's back what is read from here, as in a database. If so,
     * each record that is stored has a {@linkplain StoredSecret#seal seal}, which the store keeps, replaces together with
     * the token, and gives back; a record that comes back without the right one is refused. A store that stands in front
     * of another answers as that one does.
     *
     * <p>Such a store shows a record that it cannot make sense of, in an iteration, as far as it can and without its seal,
     * so that one damaged record does not hide those behind it; where that record is looked for by itself it throws a
     * {@link StoreException} naming the id.
     *
     * @return whether records are sealed; false unless a store says otherwise
     */
    default boolean keepsSeals() {
        return false;
    }
}
