// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Everything but tokens: a number of ours, beside what it is to be judged by, and how many times that it is. */
final class ComparisonTable {
    private static final List<Integer> SECRETS_IN_MANAGER = List.of(1_000, 1_000_000);

    private final Measured measured;
    private final Suite suite;
    private final StringBuilder out = new StringBuilder();

    ComparisonTable(Measured measured, Suite suite) {
        this.measured = measured;
        this.suite = suite;
    }

    String markdown() {
        out.append("| | ours | beside | | ours is |\n|---|--:|---|--:|--:|\n");
        keyring();
        manager();
        for (String kind : List.of("platform", "virtual")) {
            threads(kind);
        }
        rotation();
        row("heap for a secret of 64 B in memory, beyond its name", Unit.BYTES, "MemoryUse.secret", "", "");
        for (StoreDatabase.Kind kind : StoreDatabase.Kind.values()) {
            store(kind);
        }
        coldStart();
        allocation();
        return out.toString();
    }

    private void keyring() {
        for (int keys : List.of(3, 10)) {
            String first = "Keyring.underTheFirst " + keys;
            row(
                    "decrypt under the last of " + keys + " keys",
                    Unit.NANOS,
                    "Keyring.underTheLast " + keys,
                    "under the first",
                    first);
            row(
                    "decrypt under the last of " + keys + " keys, named by its id",
                    Unit.NANOS,
                    "Keyring.underTheLastByName " + keys,
                    "under the first",
                    first);
        }
    }

    private void manager() {
        for (int secrets : SECRETS_IN_MANAGER) {
            String of = String.format(Locale.ROOT, ", %,d secrets in memory", secrets);
            String map = "`ConcurrentHashMap` and `Fernet`";
            row(
                    "`getSecret`" + of,
                    Unit.NANOS,
                    "Manager.getSecret " + secrets,
                    map,
                    "Manager.bareMapAndFernet " + secrets);
            row(
                    "`getSecretByName`" + of,
                    Unit.NANOS,
                    "Manager.getSecretByName " + secrets,
                    map + ", by name",
                    "Manager.bareMapOfNamesAndFernet " + secrets);
            row(
                    "`encrypt` of a manager" + of,
                    Unit.NANOS,
                    "Manager.encrypt " + secrets,
                    "JCA, written straight",
                    "Manager.straightEncrypt " + secrets);
            row("`storeSecret` and `deleteSecret`" + of, Unit.NANOS, "Manager.storeAndDelete " + secrets, "", "");
        }
    }

    private void threads(String kind) {
        OptionalDouble unshared = speedup("Scaling.unshared", Peer.OURS, kind);
        for (String operation : TokenTable.OPERATIONS) {
            row(
                    operation + " 64 B, 2 " + kind + " threads over 1",
                    Unit.TIMES,
                    speedup("Scaling." + operation, Peer.OURS, kind),
                    "HMACs that share nothing, 2 threads over 1",
                    unshared);
        }
        for (String operation : TokenTable.OPERATIONS) {
            for (Peer peer : Peer.values()) {
                if (peer != Peer.OURS) {
                    besidePeer(operation, peer, kind);
                }
            }
        }
    }

    private void besidePeer(String operation, Peer peer, String kind) {
        String benchmark = "Scaling." + operation;
        if (speedup(benchmark, peer, kind).isPresent()) {
            String threads = " 64 B, 2 " + kind + " threads";
            String ofTwo = " " + kind + " 2";
            row(
                    operation + threads + " over 1",
                    Unit.TIMES,
                    speedup(benchmark, Peer.OURS, kind),
                    peer.title() + ", 2 threads over 1",
                    speedup(benchmark, peer, kind));
            row(
                    operation + threads,
                    Unit.PER_SECOND,
                    benchmark + " " + Peer.OURS + ofTwo,
                    peer.title(),
                    benchmark + " " + peer + ofTwo);
        }
    }

