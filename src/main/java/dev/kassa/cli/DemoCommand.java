package dev.kassa.cli;

import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Refusal;
import dev.kassa.server.Server;
import dev.kassa.server.Settings;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kassa demo}. */
@Command(
        name = "demo",
        description = {
            "Start a playground on the embedded database, drive one payment through its public API and"
                    + " print each step. Then stay up."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--once", description = "Stop the server after the payment.")
    private boolean once;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DemoOutput terminal = new DemoOutput(System.out);
        Settings settings = Settings.load();
        if (settings.mode() != Mode.PLAYGROUND) {
            throw new Refusal("The demo needs a playground: unset KASSA_MODE.");
        }
        ServerProcess running = new ServerProcess();
        try (WebhookReceiver receiver = WebhookReceiver.start()) {
            Server server = running.start(settings.withWebhookUrl(receiver.url()));
            boolean complete = new Demo(server, receiver, terminal).run();
            if (complete && !once) {
                terminal.next(server);
                running.untilStopped();
            }
            return complete ? 0 : 1;
        } finally {
            running.stop();
        }
    }
}
