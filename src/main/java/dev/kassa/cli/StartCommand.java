package dev.kassa.cli;

import dev.kassa.kernel.Mode;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.server.Server;
import dev.kassa.server.Settings;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kassa start}. */
@Command(
        name = "start",
        description = "Start the server and stay up until Ctrl-C or SIGTERM.",
        mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
    @Override
    public Integer call() throws InterruptedException {
        Settings settings = Settings.load();
        ServerProcess running = new ServerProcess();
        Server server = running.start(settings);
        print(System.out, settings, server);
        running.untilStopped();
        return 0;
    }

    static void print(PrintStream out, Settings settings, Server server) {
        out.println("Kassa is up at " + server.url() + " (" + settings.mode() + ")");
        out.println("  portal    " + server.url().toString().replaceFirst("/$", "") + "/portal");
        out.println("  database  " + server.database());
        if (settings.mode() == Mode.PLAYGROUND) {
            out.println("  keys      " + server.dataDirectory().resolve(PlaygroundEnv.FILE));
        }
        out.println("Ctrl-C stops it.");
        out.flush();
    }
}
