// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codomyrmex.secrets.Canary.canary;
import static org.codomyrmex.secrets.Refusals.refusal;
import static org.codomyrmex.secrets.RekeyFailure.Reason.DAMAGED;
import static org.codomyrmex.secrets.RekeyFailure.Reason.KEY_MISSING;
import static org.codomyrmex.secrets.RekeyFailure.Reason.STORE_UNAVAILABLE;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.codomyrmex.secrets.fernet.Fernet;
import org.codomyrmex.secrets.fernet.FernetKey;
import org.codomyrmex.secrets.keyring.InMemoryKeyringSource;
import org.codomyrmex.secrets.store.StoreException;
import org.codomyrmex.secrets.store.StoredSecret;
import org.codomyrmex.secrets.store.Swap;
import org.codomyrmex.secrets.store.WriteOutcome;
import org.junit.jupiter.api.Test;

/** A secret that cannot be re-encrypted is logged, counted and left as it was; all others are re-encrypted. */
class RekeyFailuresTest {

    /** A store that takes no new token for some secrets. */
    private static final class Failing extends ForwardingStore {

        private final Set<String> broken = new HashSet<>();
        private boolean walkFails;

        @Override
        public void forEachNotUnder(String keyId, Consumer<? super StoredSecret> action) {
            if (walkFails) {
                throw new StoreException("The store does not answer. Try again later.");
            }
            super.forEachNotUnder(keyId, action);
        }

        @Override
        public WriteOutcome swap(StoredSecret expected, StoredSecret replacement) {
            if (broken.contains(expected.id())) {
                throw new StoreException("The store does not answer. Try again later.");
            }
            return super.swap(expected, replacement);
        }
    }

    private final FernetKey foreign = FernetKey.generate();
    private final Failing store = new Failing();
    private final InMemoryKeyringSource keys = new InMemoryKeyringSource();
    private final SecretManager manager =
            SecretManager.builder().keyring(keys).store(store).build();
    private final String firstKey = manager.listKeys().get(0).id();

    /** Puts a token of a foreign key into the store, said to be under a key. */
    private String insertForeign(int number, String keyId) {
        String id = String.format(Locale.ROOT, "%032x", number);
        store.kept.insert(new StoredSecret(
                id,
                "foreign",
                Instant.EPOCH,
                Map.of(),
                keyId,
                new Fernet(foreign).encrypt(canary(number).getBytes(UTF_8))));
        return id;
    }

    @Test
    void reportsASecretWhoseKeyIsMissingAndReadsItOnceTheKeyIsBack() {
        String good = manager.storeSecret("good", canary("good"));
        String orphan = insertForeign(1, foreign.id());
        StoredSecret before = store.findById(orphan).orElseThrow();

        String rotated = manager.rotateKey();
        assertThat(manager.rekey())
                .isEqualTo(new RekeyReport(rotated, 0, 1, 1, List.of(new RekeyFailure(orphan, KEY_MISSING))));
        assertThat(store.findById(orphan)).contains(before);
        assertThat(manager.getSecret(good)).contains(canary("good"));

        keys.update(ring -> ring.withRetired(foreign));
        assertThat(manager.rekey()).isEqualTo(new RekeyReport(rotated, 1, 0, 0, List.of()));
        assertThat(manager.getSecret(orphan)).contains(canary(1));
    }

    @Test
    void reportsADamagedSecretNeverReSealsItAndKeepsItsKeyInUse() {
        String good = manager.storeSecret("good", canary("good"));
        String damaged = insertForeign(1, firstKey);
        StoredSecret before = store.findById(damaged).orElseThrow();

        String rotated = manager.rotateKey();
        assertThat(manager.rekey())
                .isEqualTo(new RekeyReport(rotated, 0, 1, 1, List.of(new RekeyFailure(damaged, DAMAGED))));
        assertThat(store.findById(damaged)).contains(before);
        assertThat(manager.getSecret(good)).contains(canary("good"));
        assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(1L, 1L);
        assertThat(store.forbid(firstKey)).as("it can be destroyed").isFalse();
        assertThat(manager.deleteSecret(damaged)).isTrue();
        assertThat(manager.rekey().failed()).isZero();
    }

