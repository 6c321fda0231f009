package dev.kassa.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each table belongs to one package. Who else names it in SQL stands here, with the reason. */
class SqlOwnershipTest {
    private static final Path MAIN = Path.of("src/main/java");
    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

    private static final Map<String, Set<String>> TABLES =
            Map.ofEntries(
                    Map.entry(
                            "database",
                            Set.of("node", "webhook_node", "key_ring", "master_key_check")),
                    Map.entry("idempotency", Set.of("idempotency")),
                    Map.entry("access", Set.of("audit_entry")),
                    Map.entry(
                            "merchant", Set.of("merchant", "api_key", "portal_user", "invitation")),
                    Map.entry(
                            "signin",
                            Set.of(
                                    "portal_session",
                                    "portal_totp",
                                    "portal_passkey",
                                    "portal_passkey_challenge",
                                    "portal_recovery_code")),
                    Map.entry("location", Set.of("location", "cash_register")),
                    Map.entry("device", Set.of("device", "enrollment")),
                    Map.entry("event", Set.of("event")),
                    Map.entry(
                            "payment",
                            Set.of(
                                    "attempt",
                                    "refund",
                                    "late_answer",
                                    "late_operation_answer",
                                    "resolution")),
                    Map.entry(
                            "payment.simulator",
                            Set.of(
                                    "simulator_payment",
                                    "simulator_refund",
                                    "simulator_hold_change",
                                    "simulator_fault")),
                    Map.entry("order", Set.of("orders", "order_movement")),
                    Map.entry("session", Set.of("session")),
                    Map.entry(
                            "webhook",
                            Set.of("destination", "delivery", "delivery_attempt", "lane")),
                    Map.entry("push", Set.of("device_presence", "session_push")));

    /** Deliberate, each with its reason; "package table". */
    private static final Map<String, String> EXCEPTIONS = new LinkedHashMap<>();

    static {
        // An event and its deliveries are one statement (decision 3).
        EXCEPTIONS.put("event delivery", "written with the event");
        EXCEPTIONS.put("event destination", "to whom the event goes");
        // A change locks the device's row first, in the same statement.
        EXCEPTIONS.put("session device", "locked first");
        EXCEPTIONS.put("order device", "locked first");
        EXCEPTIONS.put("device merchant", "whether it is disabled");
        EXCEPTIONS.put("merchant location", "in whose time a user reads, with the user");
        EXCEPTIONS.put("payment device", "locked first");
        // A settlement sees the attempt's own row PENDING, under its lock.
        EXCEPTIONS.put("session attempt", "locked and seen PENDING in the statement that settles");
        EXCEPTIONS.put("order attempt", "which provider and reference an order was paid with");
        // What is sent and what devices are told is read from the log.
        EXCEPTIONS.put("webhook event", "what is sent");
        EXCEPTIONS.put("push event", "what devices are told");
        EXCEPTIONS.put("push device", "its push token, and whether it is registered");
        EXCEPTIONS.put("push session", "whether it is still worth waking a device for");
        EXCEPTIONS.put("push node", "when the devices of a dead one were last seen");
    }

    /** Reads across all features for people who look into a complaint, and writes nothing. */
    private static final String SUPPORT = "support";

    private static final Pattern CREATED =
            Pattern.compile("create (?:unlogged )?table (?:if not exists )?(\\w+)");
    private static final Pattern DROPPED = Pattern.compile("drop table (?:if exists )?(\\w+)");
    private static final Pattern NAMED =
            Pattern.compile("\\b(from|join|into|update|table)\\s+(?:only\\s+)?(\\w+)");
    private static final Pattern EXPRESSION =
            Pattern.compile("(?:\\bwith|,)\\s*(\\w+)\\s+as\\s*(?:materialized\\s*)?\\(");

    /** A text of the source that may be SQL. */
    private record Text(String in, String file, String value) {}

    private static Set<String> tables() throws IOException {
        Set<String> tables = new TreeSet<>();
        try (Stream<Path> files = Files.list(MIGRATIONS)) {
            for (Path file : files.sorted().toList()) {
                String sql = Files.readString(file);
                CREATED.matcher(sql).results().forEach(one -> tables.add(one.group(1)));
                DROPPED.matcher(sql)
                        .results()
                        .filter(one -> !sql.contains("create table " + one.group(1)))
                        .forEach(one -> tables.remove(one.group(1)));
            }
        }
        return tables;
    }

    private static List<Text> texts() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Text> texts = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.walk(MAIN)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(
                                            sources.filter(file ->
                                                            file.toString().endsWith(".java"))
                                                    .toList()));
            for (CompilationUnitTree unit : task.parse()) {
                String in = String.valueOf(unit.getPackageName()).replace("dev.kassa.", "");
                String file = String.valueOf(Path.of(unit.getSourceFile().toUri()).getFileName());
                new TreeScanner<@Nullable Void, @Nullable Void>() {
                    @Override
                    public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void none) {
                        if (literal.getValue() instanceof String text) {
                            texts.add(new Text(in, file, text));
                        }
                        return null;
                    }
                }.scan(unit, null);
            }
        }
        return texts;
    }

    @Test
    void everyTableHasOneOwner() throws IOException {
        List<String> owned = TABLES.values().stream().flatMap(Set::stream).toList();
        assertThat(owned).doesNotHaveDuplicates();
        assertThat(owned)
                .as("give a new table to a package in TABLES")
                .containsExactlyInAnyOrderElementsOf(tables());
    }

    @Test
    void packagesNameTheirOwnTablesOnly() throws IOException {
        Set<String> tables = tables();
        Set<String> foreign = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        for (Text text : texts()) {
            for (MatchResult named : NAMED.matcher(text.value()).results().toList()) {
                String table = named.group(2);
                if (!tables.contains(table) || owns(text.in(), table)) {
                    continue;
                }
                String pair = text.in() + " " + table;
                boolean reads = Set.of("from", "join").contains(named.group(1));
                if (EXCEPTIONS.containsKey(pair)) {
                    used.add(pair);
                } else if (!(text.in().equals(SUPPORT) && reads)) {
                    foreign.add(pair + " (" + text.file() + ")");
                }
            }
        }
        assertThat(foreign)
                .as("ask the package that owns the table, or give the reason in EXCEPTIONS")
                .isEmpty();
        assertThat(EXCEPTIONS.keySet()).as("exceptions that nobody needs").isEqualTo(used);
    }

    private static boolean owns(String in, String table) {
        return TABLES.getOrDefault(in, Set.of()).contains(table);
    }

    /** Which of the two a statement means would depend on where it says the name. */
    @Test
    void noExpressionIsNamedLikeATable() throws IOException {
        Set<String> tables = tables();
        Set<String> confusing =
                texts().stream()
                        .flatMap(text ->
                                EXPRESSION
                                        .matcher(text.value())
                                        .results()
                                        .map(found -> found.group(1))
                                        .filter(tables::contains)
                                        .map(name -> name + " (" + text.file() + ")"))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(confusing).as("name it by what it does").isEmpty();
    }
}
