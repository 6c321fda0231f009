package dev.kassa.documents;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Pause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rules of style that a reader would otherwise have to watch. Each failure names the remedy. */
class TidyTest {
    private static final int FILE_LINES = 400;
    private static final int METHOD_LINES = 60;
    private static final int PARAMETERS = 7;

    private static final Path MAIN = Path.of("src/main/java");
    private static final Path TESTS = Path.of("src/test/java");

    private static final DescribedPredicate<JavaCall<?>> SLEEPS =
            DescribedPredicate.describe(
                    "the target sleeps",
                    call -> {
                        AccessTarget target = call.getTarget();
                        return (Set.of(Thread.class.getName(), TimeUnit.class.getName())
                                                .contains(target.getOwner().getName())
                                        && target.getName().equals("sleep"))
                                || (target.getOwner().isEquivalentTo(LockSupport.class)
                                        && target.getName().startsWith("park"));
                    });

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.kassa");

    /** Public for somebody who is no class of ours. */
    private static final Set<String> PUBLIC_FOR_OTHERS =
            Set.of(
                    "Kassa" /* the launcher */,
                    "BoundedProtocol" /* Tomcat, by its name */,
                    "TimelineEntry" /* a page's template */);

    /** Tables whose rows belong to a node or to the database, not to a merchant. */
    private static final Set<String> NOT_OF_MERCHANTS = Set.of("LaneTable", "PresenceTable");

    /** Of tables, what reads and writes no row of a merchant. */
    private static final Set<String> NO_QUERIES =
            Set.of("pending" /* hands out a part of it */, "name", "id", "provider", "confirm");

    /** A method as its source has it. */
    private record Method(String where, int lines, int parameters, boolean ofRecord) {}

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    private static List<Method> methods(Path root) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Method> methods = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources(root)));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Methods(unit, positions, methods).scan(unit, null);
            }
        }
        assertThat(methods).hasSizeGreaterThan(500);
        return methods;
    }

    /** Collects the methods of a file that have a body. */
    private static final class Methods extends TreeScanner<@Nullable Void, @Nullable ClassTree> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<Method> found;

        Methods(CompilationUnitTree unit, SourcePositions positions, List<Method> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable ClassTree outer) {
            return super.visitClass(type, type);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable ClassTree type) {
            long start = positions.getStartPosition(unit, method);
            long end = positions.getEndPosition(unit, method);
            if (type != null && method.getBody() != null && start >= 0 && end > start) {
                found.add(
                        new Method(
                                Path.of(unit.getSourceFile().toUri()).getFileName()
                                        + " "
                                        + type.getSimpleName()
                                        + "."
                                        + method.getName(),
                                (int) (line(end) - line(start) + 1),
                                method.getParameters().size(),
                                type.getKind() == Tree.Kind.RECORD));
            }
            return super.visitMethod(method, type);
        }

        private long line(long position) {
            return unit.getLineMap().getLineNumber(position);
        }
    }

    @Test
    void filesAreShort() throws IOException {
        Set<String> tooLong = new TreeSet<>();
        for (Path root : List.of(MAIN, TESTS)) {
            for (Path file : sources(root)) {
                int lines = Files.readAllLines(file).size();
                if (lines >= FILE_LINES) {
                    tooLong.add(String.valueOf(file.getFileName()));
                }
            }
        }
        assertThat(tooLong)
                .as("divide it by what it does: a file has less than %s lines", FILE_LINES)
                .isEmpty();
    }

    @Test
    void methodsAreShort() throws IOException {
        for (Path root : List.of(MAIN, TESTS)) {
            assertThat(methods(root))
                    .as("methods to be divided: less than %s lines", METHOD_LINES)
                    .filteredOn(method -> method.lines() >= METHOD_LINES)
                    .isEmpty();
        }
    }

    /** A record's components are its data, however many. */
    @Test
    void parametersAreFew() throws IOException {
        for (Path root : List.of(MAIN, TESTS)) {
            assertThat(methods(root))
                    .as("put what belongs together into a record: at most %s", PARAMETERS)
                    .filteredOn(method -> method.parameters() > PARAMETERS && !method.ofRecord())
                    .isEmpty();
        }
    }

    @Test
    void publicTypesAreNamedByOtherPackages() {
        List<String> unnamed =
                CLASSES.stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .filter(type -> !PUBLIC_FOR_OTHERS.contains(type.getSimpleName()))
                        .filter(type -> !isNamedElsewhere(type))
                        .map(JavaClass::getName)
                        .sorted()
                        .toList();
        assertThat(unnamed).as("no other package names them: take public away").isEmpty();
    }

    private static boolean isNamedElsewhere(JavaClass type) {
        return CLASSES.stream()
                .filter(user -> !user.getPackageName().equals(type.getPackageName()))
                .flatMap(user -> user.getDirectDependenciesFromSelf().stream())
                .map(Dependency::getTargetClass)
                .map(JavaClass::getBaseComponentType)
                .anyMatch(target ->
                        target.equals(type) || target.getName().startsWith(type.getName() + "$"));
    }

    /** I8: whoever reads or writes a table says for whom. */
    @Test
    void theMerchantComesFirst() {
        List<String> without =
                CLASSES.stream()
                        .filter(type -> type.getSimpleName().endsWith("Table"))
                        .filter(type -> !NOT_OF_MERCHANTS.contains(type.getSimpleName()))
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> !method.getModifiers().contains(JavaModifier.PRIVATE))
                        .filter(method -> !method.getModifiers().contains(JavaModifier.STATIC))
                        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .filter(method -> !NO_QUERIES.contains(method.getName()))
                        .filter(method -> !method.getName().contains("OfAnyMerchant"))
                        .filter(method -> !saysTheMerchantFirst(method))
                        .map(JavaMethod::getFullName)
                        .sorted()
                        .toList();
        assertThat(without)
                .as("take the merchant first, or say OfAnyMerchant in the name")
                .isEmpty();
    }

    private static boolean saysTheMerchantFirst(JavaMethod method) {
        List<JavaClass> parameters = method.getRawParameterTypes();
        return !parameters.isEmpty() && saysTheMerchant(parameters.getFirst(), 3);
    }

    private static boolean saysTheMerchant(JavaClass type, int depth) {
        return type.isEquivalentTo(MerchantId.class)
                || (depth > 0
                        && type.getPackageName().startsWith("dev.kassa")
                        && type.getFields().stream()
                                .filter(field ->
                                        !field.getModifiers().contains(JavaModifier.STATIC))
                                .anyMatch(field -> saysTheMerchant(field.getRawType(), depth - 1)));
    }

    @Test
    void nothingSleeps() throws IOException {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Pause.class.getName())
                .should()
                .callMethodWhere(SLEEPS)
                .because(
                        "to wait for time to pass is Pause; for all else there are latches and locks")
                .check(CLASSES);
        for (Path file : sources(TESTS)) {
            String name = String.valueOf(file.getFileName());
            if (!Set.of("Await.java", "TidyTest.java").contains(name)) {
                assertThat(Files.readString(file).toLowerCase(Locale.ROOT))
                        .as("%s: use Await.until", file)
                        .doesNotContain("thread.sleep(", "parknanos(", "seconds.sleep(");
            }
        }
    }
}
