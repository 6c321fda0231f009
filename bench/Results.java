import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** The file of figures that all benches add to: {@code bench TAB x TAB metric TAB value}. */
final class Results {
    private Results() {}

    static void add(String bench, Object x, String metric, double value) {
        String file = System.getenv("BENCH_RESULTS");
        if (file == null) {
            return;
        }
        try {
            Files.writeString(
                    Path.of(file),
                    String.format(Locale.ROOT, "%s\t%s\t%s\t%.4f%n", bench, x, metric, value),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