    private OptionalDouble speedup(String benchmark, Peer peer, String kind) {
        String threads = benchmark + " " + peer + " " + kind + " ";
        return Measured.ratio(measured.value(threads + 2), measured.value(threads + 1));
    }

    private void rotation() {
        int secrets = suite.secretsInMemory;
        row(
                String.format(Locale.ROOT, "`rotateKey`, %,d secrets in memory", secrets),
                Unit.PER_SECOND,
                "KeyRotation.rotateKey " + secrets,
                "decrypt and encrypt on " + Machine.processors() + " processors",
                "KeyRotation.decryptAndEncrypt " + secrets);
        row(
                "`getSecret` in one thread during that",
                Unit.PER_SECOND,
                "KeyRotation.readDuringRotation " + secrets,
                "alone",
                "KeyRotation.read " + secrets);
    }

    private void store(StoreDatabase.Kind kind) {
        String in = " in " + kind.title();
        String store = "Store.storeSecret " + kind;
        row("`storeSecret`" + in, Unit.NANOS, store, "plain insert", "Store.insert " + kind);
        if (kind == StoreDatabase.Kind.H2) {
            row(
                    "`storeSecret`" + in,
                    Unit.NANOS,
                    store,
                    "plain insert and `CHECKPOINT SYNC`",
                    "Store.insertAndSync " + kind);
        }
        row("`getSecret`" + in, Unit.NANOS, "Store.getSecret " + kind, "plain select", "Store.select " + kind);
        String cell = kind + " " + suite.secretsInDatabase;
        String rotation = "StoreRotation.rotateKey " + cell;
        String what = String.format(Locale.ROOT, "`rotateKey`, %,d secrets%s", suite.secretsInDatabase, in);
        row(what, Unit.NANOS, rotation, "plain batches in 1 thread", "StoreRotation.oneThread " + cell);
        row(
                what,
                Unit.NANOS,
                rotation,
                "plain batches in " + Machine.processors() + " threads",
                "StoreRotation.allProcessors " + cell);
    }

    private void coldStart() {
        for (String statistic : List.of("median", "minimum")) {
            String key = "ColdStart." + statistic + " ";
            for (String beside : List.of("Jca", "Bare")) {
                String title =
                        beside.equals("Jca") ? "a JVM that encrypts with the JCA alone" : "a JVM that does nothing";
                row("a JVM that makes a token, " + statistic, Unit.NANOS, key + "Token", title, key + beside);
                row(
                        "a JVM that stores a secret in memory, " + statistic,
                        Unit.NANOS,
                        key + "Manager",
                        title,
                        key + beside);
            }
        }
    }

    private void allocation() {
        for (String operation : TokenTable.OPERATIONS) {
            Stream.of(Peer.values())
                    .filter(peer -> peer != Peer.OURS && peer != Peer.FLOOR)
                    .forEach(peer -> row(
                            operation + " 64 B allocates",
                            Unit.BYTES,
                            measured.allocated(Measured.token(operation, 64, Peer.OURS)),
                            peer.title(),
                            measured.allocated(Measured.token(operation, 64, peer))));
        }
    }

    private void row(String what, Unit unit, String ours, String beside, String theirs) {
        row(what, unit, measured.value(ours), beside, measured.value(theirs));
    }

    /** What was not measured is left out. */
    private void row(String what, Unit unit, OptionalDouble ours, String beside, OptionalDouble theirs) {
        if (ours.isPresent()) {
            OptionalDouble ratio = Measured.ratio(ours, theirs);
            out.append("| ")
                    .append(what)
                    .append(" | ")
                    .append(unit.text(ours))
                    .append(" | ")
                    .append(beside);
            out.append(" | ")
                    .append(unit.text(theirs))
                    .append(" | ")
                    .append(Unit.TIMES.text(ratio))
                    .append(" |\n");
        }
    }
}
