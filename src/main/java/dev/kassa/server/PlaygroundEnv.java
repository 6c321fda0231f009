package dev.kassa.server;

import dev.kassa.kernel.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code <data>/playground.env}: what a client of this playground needs, as shell variables ({@code
 * . data/playground.env}). Readable by its owner only.
 */
public record PlaygroundEnv(Map<String, String> values) {
    public static final String FILE = "playground.env";

    /** Without the values, of which some are keys. */
    @Override
    public String toString() {
        return "PlaygroundEnv" + values.keySet();
    }

    /** What the file says; nothing when there is none. */
    public static PlaygroundEnv read(Path dataDirectory) {
        Map<String, String> values = new LinkedHashMap<>();
        Path file = dataDirectory.resolve(FILE);
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                if (equals > 0 && !line.startsWith("#")) {
                    values.put(line.substring(0, equals), unquoted(line.substring(equals + 1)));
                }
            }
        } catch (NoSuchFileException e) {
            return new PlaygroundEnv(values);
        } catch (IOException e) {
            throw new Refusal("Cannot read " + file + " (" + e + ").", e);
        }
        return new PlaygroundEnv(values);
    }

    /** As one word of the shell. */
    public static String quoted(String value) {
        return value.matches("[A-Za-z0-9_./:+=-]*")
                ? value
                : "'" + value.replace("'", "'\\''") + "'";
    }

    private static String unquoted(String text) {
        return text.startsWith("'")
                ? text.substring(1, text.length() - 1).replace("'\\''", "'")
                : text;
    }

    public String get(String name) {
        return values.getOrDefault(name, "");
    }

    public void write(Path dataDirectory) {
        String text =
                values.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + quoted(entry.getValue()) + "\n")
                        .collect(Collectors.joining());
        SecretFile.write(
                dataDirectory.resolve(FILE),
                "# Written by Kassa at each start. Keys of a playground: worth nothing elsewhere.\n"
                        + text);
    }
}
