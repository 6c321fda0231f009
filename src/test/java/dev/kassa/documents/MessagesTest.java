package dev.kassa.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every text that the product says to somebody stands in docs/messages.md, so that they are read
 * and edited together. {@code -Dkassa.messages.write=true} writes the page anew.
 */
class MessagesTest {
    private static final Path PAGE = Path.of("docs/messages.md");
    private static final Path SOURCES = Path.of("src/main/java/dev/kassa");

    /** What is said to the machine or to ourselves. */
    private static final Pattern NO_WORDS =
            Pattern.compile(
                    "(?s).*(\\bselect\\b|\\bwhere\\b|\\bupdate \\w+ set|returning|insert into| from \\w+ |"
                            + "::|:\\w+_\\w+|\\w+_\\w+, \\w+_\\w+, |= null|update \\{|^; set |^set |[><]= :|\\bnotify\\b|default-src|style-src|^\\s*(with|set|and|or|as|in|on|left|"
                            + "join|order by|for)\\b|</?\\w+>|\\\\[dpw]|\\$\\(|%-\\d+s|\"\\w+\":|</\\w).*");

    private static final Set<String> INTERNAL =
            Set.of(
                    "IllegalStateException",
                    "IllegalArgumentException",
                    "DateTimeException",
                    "UncheckedIOException");

    private static final Set<String> UNSAID =
            Set.of(
                    "info",
                    "warn",
                    "error",
                    "debug",
                    "trace",
                    "compile",
                    "sql",
                    "matches",
                    "ofPattern");

    /** Words of programs and of libraries, and words that say nothing. */
    private static final Pattern JARGON =
            Pattern.compile(
                    "(?i)\\b((?<!or )null|boolean|array|integer|exception|jackson|feature|malformed|illegal|"
                            + "oops|please|whoops)\\b");

    private static final class Scanner extends TreeScanner<@Nullable Void, Set<String>> {
        @Override
        public @Nullable Void visitAnnotation(AnnotationTree node, Set<String> messages) {
            return null;
        }

        @Override
        public @Nullable Void visitNewClass(NewClassTree node, Set<String> messages) {
            return INTERNAL.contains(node.getIdentifier().toString())
                    ? null
                    : super.visitNewClass(node, messages);
        }

        @Override
        public @Nullable Void visitMethodInvocation(
                MethodInvocationTree node, Set<String> messages) {
            String name = node.getMethodSelect().toString().replaceFirst(".*\\.", "");
            return UNSAID.contains(name) ? null : super.visitMethodInvocation(node, messages);
        }

        @Override
        public @Nullable Void visitBinary(BinaryTree node, Set<String> messages) {
            if (node.getKind() == Tree.Kind.PLUS) {
                add(joined(node), messages);
            }
            return super.visitBinary(node, messages);
        }

        @Override
        public @Nullable Void visitLiteral(LiteralTree node, Set<String> messages) {
            if (node.getValue() instanceof String text) {
                add(text, messages);
            }
            return null;
        }

        private static String joined(Tree tree) {
            return switch (tree) {
                case BinaryTree plus when plus.getKind() == Tree.Kind.PLUS ->
                        joined(plus.getLeftOperand()) + joined(plus.getRightOperand());
                case LiteralTree literal -> String.valueOf(literal.getValue());
                case ParenthesizedTree inner -> joined(inner.getExpression());
                default -> "{}";
            };
        }

        private static void add(String text, Set<String> messages) {
            boolean words = text.strip().split(" ", -1).length >= 3;
            if (words && !NO_WORDS.matcher(text).matches()) {
                messages.add(text.strip().replaceAll("\\s+", " "));
            }
        }
    }

    /** By package. A part of a longer text is left out. */
    private static Map<String, List<String>> messages() throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.walk(SOURCES)) {
            List<Path> java =
                    sources.filter(path -> path.toString().endsWith(".java")).sorted().toList();
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    null,
                                    null,
                                    files.getJavaFileObjectsFromPaths(java));
            for (CompilationUnitTree unit : task.parse()) {
                String name =
                        String.valueOf(unit.getPackageName()).replaceFirst("dev\\.kassa\\.?", "");
                var _ =
                        new Scanner()
                                .scan(
                                        unit,
                                        found.computeIfAbsent(
                                                name.isEmpty() ? "command line" : name,
                                                key -> new TreeSet<>()));
            }
        }
        Map<String, List<String>> messages = new TreeMap<>();
        found.forEach((name, texts) -> {
            List<String> whole =
                    texts.stream()
                            .filter(text ->
                                    texts.stream()
                                            .noneMatch(other ->
                                                    !other.equals(text) && other.contains(text)))
                            .toList();
            if (!whole.isEmpty()) {
                messages.put(name, whole);
            }
        });
        return messages;
    }

    private static String page(Map<String, List<String>> messages) {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Every text that Kassa says

                        Written by `MessagesTest` out of the sources; `{}` stands for a value. A text that begins with a small letter
                        is what is said of a field: "must be true or false" becomes "The switch enabled must be true or false."
                        """);
        messages.forEach((name, texts) -> {
            page.append("\n## ").append(name).append("\n\n");
            texts.forEach(text -> page.append("- ").append(text).append('\n'));
        });
        return page.toString();
    }

    @Test
    void thePageHasThemAll() throws IOException {
        String page = page(messages());
        if (Boolean.getBoolean("kassa.messages.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    @Test
    void noneIsInTheWordsOfPrograms() throws IOException {
        List<String> bad = new ArrayList<>();
        messages().values().stream()
                .flatMap(List::stream)
                .filter(text -> JARGON.matcher(text).find())
                .forEach(bad::add);
        assertThat(bad).isEmpty();
    }
}
