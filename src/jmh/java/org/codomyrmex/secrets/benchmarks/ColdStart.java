// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.codomyrmex.secrets.SecretManager;
import org.codomyrmex.secrets.benchmarks.FirstUse.Bare;
import org.codomyrmex.secrets.benchmarks.FirstUse.Jca;
import org.codomyrmex.secrets.benchmarks.FirstUse.Manager;
import org.codomyrmex.secrets.benchmarks.FirstUse.Token;
import org.slf4j.Logger;

/** Whole JVMs, from the start of the process to its end. They take turns. */
final class ColdStart {

    /** What each runs, with all of them on one class path, which is as short as the library's can be. */
    private static final List<Class<?>> PROGRAMS = List.of(Bare.class, Jca.class, Token.class, Manager.class);

    private ColdStart() {}

    static void run(int times, Measured measured) throws IOException {
        String classPath = String.join(
                System.getProperty("path.separator"),
                placeOf(SecretManager.class),
                placeOf(Logger.class),
                placeOf(ColdStart.class));
        Map<Class<?>, List<Double>> nanos = new LinkedHashMap<>();
        for (int i = 0; i < times; i++) {
            for (Class<?> program : PROGRAMS) {
                nanos.computeIfAbsent(program, unseen -> new ArrayList<>())
                        .add(new ChildJvm(classPath, List.of(), program).nanos());
            }
        }
        nanos.forEach((program, all) -> {
            double[] sorted =
                    all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            measured.add(Finding.time(sorted[0], "ColdStart.minimum " + program.getSimpleName()));
            measured.add(Finding.time(sorted[sorted.length / 2], "ColdStart.median " + program.getSimpleName()));
            System.out.println(program.getSimpleName() + " " + Arrays.toString(sorted));
        });
    }

    private static String placeOf(Class<?> type) {
        String place = type.getProtectionDomain().getCodeSource().getLocation().toString();
        return Path.of(URI.create(place)).toString();
    }
}
