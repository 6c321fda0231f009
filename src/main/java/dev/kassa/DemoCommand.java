package dev.kassa;

import java.io.IOException;
import java.time.InstantSource;
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
        Terminal terminal = new Terminal(System.out);
        Settings settings = Settings.load();
        try (WebhookReceiver receiver = WebhookReceiver.start()) {
            Server server =
                    Server.start(settings.withWebhookUrl(receiver.url()), InstantSource.system());
            Running running = new Running(server);
            boolean complete;
            try {
                complete = new Demo(server, receiver, terminal).run();
                if (complete && !once) {
                    terminal.next(server);
                    running.untilStopped();
                }
            } finally {
                running.stop();
            }
            return complete ? 0 : 1;
        }
    }
}
