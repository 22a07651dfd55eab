// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.util.EnumSet;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/** A bar for each peer at 64 bytes, encryption above decryption. */
final class Plot {
    private static final int WIDTH = 720;
    private static final int NAMES = 220;
    private static final int NUMBERS = 90;
    private static final int BAR = 20;

    private static final String TITLE =
            "Nanoseconds to encrypt and to decrypt 64 bytes, with this library and with others";

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
        for (String operation : TokenTable.OPERATIONS) {
            for (Peer peer : SHOWN) {
                longest = Math.max(longest, nanos(operation, peer).orElse(0));
            }
        }
        int y = 0;
        for (String operation : TokenTable.OPERATIONS) {
            y += BAR * 2;
            bars.append(
                    text(0, y - 7, "font-weight=\"bold\"", operation + " 64 bytes, nanoseconds (shorter is better)"));
            for (Peer peer : SHOWN) {
                OptionalDouble nanos = nanos(operation, peer);
                if (nanos.isPresent()) {
                    bars.append(bar(y, peer, nanos.getAsDouble(), longest));
                    y += BAR + 4;
                }
            }
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + (y + 4)
                + "\" role=\"img\" aria-label=\""
                + TITLE + "\" font-family=\"system-ui, sans-serif\" font-size=\"14\" fill=\"" + colours.text
                + "\">\n<title>" + TITLE
                + "</title>\n" + bars + "</svg>\n";
    }

    private OptionalDouble nanos(String operation, Peer peer) {
        return measured.value(Measured.token(operation, 64, peer));
    }

    private String bar(int y, Peer peer, double nanos, double longest) {
        int length = (int) Math.max(1, (WIDTH - NAMES - NUMBERS) * nanos / longest);
        String colour = peer == Peer.OURS ? colours.ours : colours.others;
        String weight = peer == Peer.OURS ? "font-weight=\"bold\"" : "";
        return text(0, y + BAR - 5, weight, peer.title())
                + "<rect x=\"" + NAMES + "\" y=\"" + y + "\" width=\"" + length + "\" height=\"" + BAR + "\" fill=\""
                + colour + "\"/>\n"
                + text(NAMES + length + 6, y + BAR - 5, weight, String.format(Locale.ROOT, "%,.0f", nanos));
    }

    private static String text(int x, int y, String attributes, String text) {
        return "<text x=\"" + x + "\" y=\"" + y + "\"" + (attributes.isEmpty() ? "" : " " + attributes) + ">" + text
                + "</text>\n";
    }
}
