// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.keyring;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.codomyrmex.secrets.keyring.DiskEvent.Create;
import org.codomyrmex.secrets.keyring.DiskEvent.Force;
import org.codomyrmex.secrets.keyring.DiskEvent.ForceDirectory;
import org.codomyrmex.secrets.keyring.DiskEvent.Link;
import org.codomyrmex.secrets.keyring.DiskEvent.MakeDirectory;
import org.codomyrmex.secrets.keyring.DiskEvent.Rename;
import org.codomyrmex.secrets.keyring.DiskEvent.Unlink;
import org.codomyrmex.secrets.keyring.DiskEvent.Write;

/**
 * What a power loss can leave of some steps. Only what was forced is certain: content that was not is absent, torn or
 * whole; names made, moved or taken away in a directory that was not forced since are there or not, in any combination;
 * a rename may also have left its old name behind.
 */
final class PowerLoss {

    /** A change of names that is not durable yet. */
    private record Pending(Path directory, List<NameChange> ways) {}

    /** One way in which it may turn out; null: the name is gone. */
    private record NameChange(Map<Path, Integer> names) {}

    private static final int GONE = -1;
    private static final int DIRECTORY = -2;

    private final Map<Path, Integer> durable = new HashMap<>();
    private final Map<Integer, byte[]> contents = new HashMap<>();
    private final Set<Integer> forced = new HashSet<>();
    private final List<Pending> pending = new ArrayList<>();

    private PowerLoss() {}

    /** Every directory that can be found afterwards: names and contents, the empty string for a directory. */
    static Set<SortedMap<String, String>> after(List<DiskEvent> steps) {
        PowerLoss loss = new PowerLoss();
        steps.forEach(loss::take);
        Set<SortedMap<String, String>> found = new HashSet<>();
        loss.chooseNames(0, new HashMap<>(loss.durable), found);
        return found;
    }

    /** What every program sees while the power is on: everything done, in this order. */
    static SortedMap<String, String> before(List<DiskEvent> steps) {
        PowerLoss loss = new PowerLoss();
        steps.forEach(loss::take);
        loss.pending.forEach(change -> apply(change.ways().get(0), loss.durable));
        SortedMap<String, String> seen = new TreeMap<>();
        loss.durable.forEach((name, file) -> seen.put(
                name.toString(),
                file == DIRECTORY ? "/" : new String(loss.contents.get(file), StandardCharsets.ISO_8859_1)));
        return seen;
    }

    private void take(DiskEvent step) {
        if (step instanceof Create create) {
            contents.put(create.file(), new byte[0]);
            pend(create.name(), Map.of(create.name(), create.file()));
        } else if (step instanceof Write write) {
            contents.put(write.file(), write.content());
            forced.remove(write.file());
        } else if (step instanceof Force force) {
            forced.add(force.file());
        } else if (step instanceof Link link) {
            pend(link.name(), Map.of(link.name(), link.file()));
        } else if (step instanceof Rename rename) {
            pend(
                    rename.to(),
                    Map.of(rename.to(), rename.file(), rename.from(), GONE),
                    Map.of(rename.to(), rename.file()));
        } else if (step instanceof Unlink unlink) {
            pend(unlink.name(), Map.of(unlink.name(), GONE));
        } else if (step instanceof MakeDirectory made) {
            pend(made.name(), Map.of(made.name(), DIRECTORY));
        } else if (step instanceof ForceDirectory force) {
            pending.stream()
                    .filter(change -> change.directory().equals(force.name()))
                    .forEach(change -> apply(change.ways().get(0), durable));
            pending.removeIf(change -> change.directory().equals(force.name()));
        }
    }

    @SafeVarargs
    private void pend(Path name, Map<Path, Integer>... ways) {
        List<NameChange> changes = new ArrayList<>();
        for (Map<Path, Integer> way : ways) {
            changes.add(new NameChange(way));
        }
        pending.add(new Pending(directoryOf(name), changes));
    }

    static Path directoryOf(Path name) {
        Path parent = name.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static void apply(NameChange change, Map<Path, Integer> names) {
        change.names().forEach((name, file) -> {
            if (file == GONE) {
                names.remove(name);
            } else {
                names.put(name, file);
            }
        });
    }

    private void chooseNames(int next, Map<Path, Integer> names, Set<SortedMap<String, String>> found) {
        if (next == pending.size()) {
            chooseContents(new ArrayList<>(reachable(names).entrySet()), 0, new TreeMap<>(), new HashMap<>(), found);
            return;
        }
        chooseNames(next + 1, names, found);
        for (NameChange way : pending.get(next).ways()) {
            Map<Path, Integer> changed = new HashMap<>(names);
            apply(way, changed);
            chooseNames(next + 1, changed, found);
        }
    }

    /** A name in a directory that was lost is lost with it. */
    private static Map<Path, Integer> reachable(Map<Path, Integer> names) {
        Map<Path, Integer> reachable = new TreeMap<>(names);
        reachable.keySet().removeIf(name -> {
            for (Path above = name.getParent(); above != null; above = above.getParent()) {
                if (names.getOrDefault(above, GONE) != DIRECTORY) {
                    return true;
                }
            }
            return false;
        });
        return reachable;
    }

    private void chooseContents(
            List<Map.Entry<Path, Integer>> names,
            int next,
            SortedMap<String, String> state,
            Map<Integer, String> chosen,
            Set<SortedMap<String, String>> found) {
        if (next == names.size()) {
            found.add(CrashClaim.normalised(state));
            return;
        }
        String name = names.get(next).getKey().toString();
        int file = names.get(next).getValue();
        for (String content : file == DIRECTORY ? List.of("/") : possible(file, chosen)) {
            state.put(name, content);
            Map<Integer, String> further = new HashMap<>(chosen);
            further.put(file, content);
            chooseContents(names, next + 1, state, further, found);
            state.remove(name);
        }
    }

    /** Two names of one file have one content. */
    private List<String> possible(int file, Map<Integer, String> chosen) {
        String whole = new String(contents.get(file), StandardCharsets.ISO_8859_1);
        if (chosen.containsKey(file)) {
            return List.of(chosen.get(file));
        }
        return forced.contains(file) ? List.of(whole) : List.of("", whole.substring(0, whole.length() / 2), whole);
    }
}
