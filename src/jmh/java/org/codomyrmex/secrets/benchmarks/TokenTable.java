// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A token made and opened: our time, and how many times as long the others take. */
final class TokenTable {
    static final List<String> OPERATIONS = List.of("encrypt", "decrypt");
    static final List<Integer> SIZES = List.of(64, 1024, 16_384, 1_048_576);

    private static final List<Peer> PEERS =
            List.of(Peer.STRAIGHT, Peer.FERNET_JAVA8, Peer.TINK_CTR_HMAC, Peer.TINK_GCM, Peer.SPRING, Peer.JASYPT);

    private final Measured measured;

    TokenTable(Measured measured) {
        this.measured = measured;
    }

    String markdown() {
        StringBuilder out = new StringBuilder("| | ours |");
        PEERS.forEach(peer -> out.append(' ').append(peer.title()).append(" |"));
        out.append(" Python | the floor | we allocate |\n|---|")
                .append("--:|".repeat(PEERS.size() + 4))
                .append('\n');
        for (String operation : OPERATIONS) {
            for (int bytes : SIZES) {
                row(out, operation, bytes);
            }
        }
        return out.toString();
    }

    private void row(StringBuilder out, String operation, int bytes) {
        OptionalDouble ours = time(operation, bytes, Peer.OURS);
        out.append("| ").append(operation).append(' ').append(sizeOf(bytes)).append(" | ");
        out.append(Unit.NANOS.text(ours));
        for (Peer peer : PEERS) {
            out.append(" | ").append(times(Measured.ratio(time(operation, bytes, peer), ours)));
        }
        // It was measured beside ours in another way, with short breaks.
        String besidePython = operation + " " + bytes;
        OptionalDouble python = Measured.ratio(
                measured.value("Python." + besidePython), measured.value("BesidePython." + besidePython));
        out.append(" | ").append(times(python));
        out.append(" | ").append(times(Measured.ratio(time(operation, bytes, Peer.FLOOR), ours)));
        OptionalDouble allocated = measured.allocated(Measured.token(operation, bytes, Peer.OURS));
        out.append(" | ").append(Unit.BYTES.text(allocated)).append(" |\n");
    }

    private OptionalDouble time(String operation, int bytes, Peer peer) {
        return measured.value(Measured.token(operation, bytes, peer));
    }

    private static String times(OptionalDouble ratio) {
        if (ratio.isEmpty()) {
            return "";
        }
        double value = ratio.getAsDouble();
        return String.format(Locale.ROOT, value < 10 ? "%.2f ×" : "%,.0f ×", value);
    }

    private static String sizeOf(int bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        return bytes < 1 << 20 ? bytes / 1024 + " KiB" : bytes / (1 << 20) + " MiB";
    }
}