    @Test
    void reportsWhatIsNoTokenAtAllAsDamaged() {
        store.kept.insert(
                new StoredSecret("a".repeat(32), "name", Instant.EPOCH, Map.of(), "0".repeat(16), "no token"));
        assertThat(manager.rekey().failures()).containsExactly(new RekeyFailure("a".repeat(32), DAMAGED));
    }

    @Test
    void movesASecretThatIsUnderAnotherKeyOfTheRingThanItsRecordSays() {
        keys.update(ring -> ring.withRetired(foreign));
        manager.keys.reloaded();
        String id = insertForeign(1, "f".repeat(16));
        assertThat(manager.getSecret(id)).contains(canary(1));
        assertThat(manager.rekey()).isEqualTo(new RekeyReport(firstKey, 1, 0, 0, List.of()));
        assertThat(manager.describeSecret(id).orElseThrow().keyId()).isEqualTo(firstKey);
        assertThat(manager.getSecret(id)).contains(canary(1));
    }

    @Test
    void reportsASecretWhoseTokenTheStoreDoesNotTakeAndFinishesLater() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(manager.storeSecret("name", canary(i)));
        }
        store.broken.addAll(ids.subList(1, 3));
        String rotated = manager.rotateKey();
        assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(3L, 2L);
        assertThat(manager.rekey().failures())
                .containsExactly(
                        new RekeyFailure(ids.get(1), STORE_UNAVAILABLE),
                        new RekeyFailure(ids.get(2), STORE_UNAVAILABLE));
        for (int i = 0; i < 5; i++) {
            assertThat(manager.getSecret(ids.get(i))).contains(canary(i));
        }

        store.broken.clear();
        assertThat(manager.rekey()).isEqualTo(new RekeyReport(rotated, 2, 0, 0, List.of()));
        assertThat(manager.listKeys()).extracting(KeyInfo::secrets).containsExactly(5L, 0L);
    }

    @Test
    void logsEachFailureAndWarnsOnceThatRekeyFinishes() {
        String good = manager.storeSecret("good", canary("good"));
        String missing = insertForeign(1, foreign.id());
        String damaged = insertForeign(2, firstKey);
        String unavailable = manager.storeSecret("name", canary("name"));
        store.broken.add(unavailable);
        try (CapturedLog log = new CapturedLog()) {
            manager.rotateKey();
            assertThat(log.warnings())
                    .hasSize(4)
                    .anyMatch(line -> line.contains(missing) && line.contains("KEY_MISSING"))
                    .anyMatch(line -> line.contains(damaged) && line.contains("DAMAGED"))
                    .anyMatch(line -> line.contains(unavailable) && line.contains("STORE_UNAVAILABLE"))
                    .anyMatch(line -> line.contains("3 secrets") && line.contains("rekey()"))
                    .noneMatch(line -> line.contains(good));
            assertThat(log.errors()).isEmpty();
        }
    }

    @Test
    void returnsTheNewKeyAlsoWhereTheWalkThroughTheStoreFails() {
        String id = manager.storeSecret("name", canary());
        store.walkFails = true;
        try (CapturedLog log = new CapturedLog()) {
            String rotated = manager.rotateKey();
            assertThat(manager.listKeys().get(0)).isEqualTo(new KeyInfo(rotated, true, 0));
            assertThat(log.warnings()).singleElement().asString().contains("rekey()", "does not answer");
            assertThat(log.errors()).isEmpty();
        }
        refusal(StoreException.class, manager::rekey);
        assertThat(manager.getSecret(id)).contains(canary());

        store.walkFails = false;
        assertThat(manager.rekey().reencrypted()).isEqualTo(1);
    }

    @Test
    void reportsTheFirst100FailuresAndCountsAll() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            ids.add(insertForeign(i, foreign.id()));
            manager.storeSecret("good", canary("good", i));
        }
        manager.rotateKey();
        List<Long> failed = new ArrayList<>();
        RekeyReport report = manager.rekey((done, failures, total) -> {
            failed.add(failures);
            assertThat(total).isGreaterThanOrEqualTo(done + failures);
        });
        assertThat(report.failed()).isEqualTo(600);
        assertThat(report.failures())
                .hasSize(100)
                .extracting(RekeyFailure::secretId)
                .containsExactlyElementsOf(ids.subList(0, 100));
        assertThat(failed).isSorted().endsWith(600L);
        assertThat(manager.listKeys().get(0).secrets()).isEqualTo(600);
    }

    @Test
    void warnsOfMissingKeysForAReadAndNamesWhatItTried() {
        String orphan = insertForeign(1, foreign.id());
        String damaged = insertForeign(2, firstKey);
        assertThat(refusal(UnreadableSecretException.class, () -> manager.getSecret(orphan)))
                .hasMessageContainingAll(orphan, foreign.id(), "not among the 1 keys", firstKey, "Restore the ring")
                .hasNoCause();
        assertThat(refusal(UnreadableSecretException.class, () -> manager.getSecretBytes(damaged)))
                .hasMessageContainingAll(damaged, "is damaged", firstKey, "backup")
                .hasNoCause();
        assertThat(refusal(UnreadableSecretException.class, () -> manager.useSecret(damaged, String::new)))
                .hasMessageContainingAll(damaged, "is damaged");
    }

    @Test
    void makesAnUnreadableEarliestOfANameAnErrorAndNeverReadsTheNextOne() {
        String damaged = insertForeign(1, firstKey);
        manager.storeSecret("foreign", canary("the next one"));
        assertThat(refusal(UnreadableSecretException.class, () -> manager.getSecretByName("foreign")))
                .hasMessageContaining(damaged);
        assertThat(manager.deleteSecret(damaged)).isTrue();
        assertThat(manager.getSecretByName("foreign")).contains(canary("the next one"));
    }

    /** The metadata of a record in another's hands may be nothing that a seal can be made over. */
    @Test
    void aRecordThatCannotBeSealedStopsNoOther() {
        ForwardingStore sealed = new ForwardingStore() {
            @Override
            public boolean keepsSeals() {
                return true;
            }
        };
        InMemoryKeyringSource source = new InMemoryKeyringSource();
        try (SecretManager user =
                SecretManager.builder().keyring(source).store(sealed).build()) {
            int good = 600;
            for (int i = 0; i < good; i++) {
                user.storeSecret("name", "value");
                if (i == 100) {
                    FernetKey key = source.load(false).primary();
                    String token = new Fernet(key).encrypt("value");
                    sealed.kept.insert(
                            new StoredSecret("bad", "bad", Instant.EPOCH, Map.of("number", Double.NaN), key.id(), token)
                                    .withSeal("seal"));
                }
            }
            source.update(ring -> ring.rotatedTo(FernetKey.generate()));
            user.destroyKey("no such key");

            RekeyReport report = user.rekey();

            assertThat(report.reencrypted()).isEqualTo(good);
            assertThat(report.failed()).isEqualTo(1);
            assertThat(report.failures()).extracting(RekeyFailure::secretId).containsExactly("bad");
        }
    }

    /** A store in front of another may hand on swaps of its own making, and say of them what became of them. */
    @Test
    void aSecretCountsOnceWhateverAStoreInFrontDoesToTheSwap() {
        ForwardingStore rebuilding = new ForwardingStore() {
            @Override
            public void swapAll(List<Swap> swaps, BiConsumer<? super Swap, WriteOutcome> outcomes) {
                super.swapAll(
                        swaps.stream()
                                .map(swap -> new Swap(
                                        swap.expected()
                                                .withToken(
                                                        swap.expected().keyId(),
                                                        swap.expected().token()),
                                        swap.replacement()))
                                .toList(),
                        (swap, outcome) -> {
                            outcomes.accept(swap, outcome);
                            outcomes.accept(swap, outcome);
                        });
            }
        };
        try (SecretManager user = SecretManager.builder()
                .keyring(new InMemoryKeyringSource())
                .store(rebuilding)
                .build()) {
            for (int i = 0; i < 300; i++) {
                user.storeSecret("name", "value");
            }
            List<Long> told = new ArrayList<>();
            rebuilding.kept.forEach(secret -> rebuilding.kept.swap(secret, secret.withToken("former", secret.token())));
            user.rekey((done, failed, total) -> told.add(done));
            assertThat(told.get(told.size() - 1)).isEqualTo(300);
        }
    }
}
