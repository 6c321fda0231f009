package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The command line in a process of its own, so that it can be killed. */
public final class KassaProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;

    /** As the launcher has it, and compiled once: most processes of tests end soon. */
    private static final List<String> QUICK =
            List.of(
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final List<String> output = new ArrayList<>();
    private final Thread reader;

    private KassaProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    /** Runs {@code kassa <command>} on a free port with this data directory. */
    public static KassaProcess run(Path data, Map<String, String> settings, String... command) {
        return run(data, settings, List.of(), command);
    }

    /** The same in a Java with these options. */
    public static KassaProcess run(
            Path data, Map<String, String> settings, List<String> options, String... command) {
        try {
            return new KassaProcess(builder(data, settings, options, command).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not started yet; what it prints to either stream comes in one. */
    public static ProcessBuilder builder(
            Path data, Map<String, String> settings, List<String> options, String... command) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(QUICK);
        line.addAll(options);
        line.addAll(
                List.of("-cp", System.getProperty("java.class.path", ""), "dev.kassa.cli.Kassa"));
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.directory(TestServer.temporary().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KASSA_"));
        builder.environment().put("KASSA_DATA_DIR", data.toString());
        builder.environment().put("KASSA_PORT", "0");
        builder.environment().putAll(settings);
        return builder;
    }

    /** Starts a server and waits until it is up. */
    public static KassaProcess start(Path data) throws InterruptedException {
        KassaProcess server = run(data, Map.of(), "start");
        server.awaitLine("Ctrl-C stops it");
        return server;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                unread.add(line);
            }
        } catch (IOException e) {
            // Killed.
        }
    }

    /** The first line from here on that contains {@code part}. */
    public String awaitLine(String part) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            @Nullable String line = unread.poll(100, TimeUnit.MILLISECONDS);
            if (line != null) {
                output.add(line);
                if (line.contains(part)) {
                    return line;
                }
            } else if (!process.isAlive() && !reader.isAlive() && unread.isEmpty()) {
                break;
            }
        }
        throw new AssertionError("no line with '" + part + "' in:\n" + String.join("\n", output));
    }

    /** The first line so far that contains {@code part}, read or not. */
    public String firstLine(String part) {
        unread.drainTo(output);
        return output.stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
    }

    /** Everything it printed, once it has ended with this code. */
    public List<String> endsWith(int code) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
        reader.join();
        unread.drainTo(output);
        assertThat(process.exitValue()).as(String.join("\n", output)).isEqualTo(code);
        return output;
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** SIGKILL: no time for anything. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        if (!process.isAlive()) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
