// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.codomyrmex.CodomyrmexException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What each package may import, and the few rules about shape that a reader of the code relies on. */
class ArchitectureTest {
    private static final String BASE = "org.codomyrmex";
    private static final String ROOT = "org.codomyrmex.secrets";

    /** The rooms: a package that is not here is an error, and so is an import that its line does not name. */
    private static final List<Room> ROOMS = List.of(
            room(BASE),
            room(ROOT + ".files"),
            room(ROOT + ".fernet"),
            room(ROOT + ".store"),
            room(ROOT + ".keyring").uses("fernet", "files").imports("org.slf4j"),
            room(ROOT + ".config").uses("files").imports("org.snakeyaml.engine", "com.fasterxml.jackson.core"),
            room(ROOT + ".tink").uses("keyring").imports("com.google.crypto.tink"),
            room(ROOT + ".jdbc").uses("store").imports("java.sql", "javax.sql"),
            room(ROOT)
                    .uses("jdbc", "tink", "config", "keyring", "store", "fernet", "files")
                    .imports("org.slf4j"),
            room(ROOT + ".cli")
                    .uses("", "jdbc", "tink", "config", "keyring", "store", "fernet", "files")
                    .imports("picocli"),
            room(ROOT + ".spring")
                    .uses("", "jdbc", "tink", "config", "keyring", "store", "fernet", "files")
                    .imports("org.springframework"),
            room(ROOT + ".microprofile")
                    .uses("", "jdbc", "tink", "config", "keyring", "store", "fernet", "files")
                    .imports("org.eclipse.microprofile"));

    /** What every room may import besides: the nullness annotations and Java, without what a line above claims. */
    private static final List<String> FOR_ALL =
            List.of("org.jspecify.annotations", "java", "javax.crypto", "javax.security");

    /** What can change a file, and so is left to the files room; of {@link Files} the reading half is free. */
    private static final Set<String> CHANGE_FILES =
            Set.of("java.io.File", "java.io.FileOutputStream", "java.io.FileWriter", "java.io.RandomAccessFile");

    private static final Pattern ONLY_READS =
            Pattern.compile("(read|is|get|exists|notExists|size|lines|list|walk|find|probe|mismatch"
                    + "|newInputStream|newBufferedReader|newDirectoryStream).*");

    private static final int MOST_LINES_OF_CODE = 300;
    private static final String FIRST_LINE = "// SPDX-License-Identifier: Apache-2.0";
    private static final Path MAIN = Path.of("src", "main", "java");

    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target", "classes"));

    @Test
    void everyPackageIsARoom() {
        assertThat(ours()).isNotEmpty();
        assertThat(ours().map(JavaClass::getPackageName).distinct())
                .isSubsetOf(ROOMS.stream().map(Room::name).toList());
    }

    @ParameterizedTest
    @FieldSource("ROOMS")
    void aRoomImportsOnlyWhatItsLineNames(Room room) {
        assertThat(ours().filter(type -> type.getPackageName().equals(room.name))
                        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                        .filter(use -> !room.mayImport(
                                use.getTargetClass().getBaseComponentType().getPackageName()))
                        .map(use -> use.getDescription()))
                .isEmpty();
    }

    @Test
    void noPackagesFormACycle() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return SliceIdentifier.of(type.getPackageName());
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void onlyTheFilesRoomChangesFiles() {
        assertThat(ours().filter(type -> !type.getPackageName().equals(ROOT + ".files"))
                        .flatMap(ArchitectureTest::fileChanges))
                .isEmpty();
        assertThat(ours().filter(type -> type.getPackageName().equals(ROOT + ".files"))
                        .flatMap(ArchitectureTest::fileChanges))
                .as("the files room itself, or this test sees nothing")
                .isNotEmpty();
    }

    @Test
    void everyPublicClassIsFinal() {
        assertThat(ours().filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(type -> !type.isInterface() && !type.isEnum() && !type.isRecord())
                        .filter(type -> !type.getModifiers().contains(JavaModifier.FINAL))
                        .filter(type -> !type.reflect().isSealed())
                        .filter(type -> !type.isEquivalentTo(CodomyrmexException.class))
                        .map(JavaClass::getName))
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() throws IOException {
        Set<Path> packages = sources(MAIN)
                .filter(file -> !file.equals(MAIN.resolve("module-info.java")))
                .map(Path::getParent)
                .collect(toCollection(TreeSet::new));
        assertThat(packages)
                .isNotEmpty()
                .allSatisfy(directory -> assertThat(directory.resolve("package-info.java"))
                        .content()
                        .contains("/**", "@NullMarked"));
    }

    /** Documentation makes a file no longer: comments and blank lines are not counted. */
    @Test
    void noSourceFileHasMoreThanOneIdeaOfCode() throws IOException {
        assertThat(linesOfCode("/** About. */\n\npackage a; // why\n/*\n * More.\n */\n// Note.\nclass A {}\n"))
                .isEqualTo(2);
        assertThat(sources(MAIN))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(linesOfCode(Files.readString(file)))
                        .as(file.toString())
                        .isLessThanOrEqualTo(MOST_LINES_OF_CODE));
    }

    private static long linesOfCode(String source) {
        String withoutComments = source.replaceAll("(?sm)^\\s*/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
        return withoutComments.lines().filter(line -> !line.isBlank()).count();
    }

    @Test
    void everySourceFileNamesItsLicence() throws IOException {
        assertThat(sources(Path.of("src")))
                .isNotEmpty()
                .allSatisfy(file ->
                        assertThat(Files.readAllLines(file)).as(file.toString()).startsWith(FIRST_LINE));
    }

    private static Stream<JavaClass> ours() {
        return CLASSES.stream().filter(type -> type.getPackageName().startsWith(BASE));
    }

    private static Stream<String> fileChanges(JavaClass type) {
        return type.getAccessesFromSelf().stream()
                .filter(ArchitectureTest::changesFiles)
                .map(JavaAccess::getDescription);
    }

    private static boolean changesFiles(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        if (owner.isEquivalentTo(Files.class)) {
            return !ONLY_READS.matcher(access.getName()).matches();
        }
        return CHANGE_FILES.contains(owner.getName()) || owner.getPackageName().startsWith("java.nio.channels");
    }

    private static Stream<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        }
    }

    private static Room room(String name) {
        return new Room(name, Set.of(), List.of());
    }

    /** A package, the rooms it may use, and the packages of others that it may import with all that is below them. */
    private record Room(String name, Set<String> ours, List<String> theirs) {
        Room uses(String... rooms) {
            return new Room(
                    name,
                    Stream.of(rooms)
                            .map(room -> room.isEmpty() ? ROOT : ROOT + "." + room)
                            .collect(toCollection(TreeSet::new)),
                    theirs);
        }

        Room imports(String... packages) {
            return new Room(name, ours, List.of(packages));
        }

        boolean mayImport(String target) {
            if (target.equals(BASE) || target.startsWith(BASE + ".")) {
                return target.equals(BASE) || target.equals(name) || ours.contains(target);
            }
            return covers(theirs, target)
                    || (covers(FOR_ALL, target) && ROOMS.stream().noneMatch(other -> covers(other.theirs, target)));
        }

        private static boolean covers(List<String> packages, String target) {
            return packages.stream().anyMatch(p -> target.equals(p) || target.startsWith(p + "."));
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
