// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/** A bar for each peer at 64 bytes, encryption above decryption. */
final class Plot {
    private static final int WIDTH = 720;
    private static final int NAMES = 210;
    private static final int NUMBERS = 90;
    private static final int BAR = 18;

    /** Its bars would leave the others no length. */
    private static final Set<Peer> SHOWN = EnumSet.complementOf(EnumSet.of(Peer.JASYPT));

    private final Colours colours;
    private final Measured measured;

    Plot(Colours colours, Measured measured) {
        this.colours = colours;
        this.measured = measured;
    }

    /** The two backgrounds that a README is read on. */
    enum Colours {
        LIGHT("#1f2328", "#0969da", "#afb8c1"),
        DARK("#e6edf3", "#58a6ff", "#484f58");

        private final String text;
        private final String ours;
        private final String others;

        Colours(String text, String ours, String others) {
            this.text = text;
            this.ours = ours;
            this.others = others;
        }

        String fileName() {
            return "tokens-" + name().toLowerCase(Locale.ROOT) + ".svg";
        }
    }

    String svg() {
        StringBuilder bars = new StringBuilder();
        double longest = 1;
        for (String operation : List.of("encrypt", "decrypt")) {
            for (Peer peer : SHOWN) {
                longest =
                        Math.max(longest, measured.nanos(operation, "64", peer).orElse(0));
            }
        }
        int y = 0;
        for (String operation : List.of("encrypt", "decrypt")) {
            y += BAR * 2;
            bars.append(text(0, y - 6, operation + " 64 bytes, nanoseconds"));
            for (Peer peer : SHOWN) {
                OptionalDouble nanos = measured.nanos(operation, "64", peer);
                if (nanos.isPresent()) {
                    bars.append(bar(y, peer, nanos.getAsDouble(), longest));
                    y += BAR + 4;
                }
            }
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + (y + 4)
                + "\" font-family=\"sans-serif\" font-size=\"12\" fill=\"" + colours.text + "\">\n" + bars + "</svg>\n";
    }

    private String bar(int y, Peer peer, double nanos, double longest) {
        int length = (int) Math.max(1, (WIDTH - NAMES - NUMBERS) * nanos / longest);
        String colour = peer == Peer.OURS ? colours.ours : colours.others;
        return text(0, y + BAR - 5, peer.title())
                + "<rect x=\"" + NAMES + "\" y=\"" + y + "\" width=\"" + length + "\" height=\"" + BAR + "\" fill=\""
                + colour + "\"/>\n"
                + text(NAMES + length + 6, y + BAR - 5, String.format(Locale.ROOT, "%,.0f", nanos));
    }

    private static String text(int x, int y, String text) {
        return "<text x=\"" + x + "\" y=\"" + y + "\">" + text + "</text>\n";
    }
}
