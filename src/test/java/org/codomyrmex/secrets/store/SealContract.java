// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_A;
import static org.codomyrmex.secrets.store.SampleSecrets.KEY_B;
import static org.codomyrmex.secrets.store.SampleSecrets.named;
import static org.codomyrmex.secrets.store.SampleSecrets.reencrypted;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Seals come back as they were given, with their token; skipped for a store that keeps none. */
interface SealContract extends StoreUnderTest {

    @Test
    default void keepsTheSealOfARecordWhereverItIsShown() {
        assumeThat(store().keepsSeals()).isTrue();
        StoredSecret sealed = insert(named("name").withSeal("s".repeat(64)));
        StoredSecret bare = insert(named("name"));
        assertThat(other().findById(sealed.id())).contains(sealed);
        assertThat(other().findByName("name")).contains(sealed);
        assertThat(other().findById(bare.id()).orElseThrow().seal()).isEmpty();
        assertThat(secrets()).containsExactly(sealed, bare);
    }

    @Test
    default void aSwapReplacesTheSealTogetherWithTheToken() {
        assumeThat(store().keepsSeals()).isTrue();
        StoredSecret first = insert(named("name").withSeal("first"));
        StoredSecret second = reencrypted(first, KEY_B).withSeal("second");
        assertThat(store().swap(first, second)).isEqualTo(WriteOutcome.DONE);
        assertThat(other().findById(first.id())).contains(second);
        StoredSecret late = reencrypted(first, KEY_A).withSeal("late");
        assertThat(other().swap(first, late)).isEqualTo(WriteOutcome.CHANGED);
        assertThat(store().findById(first.id())).contains(second);
        StoredSecret bare = reencrypted(second, KEY_A);
        assertThat(store().swap(second, bare)).isEqualTo(WriteOutcome.DONE);
        assertThat(other().findById(first.id())).contains(bare);
    }

    @Test
    default void aReplacementKeepsItsSeal() {
        assumeThat(store().keepsSeals()).isTrue();
        StoredSecret sealed = named("name").withSeal("seal");
        assertThat(store().replaceNamed(Optional.empty(), sealed)).isEqualTo(WriteOutcome.DONE);
        assertThat(other().findByName("name")).contains(sealed);
    }
}
