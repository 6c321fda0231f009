package dev.kassa.documents;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CheckReturnValue;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the map of ARCHITECTURE.md: which package may import which. */
class ArchitectureTest {
    private static final String ROOT = "dev.kassa.";
    private static final String ANYTHING = "*";

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.kassa");

    /**
     * What each package may import, besides itself. A new arrow is a decision: write it down here.
     */
    private static final Map<String, Set<String>> ARROWS =
            Map.ofEntries(
                    Map.entry("kernel", Set.of()),
                    Map.entry("monitoring", Set.of()),
                    Map.entry("database", Set.of("kernel")),
                    Map.entry("paging", Set.of()),
                    Map.entry("http", Set.of("kernel", "database", "paging")),
                    Map.entry("idempotency", Set.of("kernel", "database", "http", "access")),
                    Map.entry("access", Set.of("kernel", "database", "http")),
                    Map.entry("merchant", Set.of("kernel", "database", "http", "access")),
                    Map.entry(
                            "location",
                            Set.of("kernel", "access", "database", "paging", "http", "merchant")),
                    Map.entry(
                            "device",
                            Set.of(
                                    "kernel",
                                    "access",
                                    "database",
                                    "paging",
                                    "http",
                                    "location",
                                    "merchant")),
                    Map.entry("event", Set.of("kernel", "access", "database", "http")),
                    Map.entry(
                            "payment",
                            Set.of(
                                    "kernel",
                                    "access",
                                    "monitoring",
                                    "database",
                                    "http",
                                    "event",
                                    "merchant")),
                    Map.entry("payment.simulator", Set.of("kernel", "database", "http", "payment")),
                    Map.entry(
                            "order",
                            Set.of(
                                    "kernel",
                                    "access",
                                    "monitoring",
                                    "database",
                                    "http",
                                    "idempotency",
                                    "payment",
                                    "event",
                                    "location",
                                    "merchant")),
                    Map.entry(
                            "session",
                            Set.of(
                                    "kernel",
                                    "access",
                                    "monitoring",
                                    "database",
                                    "http",
                                    "order",
                                    "payment",
                                    "event",
                                    "device",
                                    "location",
                                    "merchant")),
                    Map.entry(
                            "webhook",
                            Set.of(
                                    "kernel",
                                    "access",
                                    "monitoring",
                                    "database",
                                    "paging",
                                    "http",
                                    "event",
                                    "merchant")),
                    Map.entry(
                            "push",
                            Set.of("kernel", "access", "database", "http", "event", "device")),
                    Map.entry(
                            "support",
                            Set.of("kernel", "access", "database", "http", "event", "merchant")),
                    Map.entry(
                            "receipt",
                            Set.of("kernel", "access", "http", "order", "location", "merchant")),
                    Map.entry("reference", Set.of("kernel", "access", "http")),
                    Map.entry("signin", Set.of("kernel", "access", "database", "http", "merchant")),
                    Map.entry("portal", Set.of(ANYTHING)),
                    Map.entry("pos", Set.of(ANYTHING)),
                    Map.entry("playground", Set.of(ANYTHING)),
                    Map.entry("server", Set.of(ANYTHING)),
                    Map.entry("cli", Set.of(ANYTHING)));

    @Test
    void everyArrowIsDrawn() {
        Set<String> undrawn = new TreeSet<>();
        for (JavaClass from : CLASSES) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (!target.startsWith("dev.kassa")) {
                    continue;
                }
                String source = name(from.getPackageName());
                Set<String> allowed = ARROWS.getOrDefault(source, Set.of());
                if (!source.equals(name(target))
                        && !allowed.contains(ANYTHING)
                        && !allowed.contains(name(target))) {
                    undrawn.add(
                            source + " -> " + name(target) + ": " + dependency.getDescription());
                }
            }
        }
        assertThat(undrawn).as("imports that ARROWS does not allow").isEmpty();
    }

    @Test
    void everyPackageIsOnTheMap() {
        Set<String> packages =
                CLASSES.stream()
                        .map(c -> name(c.getPackageName()))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(ARROWS.keySet()).containsExactlyInAnyOrderElementsOf(packages);
    }

    @Test
    void featuresHaveNoCycles() {
        slices().matching("dev.kassa.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** A server is put together in one place, and only commands start one. */
    @Test
    void onlyCommandsImportTheServerAndNothingImportsCommands() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.kassa.server", "dev.kassa.cli")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.kassa.server", "dev.kassa.cli")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.kassa.server")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.kassa.cli")
                .check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarkedAndChecksReturnValues() {
        for (JavaClass info : CLASSES) {
            if (info.getSimpleName().equals("package-info")) {
                assertThat(info.isAnnotatedWith(NullMarked.class)).as(info.getName()).isTrue();
                assertThat(info.isAnnotatedWith(CheckReturnValue.class))
                        .as(info.getName())
                        .isTrue();
            }
        }
        Set<String> described =
                CLASSES.stream()
                        .filter(c -> c.getSimpleName().equals("package-info"))
                        .map(JavaClass::getPackageName)
                        .collect(Collectors.toSet());
        assertThat(CLASSES.stream().map(JavaClass::getPackageName)).allMatch(described::contains);
    }

    @Test
    void timeIsInjected() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .because("tests move an InstantSource; use Sql.now(clock) or Loop")
                .check(CLASSES);
    }

    private static String name(String packageName) {
        return packageName.substring(ROOT.length());
    }
}
